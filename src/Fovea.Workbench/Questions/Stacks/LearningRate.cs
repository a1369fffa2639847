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
public sealed class LearningRate : MeasuredQuestion
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
        double rate = measured.Run.LearningRate;
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
            Experiment =
                found.Verdict == Verdict.Ok || rate <= 0.0
                    ? ""
                    : Experiments.Study(
                        evidence,
                        measured,
                        $"lr={Experiments.Number(rate / 10.0)},{Experiments.Number(rate)},{Experiments.Number(rate * 10.0)}"
                    ),
        };
    }

    /// <summary>Momentum over more updates than the run has: steps go on growing to 1 / (1 - mu) times the rate.</summary>
    private static Ailment? Heavy(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        double span = 1.0 / (1.0 - run.Momentum);
        return
            run.Optimizer != "sgd"
            || !(span > LongMomentum)
            || !(span > 0.5 * run.PlannedUpdates)
            || measured.Updates < Long / 2
            ? null
            : new Ailment(
                Verdict.Fix,
                Cause.RateTooHigh,
                $"A momentum of {run.Momentum:G4} adds up the gradients of {span:F0} updates, more than half of the {run.PlannedUpdates} planned: steps become {span:F0} times the learning rate, and go on where they went long ago.",
                0,
                "Use a momentum of 0.9: --optimizer sgd,momentum=0.9.",
                new Dictionary<string, string> { ["optimizer"] = "sgd,momentum=0.9" }
            );
    }

    /// <summary>A rate that lets an ordinary decay take weights to a third within some updates.</summary>
    private static Ailment? Forgetting(Measurements measured)
    {
        if (WeightMemory.Of(measured) is not { IsShort: true, IsByDecay: false } memory)
        {
            return null;
        }

        string text = Experiments.Number(memory.Rate * memory.Updates / WeightMemory.Usual);
        return new Ailment(
            Verdict.Fix,
            Cause.RateTooHigh,
            $"The learning rate is too high: at {memory.Rate:G3} a decay of {memory.Decay:G3} takes weights to a third in {memory.Updates:F0} updates, so that what is learned from a batch is soon forgotten.",
            0,
            $"Lower the learning rate: --lr {text}.",
            new Dictionary<string, string> { ["lr"] = text }
        );
    }

    private static Ailment? TooHigh(Measurements measured, RateSigns signs)
    {
        LossCurve curve = signs.Curve;
        double rate = measured.Run.LearningRate;
        bool up = curve.AboveStart >= Long / 2 || curve.IsStuck(measured.Run, Long / 2);
        (long Step, string What)? burst = Burst(measured) ?? (up ? Died(measured) : null);
        if (burst is { } b && up)
        {
            return Told(
                Verdict.Fix,
                $"The learning rate is too high: {b.What} from update {b.Step} on, and since then the loss stays at {curve.Last:G4}, from {curve.Start:G4} at first",
                b.Step
            );
        }

        bool suffers = curve.SinceBest >= Long || curve.AboveStart >= Long;
        IReadOnlyList<string> high = signs.TooHigh;
        if (suffers && signs.IsPast && signs.LowerHelps && curve.Last > 0.5 * curve.Start)
        {
            return Told(
                Verdict.Fix,
                $"The learning rate is too high: {string.Join("; ", high)}; the loss has not been below its best, {curve.Best:G4}, for {curve.SinceBest} updates, and 20 updates at a tenth of the rate bring it to {signs.Trial!["arm0.1"]:G4}",
                curve.BestStep + 1
            );
        }

        return (high.Count > 0 && curve.SinceBest >= Long / 2) || (up && curve.AboveStart >= Long / 2)
                ? Told(
                    Verdict.Look,
                    $"The learning rate may be too high: {string.Join("; ", high.DefaultIfEmpty($"the loss is above its start, {curve.Start:G4}, for {curve.AboveStart} updates"))}; the loss was lowest, {curve.Best:G4}, {curve.SinceBest} updates ago{(signs.Trial is null ? ". No other rate was tried" : ". A tenth of the rate does no better than the best so far")}",
                    curve.BestStep + 1
                )
            : burst is { } seen
                ? Told(
                    Verdict.Look,
                    $"{char.ToUpperInvariant(seen.What[0])}{seen.What[1..]} from update {seen.Step} on; the loss came down all the same",
                    seen.Step
                )
            : null;

        Ailment Told(Verdict verdict, string finding, long onset)
        {
            double lower = signs.Trial is { } t && t["arm0.33"] < t["arm0.1"] ? rate / 3.0 : rate / 10.0;
            string text = Experiments.Number(lower);
            return new Ailment(
                verdict,
                Cause.RateTooHigh,
                $"{finding}.",
                onset,
                $"Lower the learning rate: --lr {text}.",
                verdict == Verdict.Fix && rate > 0.0 ? new Dictionary<string, string> { ["lr"] = text } : []
            );
        }
    }

    /// <summary>Updates of a third of the weights, or a loss of three times the first, while it was young.</summary>
    private static (long Step, string What)? Burst(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        int[] weights =
        [
            .. Enumerable
                .Range(0, run.Parameters.Count)
                .Where(i => run.Parameters[i] is { IsWeight: true, IsTrainable: true, IsOptimized: true }),
        ];
        MeasuredStep[] samples = [.. measured.Samples.Where(s => s.Updates is not null)];
        for (int i = 2; i < samples.Length; i++)
        {
            MeasuredStep[] last = samples[Math.Max(0, i - 4)..(i + 1)];
            MeasuredStep[] large = [.. last.Where(s => RateSigns.MedianRatio(weights, [s]) > Huge)];
            if (large.Length >= 3)
            {
                return (large[0].Step, $"updates are {RateSigns.MedianRatio(weights, large):G2} of the weights' size");
            }
        }

        MeasuredStep first = measured.Steps[0];
        return
            first.Loss > 0.0
            && measured.Steps.FirstOrDefault(s => s.Step < Long && !(s.LossHigh <= Spike * first.Loss)) is { } spike
            ? (spike.Step, $"the loss jumped to {spike.LossHigh / first.Loss:G3} times the first")
            : null;
    }

    /// <summary>A layer that was alive at the start and fell silent as a whole.</summary>
    private static (long Step, string What)? Died(Measurements measured)
    {
        MeasuredStep[] samples = [.. measured.Samples.Where(s => s.Silent is not null)];
        for (int i = 0; samples.Length >= 4 && i < measured.Run.Points.Count; i++)
        {
            MeasuredPoint point = measured.Run.Points[i];
            if (
                point.Kind != PointKind.Activation
                || 2 * samples[0].Silent![i] > point.Units
                || samples[^1].Silent![i] < point.Units
            )
            {
                continue;
            }

            int from = samples.Length - 1;
            while (samples[from - 1].Silent![i] == point.Units)
            {
                from--;
            }

            if (samples.Length - from >= 3)
            {
                return (
                    samples[from].Step,
                    $"all {point.Units} units of {point.Name}, alive at first, gave nothing above 0"
                );
            }
        }

        return null;
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
        );
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
        );
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
        );
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
