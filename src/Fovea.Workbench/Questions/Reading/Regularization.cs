namespace Fovea.Workbench;

/// <summary>Regularization that leaves nothing to learn: smoothed targets, dropped units, changed items, decayed
/// weights.</summary>
internal static class Regularization
{
    private const double NearlyAll = 0.8,
        Nearly = 0.9;
    private const int Patience = 150;

    /// <summary>Targets smoothed, or items changed at random, until nothing can be told from them.</summary>
    public static (Ailment, IReadOnlyList<string>)? Of(Evidence evidence, Measurements measured, LossCurve curve)
    {
        if (Decay(measured) is { } decay)
        {
            return decay;
        }

        if (Dropped(evidence) is >= Nearly and < 1.0 and var most)
        {
            return (
                Fault(
                    Cause.OverRegularized,
                    $"Dropout of {most:G2} leaves {Figures.Percent(1.0 - most)} of the units, scaled up {1.0 / (1.0 - most):F0} times: next to nothing of the signal, and that loud.",
                    "Drop half of the units at most, and in few layers.",
                    0
                ),
                []
            );
        }

        MeasuredRun run = measured.Run;
        bool smooth = run.LabelSmoothing >= 0.5,
            learnsFew =
                measured.LastProbe("one-batch") is { } probe
                && probe["learned"] == 1.0
                && RateSigns.Of(measured).NoRateHelps,
            knowsNothing =
                measured.Epochs.LastOrDefault(e => e.Train is not null)?.Train is { Right: { } right } train
                && Proportion.Wilson(right, train.Items).Low <= train.Common(),
            // Mixed labels have a loss near that of knowing nothing by right.
            changed =
                run.Augment.Length > 0
                && run.Augment != "none"
                && !run.Augment.Contains("mix", StringComparison.Ordinal)
                && learnsFew
                && knowsNothing;
        double? dropped = learnsFew && knowsNothing ? Dropped(evidence) : null;
        if (measured.Updates < Patience || !curve.IsStuck(run, Patience) || !(smooth || changed || dropped is not null))
        {
            return null;
        }

        return (
            smooth
                ? Fault(
                    Cause.OverRegularized,
                    $"Label smoothing of {run.LabelSmoothing:G2} leaves next to nothing of the labels, and after {curve.Updates} updates the loss is that of knowing nothing.",
                    "Smooth labels by 0.1 at most: --label-smoothing 0.1.",
                    0
                )
            : dropped is { } share
                ? Fault(
                    Cause.OverRegularized,
                    $"Dropout of {share:G2} leaves next to nothing of the signal: a few items are learned by heart without it, none are with it in {curve.Updates} updates.",
                    "Drop half of the units at most, and in few layers.",
                    0
                )
            : Fault(
                Cause.StrongAugmentation,
                $"A few items are learned by heart as they are, but changed by '{run.Augment}' none are in {curve.Updates} updates, whatever the rate: the augmentation takes away what tells the classes apart.",
                "Leave augmentation away to see it learn, then bring it back by halves: --augment none.",
                0
            ),
            []
        );
    }

    /// <summary>The highest share of units that a layer drops, where it is nearly all; null else.</summary>
    private static double? Dropped(Evidence evidence)
    {
        double highest = evidence
            .Graph.Nodes.Where(n => n.Has(OperatorTraits.Random))
            .SelectMany(n => n.Operator.Options)
            .Select(o =>
                double.TryParse(
                    o.Value,
                    System.Globalization.NumberStyles.Float,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out double p
                )
                    ? p
                    : 0.0
            )
            .DefaultIfEmpty(0.0)
            .Max();
        return highest is >= NearlyAll and <= 1.0 ? highest : null;
    }

    /// <summary>Weights that forget within a few updates what they learned.</summary>
    private static (Ailment, IReadOnlyList<string>)? Decay(Measurements measured)
    {
        if (WeightMemory.Of(measured) is not { IsShort: true, IsByDecay: true } memory)
        {
            return null;
        }

        string text = Experiments.Number(memory.Decay * memory.Updates / WeightMemory.Usual);
        return (
            new Ailment(
                Verdict.Fix,
                Cause.OverRegularized,
                $"Weight decay of {memory.Decay:G3} at a rate of {memory.Rate:G3} takes weights to a third in {memory.Updates:F0} updates: what is learned from a batch is soon forgotten.",
                0,
                $"Lower the decay: --optimizer {measured.Run.Optimizer},decay={text}.",
                []
            ),
            []
        );
    }

    private static Ailment Fault(string cause, string finding, string remedy, long onset) =>
        new(Verdict.Fix, cause, finding, onset, remedy, []);
}
