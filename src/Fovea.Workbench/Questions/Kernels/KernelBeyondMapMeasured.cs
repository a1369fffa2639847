namespace Fovea.Workbench;

/// <summary>1.4 of a run: whether kernels meet one position alone of maps that have several, which makes them 1x1.</summary>
/// <remarks>A kernel whose dilation is as wide as its map reads padding with all taps but one: it looks at no neighbour. Counted from
/// structure. On a map of one position that is how small pictures end, and does no harm.</remarks>
public sealed class KernelBeyondMapMeasured : MeasuredQuestion
{
    // Of the layers whose kernels have several taps.
    private const double Most = 0.5;

    /// <inheritdoc/>
    public override string Id => "1.4";

    /// <inheritdoc/>
    public override string Text => "Is a kernel larger than its input map, or does it mostly read padding?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        FilterLayer[][] kernels = [.. FilterLayer.ByLayer(evidence).Where(uses => uses[0].HasKernel)];
        FilterLayer[] alone = [.. kernels.Where(uses => uses.All(u => IsAlone(evidence, u))).Select(uses => uses[0])];
        if (kernels.Length == 0)
        {
            return NotApplicable("No window of a convolution is wider than one position.");
        }

        bool most = alone.Length >= Most * kernels.Length;
        return Answer(
            alone.Length == 0 ? Verdict.Ok
                : most ? Verdict.Fix
                : Verdict.Look,
            alone.Length == 0
                ? "Kernels meet several positions of their maps."
                : $"{alone[0].Name} has a kernel of {Figures.Kernel(alone[0].Filters.Kernel)} of which one tap along an axis meets the map, wherever it stands; the others read padding alone, so that no neighbour is seen: {Figures.Of(alone.Length, "kernel")} of {kernels.Length}."
        ) with
        {
            Cause = alone.Length == 0 ? "" : Cause.ReceptiveField,
            Layers = [.. alone.Select(l => l.Name)],
            OnsetStep = alone.Length == 0 ? null : 0,
            Predicted = [new("kernelsAlone", alone.Length, "layers")],
            Threshold = "to fix: half of the kernels of several taps, on maps of several positions; to look at: one",
            Source = "counted",
            Remedy = alone.Length == 0 ? "" : "Lower the dilation: taps should lie within the map.",
        };
    }

    private static bool IsAlone(Evidence evidence, FilterLayer layer) =>
        evidence
            .WindowsOf(layer.Node)
            .Select(w => w.Window)
            .Any(w => w.Kernel > 1 && w.In > 1 && KernelBeyondMap.Hits(w).Count(hits => hits > 0) == 1);
}
