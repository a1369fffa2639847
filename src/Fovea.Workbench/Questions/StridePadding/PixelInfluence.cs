namespace Fovea.Workbench;

/// <summary>2.12: on how many paths each pixel influences the last map.</summary>
/// <remarks>
/// Ones are carried back through the windows, one axis at a time, and counted: Alsallakh et al. 2021, Mind the Pad,
/// https://arxiv.org/abs/2010.02178. A 3x3 convolution without padding on
/// 7x7 counts 1 in a corner, 3 at an edge and 9 in the middle. In a corner the axes' shares are multiplied, which is
/// exact for a chain and an estimate where branches join.
/// </remarks>
public sealed class PixelInfluence : Question
{
    private const double Weak = 0.01;

    /// <inheritdoc/>
    public override string Id => "2.12";

    /// <inheritdoc/>
    public override string Text => "In how many ways does each pixel influence the output?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        int rank = evidence.Graph.SpatialRank;
        IReadOnlyList<double>?[] paths =
        [
            .. Enumerable.Range(0, rank).Select(axis => evidence.Border(axis).Paths(evidence.LastMap)),
        ];
        if (rank == 0 || paths.Contains(null) || paths.Any(p => p!.Count == 0 || p.Any(v => !double.IsFinite(v))))
        {
            return rank == 0
                ? NotApplicable("The input has no spatial axes.")
                : CannotTell(
                    "The paths cannot be counted: a layer before the last map has no rule, or there are too many."
                );
        }

        double[] centre = [.. paths.Select(Middle)],
            edge = [.. paths.Select(p => Math.Min(p![0], p[^1]))],
            ratio = [.. edge.Select((e, i) => centre[i] > 0.0 ? e / centre[i] : 0.0)];
        double corner = ratio.Aggregate(1.0, (a, b) => a * b);
        int[] unread = [.. paths.Select(p => p!.Count(v => v == 0.0))];
        bool weak = ratio.Min() < Weak;
        string corners = rank > 1 ? $", in a corner {Percent(corner)}" : "";
        string lost =
            unread.Sum() > 0
                ? $" Without any path: {AxisText.ByAxis([.. unread.Select(u => $"{u} {(u == 1 ? "position" : "positions")}")])} of an axis."
                : "";
        return Answer(
            weak ? Verdict.Look : Verdict.Ok,
            $"A pixel at the border reaches the last map, {evidence.LastMap.Name}, on {AxisText.ByAxis([.. ratio.Select(Percent)])} of the paths of one in the middle{corners}.{lost}"
        ) with
        {
            Predicted =
            [
                .. AxisText.Quantities("edge", ratio, "ratio"),
                .. rank > 1 ? [new Quantity("corner", corner, "ratio")] : Array.Empty<Quantity>(),
                .. AxisText.Quantities("withoutPath", [.. unread.Select(u => (double)u)], "positions"),
            ],
            Threshold = "less than a hundredth of the paths of a pixel in the middle",
            Source =
                "Alsallakh et al. 2021, Mind the Pad, https://arxiv.org/abs/2010.02178; the hundredth is Fovea's choice: usual classifiers have 0.02 to 0.07",
            Remedy = weak
                ? "Keep what matters away from the border, pad the image, or use circular or reflect padding."
                : "",
            Experiment = weak ? $"fovea inspect {evidence.Model} --input {evidence.SweepText()}" : "",
        };
    }

    /// <summary>The mean of the middle fifth, since strides make neighbours differ.</summary>
    private static double Middle(IReadOnlyList<double>? paths)
    {
        int count = Math.Max(1, paths!.Count / 5);
        return paths.Skip((paths.Count - count) / 2).Take(count).Average();
    }

    private static string Percent(double share) => $"{AxisText.Number(100.0 * share)} %";
}
