namespace Fovea.Workbench;

/// <summary>3.13: whether the network underfits, or the code around it is broken.</summary>
/// <remarks>
/// Trials that have one right outcome: a few items are learned by heart, targets of other items give another loss, an item's
/// answer does not depend on its batch, gradients are those of the loss, an input of zeros is worse. After Karpathy 2019, A
/// recipe for training neural networks, and TheDeepChecker (Ben Braiek, Khomh 2022).
/// </remarks>
public sealed class CanItLearn : MeasuredQuestion
{
    private const double Same = 1e-6,
        Wrong = 0.1,
        Doubtful = 0.01;

    /// <inheritdoc/>
    public override string Id => "3.13";

    /// <inheritdoc/>
    public override string Text => "Does the network underfit, or is something broken?";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wants =>
        ["one-batch", "permuted-targets", "zeroed-input", "mixing", "rate", "directional"];

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        LossCurve curve = LossCurve.Of(measured);
        if (curve.Blocks.Count == 0 && measured.Probes.Count == 0)
        {
            return CannotTell($"Fewer than {LossCurve.Window} updates were measured, and nothing was tried.");
        }

        (Ailment found, IReadOnlyList<string> layers) =
            Mixing(measured)
            ?? Lost(measured)
            ?? Gradients(measured)
            ?? Targets(measured)
            ?? Regularization.Of(evidence, measured, curve)
            ?? OneBatch(measured)
            ?? Stuck(measured, curve)
            ?? Input(measured)
            ?? Underfit(measured, curve)
            ?? (Healthy(measured, curve), []);
        MeasuredProbe? batch = measured.LastProbe("one-batch");
        return Answer(found.Verdict, found.Finding) with
        {
            Layers = layers,
            OnsetStep = found.Onset,
            Cause = found.Cause,
            Predicted = measured.Run.ChanceLoss is { } chance ? [new("chanceLoss", chance, "loss")] : [],
            Measured =
            [
                .. new Quantity[]
                {
                    new("bestLoss", curve.Best, "loss"),
                    new("oneBatchRight", batch?["right"] ?? double.NaN, "items"),
                    new("oneBatchItems", batch?["items"] ?? double.NaN, "items"),
                    new("oneBatchLowest", batch?["lowest"] ?? double.NaN, "loss"),
                    new("permuted", measured.LastProbe("permuted-targets")?["permuted"] ?? double.NaN, "loss"),
                    new("zeroed", measured.LastProbe("zeroed-input")?["zeroed"] ?? double.NaN, "loss"),
                }.Where(q => double.IsFinite(q.Value)),
            ],
            Threshold =
                $"to fix: another item's share in an answer, a gradient off by a tenth, a loss equal under other targets to {Same:0E+0}, a few items not learned; to look at: a loss within 3 % of knowing nothing after 200 updates",
            Source = "Karpathy 2019, A recipe for training neural networks; Ben Braiek, Khomh 2022, TheDeepChecker",
            Remedy = found.Remedy,
            Experiment = found.Verdict >= Verdict.CannotTell ? "" : Experiments.DryRun(measured),
        };
    }

    private static (Ailment, IReadOnlyList<string>)? Mixing(Measurements measured) =>
        measured.LastProbe("mixing") is { } probe && probe["leak"] > Same * probe["own"]
            ? (
                Fault(
                    Cause.BatchMixing,
                    $"In evaluation an item's answer depends on the other items of its batch: their gradient is {probe["leak"]:G3}, its own {probe["own"]:G3}.",
                    "Look for a reshape that moves the batch axis, a softmax or a mean over axis 0, or batch statistics in evaluation.",
                    0
                ),
                []
            )
            : null;

    /// <summary>The input varies, and what reaches the first filters is 0 throughout: their weights get a gradient of 0
    /// exactly, their biases or the normalization behind them do not.</summary>
    private static (Ailment, IReadOnlyList<string>)? Lost(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        MeasuredStep[] samples =
        [
            .. measured.Samples.Where(s =>
                s is { Gradients: not null, Weights: not null, Power: not null, Mean: not null }
            ),
        ];
        if (samples.Length < 2)
        {
            return null;
        }

        int[] lost =
        [
            .. SignalLayers.Of(run).Where(l => l.Depth == 1 && WithoutSignal(run, samples, l)).Select(l => l.Place),
        ];
        bool varies = run
            .Points.Select((p, i) => (Point: p, Place: i))
            .Where(p => p.Point.Kind == PointKind.Input)
            .All(p =>
                samples[0].Power![p.Place] - Math.Pow(samples[0].Mean![p.Place], 2) > Same * samples[0].Power![p.Place]
            );
        return lost.Length == 0 || !varies
            ? null
            : (
                Fault(
                    Cause.InputUnused,
                    $"The input varies, but what reaches {run.Points[lost[0]].Name} is 0 throughout: its output or the gradient of its weight is 0 exactly, in {samples.Length} samples.",
                    "Look at what is done to the input before the first layer: a product with 0, a mask, another tensor.",
                    0
                ),
                [.. lost.Select(p => run.Points[p].Name)]
            );
    }

    private static bool WithoutSignal(MeasuredRun run, MeasuredStep[] samples, SignalLayer layer)
    {
        int[] weights = [.. SignalLayers.WeightsOf(run, layer.Place).Where(w => run.Parameters[w].IsTrainable)],
            others =

            [
                .. Enumerable
                    .Range(0, run.Parameters.Count)
                    .Where(i => run.Parameters[i] is { IsWeight: false, IsTrainable: true })
                    .Where(i => run.Parameters[i].Layer == layer.Place || run.Parameters[i].Layer == layer.Result),
            ];
        // A layer without a bias, or with one of 0, that makes 0 of all: so was what it took.
        bool silent =
            samples[0].Step == 0
            && samples[0].Power![layer.Place] == 0.0
            && weights.Any(w => samples[0].Weights![w] > 0.0);
        return silent
            || weights.Length > 0
                && samples.All(s => weights.All(w => s.Gradients![w] == 0.0))
                && samples.Any(s => others.Any(o => s.Gradients![o] > 0.0));
    }

    private static (Ailment, IReadOnlyList<string>)? Gradients(Measurements measured)
    {
        MeasuredProbe[] lines = [.. measured.ProbesOf("directional")];
        MeasuredProbe[] newest = [.. lines.Where(l => l.Step == lines[^1].Step)];
        MeasuredProbe[] wrong = [.. newest.Where(l => l["relative"] > Wrong)];
        MeasuredProbe? first = wrong.LastOrDefault() ?? newest.LastOrDefault(l => l["relative"] > Doubtful);
        if (first is null)
        {
            return null;
        }

        // The one nearest to the loss is at fault; those before it get its gradient.
        bool cut = first["analytic"] == 0.0 && wrong.Length > 0;
        if (cut && HasDeadLayer(measured))
        {
            return null; // question 3.3 says so; differences of a step of finite size may wake it
        }

        return (
            new Ailment(
                wrong.Length > 0 ? Verdict.Fix : Verdict.Look,
                cut ? Cause.Disconnected : Cause.WrongGradient,
                $"The gradient of {first.Layer} is not that of the loss: along a random direction it says {first["analytic"]:G4}, differences of the loss {first["numeric"]:G4}; {Figures.Of(Math.Max(1, wrong.Length), "layer")} of {newest.Length} so.",
                0,
                cut
                    ? $"Look behind {first.Layer} for Detach, NoGrad or an operator whose Backward hands nothing on."
                    : $"Check Backward of the operators of your own behind {first.Layer}: a sign, a factor, a sum over the wrong axis.",
                []
            ),
            [.. wrong.Reverse().Select(l => l.Layer).DefaultIfEmpty(first.Layer)]
        );
    }

    private static bool HasDeadLayer(Measurements measured) =>
        measured.Samples.LastOrDefault(s => s.Silent is not null) is { Silent: { } silent }
        && measured
            .Run.Points.Select((p, i) => (p, i))
            .Any(p => p.p.Kind == PointKind.Activation && silent[p.i] == p.p.Units);

    private static (Ailment, IReadOnlyList<string>)? Targets(Measurements measured)
    {
        MeasuredProbe? targets = measured.LastProbe("permuted-targets"),
            zeroed = measured.LastProbe("zeroed-input");
        return
            targets is not null
            && zeroed is not null
            && Math.Abs(targets["permuted"] - targets["loss"]) <= Same * Math.Abs(targets["loss"])
            && Math.Abs(zeroed["zeroed"] - zeroed["loss"]) > 100.0 * Same * Math.Abs(zeroed["loss"])
            ? (
                Fault(
                    Cause.LossShape,
                    $"The loss does not depend on which target belongs to which item: {targets["loss"]:G6} with their own, {targets["permuted"]:G6} with those of others, though it does depend on the input.",
                    "Give outputs and targets one shape: [N, 1] with [N] makes every pair of items meet. Check the axis of the loss.",
                    0
                ),
                []
            )
            : null;
    }

    private static (Ailment, IReadOnlyList<string>)? OneBatch(Measurements measured)
    {
        if (
            measured.LastProbe("one-batch") is not { } probe
            || !(probe["learned"] == 0.0)
            || probe["inTime"] == 0.0
            || !double.IsFinite(probe["first"])
        )
        {
            return null;
        }

        // Whether the rate is to blame is 3.5's matter, and is tried first.
        RateSigns signs = RateSigns.Of(measured);
        bool still =
            probe["lowest"] > 0.5 * probe["first"]
            && !(signs.Ratio < 1e-3)
            && signs.Trial is not null
            && !signs.HigherHelps
            && !signs.LowerHelps;
        return (
            new Ailment(
                still ? Verdict.Fix : Verdict.Look,
                Cause.Underfitting,
                $"{probe["items"]:F0} items cannot be learned by heart in {probe["updates"]:F0} updates: the loss goes from {probe["first"]:G4} to {probe["lowest"]:G4}"
                    + (double.IsFinite(probe["right"]) ? $", {probe["right"]:F0} are right." : "."),
                0,
                "Make that work before all else: check loss, targets and the sign of the update, then the learning rate; a wider network only if they are right.",
                []
            ),
            []
        );
    }

    private static (Ailment, IReadOnlyList<string>)? Stuck(Measurements measured, LossCurve curve)
    {
        MeasuredRun run = measured.Run;
        long needed = run.PlannedUpdates > 0 ? Math.Min(200, run.PlannedUpdates) : 200;
        if (run.ChanceLoss is not { } chance || !curve.IsStuck(run, 2 * LossCurve.Window))
        {
            return null;
        }

        if (measured.Updates < needed)
        {
            return (
                new Ailment(
                    Verdict.CannotTell,
                    "",
                    $"After {measured.Updates} updates the loss is {curve.Best:G4}, that of a network that knows nothing ({chance:G4}); it is given {needed}.",
                    null,
                    "",
                    []
                ),
                []
            );
        }

        bool learnsFew = measured.LastProbe("one-batch") is { } probe && probe["learned"] == 1.0;
        RateSigns signs = RateSigns.Of(measured);
        // Mixed labels have a loss near that of knowing nothing by right.
        bool labels =
            learnsFew
            && !run.Augment.Contains("mix", StringComparison.Ordinal)
            && signs.NoRateHelps
            && signs.Ratio > 1e-4
            && measured.Epochs.Count(e => e.Epoch > 0) >= 2
            && measured.Epochs[^1].Train is { Right: { } right } train
            && Proportion.Wilson(right, train.Items) is var share
            && share.Low <= train.Common();
        return (
            new Ailment(
                labels ? Verdict.Fix : Verdict.Look,
                labels ? Cause.ShuffledLabels : Cause.Underfitting,
                $"After {curve.Updates} updates the loss is {curve.Best:G4}, that of a network that knows nothing ({chance:G4})"
                    + (
                        labels
                            ? "; yet a few items are learned by heart, every layer moves and no other rate does better: labels and items do not belong together."
                        : learnsFew ? "; a few items are learned by heart."
                        : "."
                    ),
                0,
                labels
                    ? "Look at items with their labels: one of them was shuffled, sorted or read from another file alone."
                    : "See whether a few items can be learned by heart (fovea train --dry-run), and whether labels belong to items.",
                []
            ),
            []
        );
    }

    private static (Ailment, IReadOnlyList<string>)? Input(Measurements measured)
    {
        if (
            measured.LastProbe("zeroed-input") is not { } probe
            || measured.Updates < 100
            || !(probe["zeroed"] <= probe["loss"] + (1e-4 * Math.Abs(probe["loss"])))
        )
        {
            return null;
        }

        bool constant =
            measured.Samples.LastOrDefault(s => s.Power is not null) is { Mean: { } mean, Power: { } power }
            && measured
                .Run.Points.Select((p, i) => (p, i))
                .Where(p => p.p.Kind == PointKind.Input)
                .All(p => power[p.i] - (mean[p.i] * mean[p.i]) <= Same * power[p.i]);
        return (
            new Ailment(
                constant ? Verdict.Fix : Verdict.Look,
                Cause.InputUnused,
                $"With all inputs 0 the loss is {probe["zeroed"]:G4}, with the items {probe["loss"]:G4}: the network makes no use of its input{(constant ? ", which is the same everywhere" : "")}.",
                0,
                constant
                    ? "Look at the items as fed: they hold one value."
                    : "See questions 3.2 and 3.3 for where the signal is lost.",
                []
            ),
            []
        );
    }

    private static (Ailment, IReadOnlyList<string>)? Underfit(Measurements measured, LossCurve curve)
    {
        MeasuredEpoch[] epochs = [.. measured.Epochs.Where(e => e.Epoch > 0 && e.Train is not null)];
        if (
            epochs.Length < 4
            || measured.Run.ChanceLoss is not { } chance
            || epochs[^1] is not { Train: { } train, HeldOut: { } held }
            || train.Loss < 0.5 * chance
            || train.Loss < 0.99 * epochs[^4].Train!.Loss
            || Math.Abs(train.Loss - held.Loss) > 2.0 * Math.Sqrt(Square(train.LossError) + Square(held.LossError))
        )
        {
            return null;
        }

        return (
            new Ailment(
                Verdict.Look,
                Cause.Underfitting,
                $"The loss of items learned from, {train.Loss:G4}, has not moved for 3 epochs, is that of items held out, {held.Loss:G4}, and {train.Loss / chance:P0} of knowing nothing.",
                epochs[^4].Step,
                "A wider or deeper network, less regularization or augmentation, or labels that say more.",
                []
            ),
            []
        );

        static double Square(double x) => x * x;
    }

    private static Ailment Healthy(Measurements measured, LossCurve curve)
    {
        string[] tried = [.. measured.Probes.Select(p => p.Name).Intersect(new CanItLearn().Wants)];
        return new Ailment(
            Verdict.Ok,
            "",
            $"The loss went from {curve.Start:G4} to {curve.Best:G4}{(tried.Length == 0 ? "; nothing made a trial necessary" : $"; tried and found in order: {string.Join(", ", tried)}")}.",
            null,
            "",
            []
        );
    }

    private static Ailment Fault(string cause, string finding, string remedy, long onset) =>
        new(Verdict.Fix, cause, finding, onset, remedy, []);
}
