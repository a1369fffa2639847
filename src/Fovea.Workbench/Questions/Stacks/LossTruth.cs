namespace Fovea.Workbench;

/// <summary>3.16: whether the loss tells the truth about what is learned.</summary>
/// <remarks>
/// The loss is set beside the share of items that are right, beside the floor that label smoothing leaves, and beside the
/// floor of a softmax in front of a cross entropy that has one of its own: with scores from 0 to 1 over K classes it
/// cannot fall below ln(e + K - 1) - 1, 1.461 for 10.
/// </remarks>
public sealed class LossTruth : MeasuredQuestion
{
    private const int Enough = 20,
        Long = 200;
    private const double Together = -0.2,
        Moved = 0.1,
        MovedRight = 0.05;

    /// <inheritdoc/>
    public override string Id => "3.16";

    /// <inheritdoc/>
    public override string Text => "Does the loss tell the truth?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        MeasuredRun run = measured.Run;
        LossCurve curve = LossCurve.Of(measured);
        if (curve.Blocks.Count < 2)
        {
            return CannotTell($"Fewer than {2 * LossCurve.Window} updates were measured.");
        }

        double floor = SmoothingFloor(run),
            correlation = Correlation(measured);
        (Ailment found, string layer) =
            NoLogarithm(measured)
            ?? Squashed(run, curve)
            ?? Scale(measured, curve)
            ?? Apart(measured, curve, correlation)
            ?? Below(run, curve, floor)
            ?? (Fine(run, curve, floor, correlation), "");
        return Answer(found.Verdict, found.Finding) with
        {
            Layers = layer.Length > 0 ? [layer] : [],
            OnsetStep = found.Onset,
            Cause = found.Cause,
            Predicted =
            [
                .. new Quantity[]
                {
                    new("chanceLoss", run.ChanceLoss ?? double.NaN, "loss"),
                    new("lossFloor", floor, "loss"),
                }.Where(q => double.IsFinite(q.Value)),
            ],
            Measured =
            [
                .. new Quantity[]
                {
                    new("bestLoss", curve.Best, "loss"),
                    new("correlation", correlation, "correlation with the share right"),
                }.Where(q => double.IsFinite(q.Value)),
            ],
            Threshold =
                $"to fix: squashed scores in front of a cross entropy, and a loss above their floor for {Long} updates; a loss of as many times the expected one as a batch has items, with a loss that does not move. To look at: a correlation of loss and share right above {Together}",
            Source = "exact for the floors; the correlation is ours",
            Remedy = found.Remedy,
        };
    }

    /// <summary>A loss that is minus a probability, where minus its logarithm was meant: never above 0 nor below -1.</summary>
    private static (Ailment, string)? NoLogarithm(Measurements measured) =>
        measured.Run.Classes.Count < 2
        || !measured.Steps.All(s => s is { LossLow: >= -1.0, LossHigh: <= 0.0, Loss: < 0.0 })
            ? null
            : (
                new Ailment(
                    Verdict.Fix,
                    Cause.LossKind,
                    $"The loss lies between {measured.Steps.Min(s => s.LossLow):G3} and {measured.Steps.Max(s => s.LossHigh):G3} in every update, as minus the probability of the right class does; a cross entropy is minus its logarithm, and never below 0. An item far from right then pulls hardly at all.",
                    0,
                    "Give a loss of log-probabilities LogSoftmax, or use CrossEntropy on the scores themselves.",
                    []
                ),
                ""
            );

    /// <summary>A softmax or sigmoid at the output of a network whose loss is a cross entropy over scores.</summary>
    private static (Ailment, string)? Squashed(MeasuredRun run, LossCurve curve)
    {
        MeasuredPoint? output = run.Points.FirstOrDefault(p => p.IsOutput);
        if (
            output?.Operator is not ("Softmax" or "Sigmoid")
            || run.ChanceLoss is not { } chance
            || run.Classes.Count < 3
        )
        {
            return null;
        }

        double k = run.Classes.Count,
            floor = chance / Math.Log(k) * (Math.Log(Math.E + k - 1.0) - 1.0);
        bool shown = curve.Updates >= Long && curve.Best > 0.98 * floor;
        return curve.Best < 0.98 * floor
            ? null
            : (
                new Ailment(
                    shown ? Verdict.Fix : Verdict.Look,
                    Cause.OutputActivation,
                    $"The network ends in {output.Operator}, and its loss has a softmax of its own: scores from 0 to 1 cannot bring it below {floor:G4}; it is {curve.Best:G4}.",
                    0,
                    $"Leave {output.Name} out: the loss wants scores of any size. Use it when predicting alone.",
                    []
                ),
                output.Name
            );
    }

    private static (Ailment, string)? Scale(Measurements measured, LossCurve curve)
    {
        MeasuredRun run = measured.Run;
        if (run.ChanceLoss is not { } chance || run.Batch < 4 || measured.Steps[0] is not { Step: 0 } first)
        {
            return null;
        }

        double times = first.Loss / chance;
        bool items = Math.Abs((times / run.Batch) - 1.0) < 0.1,
            batches = run.Accumulation > 1 && Math.Abs((times / run.Accumulation) - 1.0) < 0.1;
        return items || batches
            ? (
                new Ailment(
                    curve.AboveStart >= Long || curve.SinceBest >= Long ? Verdict.Fix : Verdict.Look,
                    Cause.LossScale,
                    $"The first loss is {times:G4} times that of a network that knows nothing, and {(items ? $"a batch has {run.Batch} items" : $"an update has {run.Accumulation} batches")}: it sums where it should average, and gradients grow with it.",
                    0,
                    "Let the loss average (Reduction.Mean), or divide it by the number of items.",
                    []
                ),
                ""
            )
            : null;
    }

    private static (Ailment, string)? Apart(Measurements measured, LossCurve curve, double correlation)
    {
        if (!(correlation > Together) || curve.Best > 0.9 * (measured.Run.ChanceLoss ?? curve.Start))
        {
            return null;
        }

        MeasuredStep[] lines = Lines(measured);
        return (
            new Ailment(
                Verdict.Look,
                Cause.LossKind,
                $"Loss and share of items that are right do not go together: over {lines.Length} lines the loss went from {lines[0].Loss:G4} to {lines[^1].Loss:G4}, the share from {lines[0].Accuracy:P1} to {lines[^1].Accuracy:P1} (correlation {correlation:F2}, about -1 is usual).",
                null,
                "See whether loss and metric take the same outputs and targets, and whether the loss is one for classes.",
                []
            ),
            ""
        );
    }

    private static (Ailment, string)? Below(MeasuredRun run, LossCurve curve, double floor) =>
        floor > 0.0 && curve.Best < 0.98 * floor
            ? (
                new Ailment(
                    Verdict.Look,
                    Cause.LossKind,
                    $"The loss is {curve.Best:G4}, below {floor:G4}, the lowest that a label smoothing of {run.LabelSmoothing:G3} allows: the loss is another one.",
                    null,
                    "See which loss is minimized.",
                    []
                ),
                ""
            )
            : null;

    private static Ailment Fine(MeasuredRun run, LossCurve curve, double floor, double correlation)
    {
        string right = double.IsFinite(correlation)
                ? $"The loss falls as more items are right (correlation {correlation:F2})"
                : "Loss and share right have not varied enough to compare",
            low = floor > 0.0 ? $"; label smoothing keeps it above {floor:G4}, which is as it should be" : "",
            chance = run.ChanceLoss is { } c ? $"; a network that knows nothing has {c:G4}" : "";
        return new Ailment(Verdict.Ok, "", $"{right}; the lowest is {curve.Best:G4}{low}{chance}.", null, "", []);
    }

    /// <summary>The entropy of smoothed targets, in the scale of the loss; 0 without smoothing.</summary>
    private static double SmoothingFloor(MeasuredRun run)
    {
        double e = run.LabelSmoothing,
            k = run.Classes.Count;
        if (e <= 0.0 || k < 2.0 || run.ChanceLoss is not { } chance)
        {
            return 0.0;
        }

        double right = 1.0 - e + (e / k);
        return chance / Math.Log(k) * -((right * Math.Log(right)) + ((k - 1.0) * (e / k) * Math.Log(e / k)));
    }

    private static MeasuredStep[] Lines(Measurements measured) =>
        [.. measured.Steps.Where(s => s.Accuracy is not null && double.IsFinite(s.Loss))];

    /// <summary>NaN where either has not varied.</summary>
    private static double Correlation(Measurements measured)
    {
        MeasuredStep[] lines = Lines(measured);
        return
            lines.Length < Enough
            || lines.Max(l => l.Loss) - lines.Min(l => l.Loss) < Moved * Math.Abs(lines.Max(l => l.Loss))
            || lines.Max(l => l.Accuracy!.Value) - lines.Min(l => l.Accuracy!.Value) < MovedRight
            ? double.NaN
            : Statistics.Correlation([.. lines.Select(l => (l.Loss, l.Accuracy!.Value))]);
    }
}
