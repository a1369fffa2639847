using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>rate</c>: what other learning rates would do from here.</summary>
/// <remarks>
/// <para>From copies of weights and optimizer 20 steps on the same coming batches at the highest rate so far times 0.1, 1/3, 1, 3,
/// 10 and 100; then the mean loss of the fixed items learned from, with statistics of the batch and without dropping units.</para>
/// <para>Values: <c>arm0.1</c>, <c>arm0.33</c>, <c>arm1</c>, <c>arm3</c>, <c>arm10</c>, <c>arm100</c>, infinity where numbers stopped being
/// finite; <c>error</c>, the largest standard error of the paired difference from <c>arm1</c> among the arms below it, or
/// where there are none among all; <c>error0.1</c> and so on, that of each; <c>best</c>, the lowest loss of training so far,
/// a mean over 20 updates, NaN where nothing was measured.</para>
/// <para>A lower rate lowers the loss within 20 steps in every healthy run, as noise dies down (Wu and others, Understanding
/// short-horizon bias in stochastic meta-optimization, ICLR 2018): that alone says nothing.</para>
/// </remarks>
public sealed class RateProbe : Probe
{
    private static readonly (string Name, double Scale)[] Arms =
    [
        ("0.1", 0.1),
        ("0.33", 1.0 / 3.0),
        ("1", 1.0),
        ("3", 3.0),
        ("10", 10.0),
        ("100", 100.0),
    ];

    /// <inheritdoc/>
    public override string Name => "rate";

    /// <inheritdoc/>
    public override double Cost => 120;

    /// <inheritdoc/>
    public override bool NeedsOptimizer => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<Batch> coming = context.Coming(Trials.Steps);
        if (coming.Count == 0 || context.Train.Count == 0)
        {
            return [];
        }

        Dictionary<string, LossSample> losses = Losses(context, coming);
        LossSample present = losses["1"];
        (string Name, double Loss, double Error)[] arms =
        [
            .. losses.Select(l => (l.Key, Finite(l.Value.Mean), l.Value.ErrorOf(present))),
        ];
        double[] better = [.. arms.Where(a => a.Loss < Finite(present.Mean)).Select(a => a.Error)],
            others = [.. arms.Where(a => a.Name != "1" && double.IsFinite(a.Error)).Select(a => a.Error)];
        return
        [
            Line(
                context,
                [
                    .. arms.Select(a => ("arm" + a.Name, a.Loss)),
                    .. arms.Where(a => a.Name != "1").Select(a => ("error" + a.Name, a.Error)),
                    ("error", (better.Length > 0 ? better : others).DefaultIfEmpty(double.NaN).Max()),
                    ("best", LowestLoss(context.Measured)),
                ]
            ),
        ];

        static double Finite(double loss) => double.IsFinite(loss) ? loss : double.PositiveInfinity;
    }

    private static Dictionary<string, LossSample> Losses(ProbeContext context, IReadOnlyList<Batch> coming)
    {
        ProbeState start = new(context);
        // At the end of a schedule the rate is low by right: what is tried is the height of it.
        double rate = Math.Max(
            context.Optimizer!.LearningRate,
            context.Measured?.Steps.Select(s => s.LearningRate).DefaultIfEmpty().Max() ?? 0.0
        );
        Dictionary<string, LossSample> losses = [];
        foreach ((string name, double scale) in Arms)
        {
            start.Restore();
            context.Optimizer.LearningRate = rate * scale;
            losses.Add(name, context.TrainedLoss(coming, context.Train));
        }

        return losses;
    }

    /// <summary>The lowest mean loss of 20 updates in a row, or of all where there are fewer.</summary>
    private static double LowestLoss(Measurements? measured)
    {
        IReadOnlyList<MeasuredStep> steps = measured?.Steps ?? [];
        double lowest = double.PositiveInfinity;
        for (int last = 0; last < steps.Count; last++)
        {
            double sum = 0;
            int updates = 0,
                first = last;
            for (; first >= 0 && updates < Trials.Steps; first--)
            {
                sum += steps[first].Loss * steps[first].Steps;
                updates += steps[first].Steps;
            }

            bool isWhole = updates >= Trials.Steps || (first < 0 && last == steps.Count - 1);
            lowest = isWhole && sum / updates < lowest ? sum / updates : lowest; // false for NaN
        }

        return double.IsFinite(lowest) ? lowest : double.NaN;
    }
}
