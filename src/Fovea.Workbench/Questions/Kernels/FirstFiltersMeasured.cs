namespace Fovea.Workbench;

/// <summary>1.10: whether the filters that read the input have a shape, or are noise.</summary>
/// <remarks>
/// Gratings, edges and blobs use few frequencies; noise uses all alike. Counted as e to the entropy of a filter's power by
/// frequency, beside 32 sets of random filters of the same shape. That well-trained first filters are smooth and noisy ones a
/// symptom is practice: Karpathy, CS231n, Understanding and visualizing convolutional neural networks.
/// </remarks>
public sealed class FirstFiltersMeasured : MeasuredQuestion
{
    // Filters have hardly moved before.
    private const int Enough = 1000;

    /// <inheritdoc/>
    public override string Id => "1.10";

    /// <inheritdoc/>
    public override string Text => "Are the first layer's filters structured, or noise?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        EndLook look = EndLook.Of(measured, FiltersProbe.ProbeName, "There are no filters.");
        MeasuredProbe[] first = [.. look.Lines.Where(l => double.IsFinite(l["frequencies"]))];
        if (first.Length == 0)
        {
            return look.Missing.Length > 0
                ? CannotTell(look.Missing)
                : NotApplicable("No kernel of three taps or more along each axis reads the input.");
        }

        MeasuredProbe noisiest = first.MaxBy(l => l["frequencies"] / l["random"])!;
        MeasuredProbe? start = measured
            .ProbesOf(FiltersProbe.ProbeName)
            .FirstOrDefault(p => p.Layer == noisiest.Layer && p.Step < noisiest.Step);
        bool structured = noisiest["structured"] > 0;
        string before = start is null ? "" : $"; at the start {start["frequencies"]:F1}";
        string finding =
            $"A filter of {noisiest.Layer} uses {noisiest["frequencies"]:F1} of {noisiest["most"]:F0} frequencies, random ones {noisiest["random"]:F1} +- {noisiest["randomSpread"]:F2}{before}: {(structured ? "they are structured" : "noise, not told apart from random values")}. The mean frequency is {noisiest["centroid"]:F2} of the highest, that of random filters {noisiest["randomCentroid"]:F2}.";
        bool early = noisiest.Step < Enough;
        bool looks = !structured && !early;
        return Answer(
            looks ? Verdict.Look : Verdict.Ok,
            structured || !early ? finding : $"{finding} After {noisiest.Step} updates that is to be expected."
        ) with
        {
            Layers = looks ? [noisiest.Layer] : [],
            Predicted =
            [
                new("randomFrequencies", noisiest["random"], "frequencies"),
                new("randomCentroid", noisiest["randomCentroid"], "ratio"),
            ],
            Measured =
            [
                new("frequencies", noisiest["frequencies"], "frequencies"),
                new("centroid", noisiest["centroid"], "ratio"),
                new("structured", structured ? 1 : 0, "yes or no"),
            ],
            Threshold =
                $"structured: four deviations, and a tenth, fewer frequencies than random filters; noise is to look at after {Enough} updates",
            Source =
                "practice: CS231n, Understanding and visualizing convolutional neural networks; the limits are ours",
            Remedy = looks
                ? "Train for longer, or with a higher rate or more weight decay: noisy first filters learned little, or fit noise. Small kernels show little shape by nature."
                : "",
        };
    }
}
