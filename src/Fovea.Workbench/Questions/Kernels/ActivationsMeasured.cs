namespace Fovea.Workbench;

/// <summary>1.13, measured: whether activation functions stand where they belong, and whether a layer is too narrow to pass on
/// what the classes need.</summary>
/// <remarks>Filters with nothing that bends between them are one linear function, whatever their number; a softmax between layers
/// makes the channels of a position compete and fades gradients; a layer of one or two channels between wide ones is all that
/// comes through. The first is exact; the others count where the loss suffers.</remarks>
public sealed class ActivationsMeasured : MeasuredQuestion
{
    private const int Narrow = 2,
        Wide = 8;
    private const double Suffers = 0.6;

    /// <inheritdoc/>
    public override string Id => "1.13";

    /// <inheritdoc/>
    public override string Text => "Do activation functions and widths let the layers work?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        MeasuredRun run = measured.Run;
        int[] filters = [.. Enumerable.Range(0, run.Points.Count).Where(i => run.Points[i].Kind == PointKind.Filters)];
        if (filters.Length < 2)
        {
            return NotApplicable("There are fewer than two layers with filters.");
        }

        bool suffers =
            run.ChanceLoss is { } chance && measured.Updates >= 150 && LossCurve.Of(measured).Last > Suffers * chance;
        return (
            Linear(run, filters)
            ?? Competing(run, filters, suffers)
            ?? Bottleneck(run, filters, suffers)
            ?? Answer(Verdict.Ok, "Layers bend between each other, and none is a needle's eye.")
        ) with
        {
            Threshold =
                $"to fix: no activation function at all; a softmax between layers, or a layer of {Narrow} channels or fewer between ones of {Wide} or more, with a loss above {100 * Suffers:F0} % of knowing nothing",
            Source = "exact for linear functions; the shares are ours",
            OnsetStep = null,
        };
    }

    private Answer? Linear(MeasuredRun run, int[] filters) =>
        run.Points.Any(p => p.Kind == PointKind.Activation && !p.IsOutput)
            ? null
            : Answer(
                Verdict.Fix,
                $"There is no activation function between the {filters.Length} layers with filters: but for pooling and normalization all together they are one linear function."
            ) with
            {
                Cause = Cause.Activation,
                Crossed = [new("activation functions between layers", 0, "<", 1, "exact: one linear function")],
                Layers = [.. filters[..^1].Select(f => run.Points[f].Name)],
                Remedy = "Put a ReLU behind each layer with filters but the last.",
            };

    private Answer? Competing(MeasuredRun run, int[] filters, bool suffers)
    {
        MeasuredPoint[] inner =
        [
            .. run
                .Points.Select((p, i) => (p, i))
                .Where(p =>
                    p.p.Kind == PointKind.Activation
                    && p.p.Operator.Contains("softmax", StringComparison.OrdinalIgnoreCase)
                    && filters.Any(f => run.Points[f].From.Contains(p.i))
                )
                .Select(p => p.p),
        ];
        return inner.Length == 0
            ? null
            : Answer(
                suffers ? Verdict.Fix : Verdict.Look,
                $"{Figures.Of(inner.Length, "softmax stands", "softmaxes stand")} between layers, first {inner[0].Name}: the channels of a position compete for 1, and little of a gradient comes back."
            ) with
            {
                Cause = Cause.Activation,
                Crossed = [new("softmaxes between layers", inner.Length, ">", 0, "a fact")],
                Layers = [.. inner.Select(p => p.Name)],
                Remedy =
                    "Use ReLU between layers; a softmax belongs behind the last, and the cross-entropy has it already.",
            };
    }

    private Answer? Bottleneck(MeasuredRun run, int[] filters, bool suffers)
    {
        int narrow = filters.FirstOrDefault(
            f =>
                run.Points[f].Units <= Narrow
                && !run.Points[f].IsOutput
                && filters.Any(g => g < f && run.Points[g].Units >= Wide)
                && filters.Any(g => g > f),
            -1
        );
        return narrow < 0 || !suffers || run.Classes.Count <= Narrow
            ? null
            : Answer(
                Verdict.Fix,
                $"{run.Points[narrow].Name} has {Figures.Of(run.Points[narrow].Units, "channel")} between wide layers: all that later layers learn of an item comes through it, and the loss stays above {100 * Suffers:F0} % of knowing nothing."
            ) with
            {
                Cause = Cause.Underfitting,
                Crossed =
                [
                    new(
                        $"channels of {run.Points[narrow].Name}",
                        run.Points[narrow].Units,
                        "<=",
                        Narrow,
                        Crossing.Ours
                    ),
                ],
                Layers = [run.Points[narrow].Name],
                Remedy = $"Give {run.Points[narrow].Name} as many channels as its neighbours.",
            };
    }
}
