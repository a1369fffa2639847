namespace Fovea.Workbench;

/// <summary>3.5: whether the learning rate is right, and whether updates go the right way.</summary>
/// <remarks>
/// Curvature along the update against the most that the rate bears, 2 (1 + mu) / eta (Cohen et al. 2021,
/// https://arxiv.org/abs/2103.00065: training holds it there by itself); what an update gains over what its gradient
/// promises, 1 - eta s / 2 for plain descent; the cosine of successive gradients (Baydin et al. 2018,
/// https://arxiv.org/abs/1703.04782); the size of updates. None is a fault by itself: it takes a loss that suffers, and a
/// trial of other rates. A lower rate lowers the loss for a few updates in every healthy run (Wu et al. 2018,
/// https://arxiv.org/abs/1803.02021), so the trial counts only below the best loss so far.
/// </remarks>
public sealed partial class LearningRate : MeasuredQuestion
{
    private const int Long = 200;

    // Clipping in less than 30 % of the updates is usual; to a thirtieth of the usual norm in nearly all is a brake.
    private const double AlwaysClipped = 0.9,
        FarAbove = 30.0;

    // Weights that move by a hundredth in all learn nothing; a thousandth an update is usual.
    private const double Still = 0.01,
        UsualRatio = 1e-3;

    // Updates; 0.99 has 100.
    private const double LongMomentum = 150.0;

    // Updates of a third of a weight's size forget it; sixteen items at once move it by a sixteenth.
    private const double Huge = 0.3,
        Spike = 3.0,
        Scheduled = 0.1;

    /// <inheritdoc/>
    public override string Id => "3.5";

    /// <inheritdoc/>
    public override string Text => "Is the learning rate right?";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wants => ["gain", "sharpness", "rate"];

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        RateSigns signs = RateSigns.Of(measured);
        if (UpdateFaults.Few(measured) is { } few)
        {
            return Answer(few.Verdict, few.Finding) with
            {
                OnsetStep = few.Onset,
                Cause = few.Cause,
                Measured =
                [
                    new("updates", measured.Updates, "updates"),
                    new("accumulation", measured.Run.Accumulation, "batches"),
                ],
                Threshold = "fewer than 50 updates in a run that would have four times as many without accumulation",
                Source = "counts; both numbers are ours",
                Remedy = few.Remedy,
                Options = few.Options,
                Crossed = few.Crossed,
            };
        }

        if (signs.Curve.Blocks.Count < 2)
        {
            return CannotTell($"Fewer than {2 * LossCurve.Window} updates were measured.");
        }

        Ailment found =
            UpdateFaults.NotCleared(measured, signs)
            ?? UpdateFaults.Betas(measured, signs.Curve)
            ?? UpdateFaults.Uphill(signs)
            ?? UpdateFaults.Schedule(measured, signs.Curve)
            ?? UpdateFaults.WarmUp(measured, signs.Curve)
            ?? Forgetting(measured)
            ?? Heavy(measured)
            ?? TooHigh(measured, signs)
            ?? Clipped(measured, signs)
            ?? Standing(measured, signs)
            ?? TooLow(measured, signs)
            ?? Healthy(measured, signs);
        return Answer(found.Verdict, found.Finding) with
        {
            OnsetStep = found.Onset,
            Cause = found.Cause,
            Predicted = double.IsFinite(signs.Wanted) ? [new("updateRatio", signs.Wanted, "ratio")] : [],
            Measured =
            [
                .. new Quantity[]
                {
                    new("learningRate", measured.Steps[^1].LearningRate, "rate"),
                    new("updateRatio", signs.Ratio, "ratio"),
                    new("lagCosine", signs.LagCosine, "cosine"),
                    new("gain", signs.Gain, "ratio"),
                    new("curvature", signs.Sharpness, "ratio to the limit"),
                    new("loss", signs.Curve.Last / signs.Curve.Start, "ratio to the first"),
                    new("sinceBest", signs.Curve.SinceBest, "updates"),
                }.Where(q => double.IsFinite(q.Value)),
            ],
            Threshold =
                $"too high: the loss not below its best for {Long} updates and above half its start, curvature or gain past its limit, and a tenth of the rate better than ever; or updates of {Huge} of the weights' size or a loss of {Spike:F0} times the first, and a loss that stays up. Too low: a tenth of the expected update, and three and ten times the rate better by three standard errors",
            Source =
                "Cohen et al. 2021; Baydin et al. 2018; Kosson et al. 2023 for the update; Wu et al. 2018 for what a trial cannot tell",
            Remedy = found.Remedy,
            Options = found.Options,
            Crossed = found.Crossed,
            Experiment = Experiments.Pair(measured, found.Tried),
        };
    }

    /// <summary>Gradients clipped to next to nothing in every update.</summary>
    private static Ailment? Clipped(Measurements measured, RateSigns signs)
    {
        double clipped = measured.Steps.Sum(s => s.Clipped * s.Steps) / Math.Max(1, measured.Updates),
            usual = Statistics.Median(measured.Steps.Select(s => s.GradientNorm));
        if (
            measured.Run.ClipNorm <= 0.0
            || clipped < AlwaysClipped
            || usual < FarAbove * measured.Run.ClipNorm
            || signs.Curve.Updates < Long / 2
            || signs.Curve.Best < 0.9 * signs.Curve.Start
        )
        {
            return null;
        }

        string text = Experiments.Number(usual);
        return new Ailment(
            Verdict.Fix,
            Cause.RateTooLow,
            $"Gradients of a norm of {usual:G3} are clipped to {measured.Run.ClipNorm:G3} in {100 * clipped:F0} % of the updates, and the loss has hardly moved: {signs.Curve.Start:G4} to {signs.Curve.Best:G4}.",
            0,
            $"Clip at the usual norm or above: --clip-norm {text}.",
            new Dictionary<string, string> { ["clip-norm"] = text }
        )
        {
            Crossed =
            [
                new("share of updates that were clipped", clipped, ">=", AlwaysClipped, Crossing.Ours),
                new("usual norm over that clipped to", usual / measured.Run.ClipNorm, ">=", FarAbove, Crossing.Ours),
            ],
        };
    }

    /// <summary>Updates that all together move the weights by less than a hundredth, and a loss that stays.</summary>
    private static Ailment? Standing(Measurements measured, RateSigns signs)
    {
        MeasuredRun run = measured.Run;
        double rate = run.LearningRate,
            moved = signs.Ratio * measured.Updates;
        if (
            !(moved < Still)
            || rate <= 0.0
            || run.Freeze.Length > 0
            || measured.Updates < Long / 2
            || signs.Curve.Best < 0.95 * signs.Curve.Start
            || measured.Steps.Max(s => s.LearningRate) < Scheduled * rate
        )
        {
            return null;
        }

        double factor = Math.Pow(10.0, Math.Round(Math.Log10(UsualRatio / signs.Ratio)));
        string text = Experiments.Number(rate * factor);
        return new Ailment(
            Verdict.Fix,
            Cause.RateTooLow,
            $"The learning rate of {rate:G3} is too low: updates are {signs.Ratio:G2} of the weights' size, so that {measured.Updates} of them move a weight by {100 * moved:G2} % at most, and the loss has hardly moved, from {signs.Curve.Start:G4} to {signs.Curve.Best:G4}.",
            0,
            $"Raise the learning rate: --lr {text}.",
            new Dictionary<string, string> { ["lr"] = text }
        )
        {
            Crossed = [new("what all updates move a weight by, over its size", moved, "<", Still, Crossing.Ours)],
        };
    }

    private static Ailment? TooLow(Measurements measured, RateSigns signs)
    {
        double rate = measured.Run.LearningRate,
            highest = Math.Max(rate, measured.Steps.Max(s => s.LearningRate));
        IReadOnlyList<string> low = signs.TooLow;
        if (
            low.Count == 0
            || measured.Steps.Max(s => s.LearningRate) < Scheduled * rate // still in warm-up
            || signs.Curve.Updates < Long / 2
            || (measured.Steps[^1].LearningRate < Scheduled * highest && !signs.HigherHelps && signs.Trial is not null)
            || measured.Run.Freeze.Length > 0 && !signs.HigherHelps
        )
        {
            return null; // the schedule holds it low for now
        }

        double higher =
            signs.HundredHelps ? 100.0 * rate
            : signs.HigherHelps && signs.Trial!["arm10"] < signs.Trial["arm3"] ? 10.0 * rate
            : 3.0 * rate;
        string text = Experiments.Number(higher);
        string tried =
            signs.HundredHelps
                ? $"; 20 updates at 100 times the rate bring the loss to {signs.Trial!["arm100"]:G4}, at the present one to {signs.Trial["arm1"]:G4}"
            : signs.HigherHelps
                ? $"; 20 updates at 3 and 10 times the rate bring the loss to {signs.Trial!["arm3"]:G4} and {signs.Trial["arm10"]:G4}, at the present one to {signs.Trial["arm1"]:G4}"
            : "";
        return new Ailment(
            signs.HigherHelps ? Verdict.Fix : Verdict.Look,
            Cause.RateTooLow,
            $"The learning rate {(signs.HigherHelps ? "is" : "may be")} too low: {string.Join("; ", low)}{tried}.",
            0,
            $"Raise the learning rate: --lr {text}.",
            signs.HigherHelps && rate > 0.0 ? new Dictionary<string, string> { ["lr"] = text } : []
        )
        {
            Crossed =
                signs.Ratio < 0.1 * signs.Wanted
                    ?
                    [
                        new(
                            "updates over the size expected",
                            signs.Ratio / signs.Wanted,
                            "<",
                            0.1,
                            "Kosson et al. 2023"
                        ),
                    ]
                    :
                    [
                        new(
                            "lowest loss over that at the start",
                            signs.Curve.Best / signs.Curve.Start,
                            ">",
                            0.9,
                            Crossing.Ours
                        ),
                    ],
            Tried = rate > 0.0 ? new() { ["lr"] = text } : [],
        };
    }

    private static Ailment Healthy(Measurements measured, RateSigns signs)
    {
        string size = double.IsFinite(signs.Ratio) ? $"; updates are {signs.Ratio:G2} of the weights' size" : "",
            gain = signs.Gains > 0 ? $"; they gain {signs.Gain:G2} of what gradients promise" : "",
            curved = double.IsFinite(signs.Sharpness)
                ? $"; the loss is curved {signs.Sharpness:G2} times as much as the rate bears"
                : "";
        return new Ailment(
            Verdict.Ok,
            "",
            $"At a rate of {Experiments.Number(measured.Steps[^1].LearningRate)} the loss went from {signs.Curve.Start:G4} to {signs.Curve.Best:G4}{size}{gain}{curved}.",
            null,
            "",
            []
        );
    }
}
