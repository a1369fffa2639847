using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What became of learning one batch by heart.</summary>
/// <param name="First">The loss at first.</param>
/// <param name="Lowest">The lowest loss seen.</param>
/// <param name="Steps">Updates made.</param>
public sealed record PreflightResult(double First, double Lowest, int Steps)
{
    private const double Enough = 0.5;

    /// <summary>Whether the loss at least halved.</summary>
    public bool Learned => Lowest <= Enough * First;
}

/// <summary>A check before training: a network that cannot learn one batch by heart has a fault that no amount of data mends.</summary>
/// <remarks>The advice is Karpathy's (A Recipe for Training Neural Networks, 2019: "overfit one batch"); the bar, half the first loss within a few dozen steps, is ours.</remarks>
internal static class Preflight
{
    private const int Steps = 40;

    /// <summary>Trains on one batch until the loss has halved, the steps are used up, or the time is; the caller restores the weights.</summary>
    public static PreflightResult Run(
        Module model, Optimizer optimizer, Batch batch, Func<Tensor, Tensor, Tensor> loss, TimeSpan limit, TimeProvider time)
    {
        long start = time.GetTimestamp();
        double first = double.NaN, lowest = double.PositiveInfinity;
        int step = 0;
        while (true)
        {
            optimizer.ZeroGrad();
            Tensor value = loss(model.Forward(batch.Inputs), batch.Targets);
            double now = value.Item();
            first = step == 0 ? now : first;
            lowest = Math.Min(lowest, now);
            if (step == Steps || lowest <= 0.5 * first || !double.IsFinite(now) || time.GetElapsedTime(start) > limit)
            {
                return new PreflightResult(first, lowest, step);
            }

            value.Backward();
            optimizer.Step();
            step++;
        }
    }
}
