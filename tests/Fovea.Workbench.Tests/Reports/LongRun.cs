using System.Collections;

namespace Fovea.Workbench.Tests.Reports;

/// <summary>The updates of a long run, made when they are asked for. One of them has a loss of 987.6, all others about 2.</summary>
internal sealed class LongRun(int count, int spike) : IReadOnlyList<MeasuredStep>
{
    public int Count => count;

    public MeasuredStep this[int index]
    {
        get
        {
            double loss = index == spike ? 987.6 : 2 + Math.Sin(index * 0.1);
            return new MeasuredStep
            {
                Step = index,
                Loss = loss,
                LossLow = loss,
                LossHigh = loss,
                LearningRate = 0.1,
                GradientNorm = 1,
                GradientNormHigh = 1,
            };
        }
    }

    public IEnumerator<MeasuredStep> GetEnumerator()
    {
        for (int i = 0; i < count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
