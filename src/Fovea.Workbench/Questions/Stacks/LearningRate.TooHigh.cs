namespace Fovea.Workbench;

/// <content>What says that the rate is too high.</content>
public sealed partial class LearningRate
{
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
            )
            {
                Crossed =
                [
                    new("updates that the momentum spans", span, ">", LongMomentum, Crossing.Ours),
                    new("of the updates planned", span / run.PlannedUpdates, ">", 0.5, Crossing.Ours),
                ],
            };
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
        Turn? burst = Burst(measured) ?? (up ? Died(measured) : null);
        if (burst is { } b && up)
        {
            return Told(
                Verdict.Fix,
                $"The learning rate is too high: {b.What} from update {b.Step} on, and since then the loss stays at {curve.Last:G4}, from {curve.Start:G4} at first",
                b.Step,
                b.Crossed
            );
        }

        bool suffers = curve.SinceBest >= Long || curve.AboveStart >= Long;
        IReadOnlyList<string> high = signs.TooHigh;
        if (suffers && signs.IsPast && signs.LowerHelps && curve.Last > 0.5 * curve.Start)
        {
            return Told(
                Verdict.Fix,
                $"The learning rate is too high: {string.Join("; ", high)}; the loss has not been below its best, {curve.Best:G4}, for {curve.SinceBest} updates, and 20 updates at a tenth of the rate bring it to {signs.Trial!["arm0.1"]:G4}",
                curve.BestStep + 1,
                curve.SinceBest >= Long
                    ? new Crossing("updates since the loss was lowest", curve.SinceBest, ">=", Long, Crossing.Ours)
                    : new Crossing("updates with a loss above its start", curve.AboveStart, ">=", Long, Crossing.Ours),
                new Crossing("loss over that at the start", curve.Last / curve.Start, ">", 0.5, Crossing.Ours)
            );
        }

        return (high.Count > 0 && curve.SinceBest >= Long / 2) || (up && curve.AboveStart >= Long / 2)
                ? Told(
                    Verdict.Look,
                    $"The learning rate may be too high: {string.Join("; ", high.DefaultIfEmpty($"the loss is above its start, {curve.Start:G4}, for {curve.AboveStart} updates"))}; the loss was lowest, {curve.Best:G4}, {curve.SinceBest} updates ago{(signs.Trial is null ? ". No other rate was tried" : ". A tenth of the rate does no better than the best so far")}",
                    curve.BestStep + 1,
                    high.Count > 0 && curve.SinceBest >= Long / 2
                        ? new Crossing(
                            "updates since the loss was lowest",
                            curve.SinceBest,
                            ">=",
                            Long / 2,
                            Crossing.Ours
                        )
                        : new Crossing(
                            "updates with a loss above its start",
                            curve.AboveStart,
                            ">=",
                            Long / 2,
                            Crossing.Ours
                        )
                )
            : burst is { } seen
                ? Told(
                    Verdict.Look,
                    $"{char.ToUpperInvariant(seen.What[0])}{seen.What[1..]} from update {seen.Step} on; the loss came down all the same",
                    seen.Step,
                    seen.Crossed
                )
            : null;

        Ailment Told(Verdict verdict, string finding, long onset, params Crossing[] crossed)
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
            )
            {
                Crossed = crossed,
                Tried = rate > 0.0 ? new() { ["lr"] = text } : [],
            };
        }
    }

    /// <summary>Updates of a third of the weights, or a loss of three times the first, while it was young.</summary>
    private static Turn? Burst(Measurements measured)
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
                double size = RateSigns.MedianRatio(weights, large);
                return new Turn(
                    large[0].Step,
                    $"updates are {size:G2} of the weights' size",
                    new("size of updates over that of weights", size, ">", Huge, Crossing.Ours)
                );
            }
        }

        MeasuredStep first = measured.Steps[0];
        return
            first.Loss > 0.0
            && measured.Steps.FirstOrDefault(s => s.Step < Long && !(s.LossHigh <= Spike * first.Loss)) is { } spike
            ? new Turn(
                spike.Step,
                $"the loss jumped to {spike.LossHigh / first.Loss:G3} times the first",
                new("highest loss over the first", spike.LossHigh / first.Loss, ">", Spike, Crossing.Ours)
            )
            : null;
    }

    /// <summary>A layer that was alive at the start and fell silent as a whole.</summary>
    private static Turn? Died(Measurements measured)
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
                return new Turn(
                    samples[from].Step,
                    $"all {point.Units} units of {point.Name}, alive at first, gave nothing above 0",
                    new($"share of silent units of {point.Name}", 1, ">=", 1, "exact: nothing passes")
                );
            }
        }

        return null;
    }

    /// <summary>Where something begins, and what shows it.</summary>
    private sealed record Turn(long Step, string What, Crossing Crossed);
}
