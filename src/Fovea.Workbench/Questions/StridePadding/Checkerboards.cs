namespace Fovea.Workbench;

/// <summary>2.16: whether up-sampling layers draw checkerboards.</summary>
/// <remarks>
/// Position i of a transposed convolution is written by the taps k with i + before - k * dilation divisible by the
/// stride; their number repeats with the stride. It is even where the kernel is
/// a multiple of the stride: 2,1,2,1 for kernel 3 and stride 2, 2,2,2,2 for kernel 4. Odena, Dumoulin, Olah 2016,
/// https://distill.pub/2016/deconv-checkerboard.
/// </remarks>
public sealed class Checkerboards : Question
{
    /// <inheritdoc/>
    public override string Id => "2.16";

    /// <inheritdoc/>
    public override string Text => "Will up-sampling layers draw checkerboards?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        (Node Node, AxisMap[] Axes)[] enlarging =
        [
            .. evidence
                .Graph.Nodes.Where(n => (n.Operator.Traits & OperatorTraits.Pool) == 0)
                .Select(n => (Node: n, Axes: Enlarged(evidence, n)))
                .Where(n => n.Axes.Length > 0),
        ];
        if (enlarging.Length == 0)
        {
            return NotApplicable("No layer enlarges its map.");
        }

        (Node Node, int[] Pattern, double Ratio)[] uneven =
        [
            .. enlarging
                .Select(e =>
                    (
                        e.Node,
                        Pattern: e.Axes.Select(Overlaps).MaxBy(Ratio)!,
                        Ratio: e.Axes.Aggregate(1.0, (product, a) => product * Ratio(Overlaps(a)))
                    )
                )
                .Where(e => e.Ratio > 1.0)
                .OrderByDescending(e => e.Ratio),
        ];
        int layers = Layers(enlarging.Select(e => e.Node)),
            bad = Layers(uneven.Select(u => u.Node));
        if (uneven.Length == 0)
        {
            return Answer(Verdict.Ok, $"All {layers} enlarging layers write every position equally often.") with
            {
                Predicted = [new("uneven", 0, "layers"), new("largestRatio", 1, "ratio")],
            };
        }

        bool smoothed = uneven.All(u =>
            evidence
                .Graph.Nodes.Skip(u.Node.Index + 1)
                .Any(n => evidence.WindowsOf(n).Any(w => w.Window is { Kernel: > 1, Stride: 1 }))
        );
        string ratio = double.IsFinite(uneven[0].Ratio)
            ? $"in all up to {AxisText.Number(uneven[0].Ratio)} times as often as others"
            : "some never";
        return Answer(
            smoothed ? Verdict.Look : Verdict.Fix,
            $"{bad} of {layers} enlarging layers write positions unevenly: {uneven[0].Node.Name} {Repeated(uneven[0].Pattern)} times along an axis, {ratio}; {(smoothed ? "later convolutions may hide it" : "no later convolution smooths it")}."
        ) with
        {
            Layers = [.. uneven.Select(u => u.Node.Name)],
            Predicted =
            [
                new("uneven", bad, "layers"),
                .. double.IsFinite(uneven[0].Ratio)
                    ? [new Quantity("largestRatio", uneven[0].Ratio, "ratio")]
                    : Array.Empty<Quantity>(),
            ],
            Threshold = "kernel not a multiple of the stride: Look; no later convolution of several taps: Fix",
            Source = "Odena, Dumoulin, Olah 2016, https://distill.pub/2016/deconv-checkerboard",
            Remedy =
                "Use a kernel that is a multiple of the stride (4 for stride 2), or nearest up-sampling followed by a convolution.",
        };

        int Layers(IEnumerable<Node> nodes) => nodes.Select(evidence.FirstUse).Distinct().Count(); // each once, whatever its uses
    }

    private static AxisMap[] Enlarged(Evidence evidence, Node node) =>
        node.Inputs.Count == 0 || !node.Inputs[0].IsActivation || evidence.Fields[node.Inputs[0]] is null
            ? []
            :
            [
                .. Enumerable
                    .Range(0, evidence.Graph.SpatialRank)
                    .Select(axis => evidence.Fields.MapOf(node, 0, axis)?.Map)
                    .OfType<AxisMap>()
                    .Where(m => m is TransposedAxisMap { Stride: > 1 } || (m is TableAxisMap && m.Out > m.In)),
            ];

    /// <summary>How many taps write each of the positions of one stride, far from the borders; a table writes each
    /// position by its weights, which add up to 1.</summary>
    private static int[] Overlaps(AxisMap map) =>
        map is TransposedAxisMap t
            ?
            [
                .. Enumerable
                    .Range(0, t.Stride)
                    .Select(position =>
                        Enumerable
                            .Range(0, t.Kernel)
                            .Count(k => (position + t.Before - (k * t.Dilation)) % t.Stride == 0)
                    ),
            ]
            : [1];

    private static double Ratio(int[] overlaps) => (double)overlaps.Max() / overlaps.Min();

    private static string Repeated(int[] pattern) => string.Join(",", pattern.Concat(pattern));
}
