namespace Fovea.Workbench;

/// <summary>1.5: what the channel counts allow: rank bounds, linear bottlenecks, and narrow places where an activation
/// cuts into few channels.</summary>
/// <remarks>
/// A layer's outputs at a position span no more than min(inputs x taps, outputs) dimensions. Between two layers with
/// nothing but affine operators, the channels in the middle bound the
/// rank of both: a bottleneck of width r leaves at most r dimensions. Where such a place is narrow, a ReLU in it loses
/// what does not fit into its positive half; a linear one does not:
/// Sandler et al. 2018, MobileNetV2, https://arxiv.org/abs/1801.04381, section 3.2. A skip around the place carries
/// past what is lost, so only places that every path passes count.
/// </remarks>
public sealed class ChannelDepth : Question
{
    private const int Narrow = 4;

    /// <inheritdoc/>
    public override string Id => "1.5";

    /// <inheritdoc/>
    public override string Text =>
        "Are the channel counts sensible: bottlenecks, and layers that cannot fill their channels?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        IReadOnlyList<FilterLayer> layers = FilterLayer.Of(evidence);
        if (layers.Count < 2)
        {
            return NotApplicable("There are fewer than two layers with filters.");
        }

        IReadOnlyList<FilterLayer> own = [.. layers.Where(l => l.Node == l.First)]; // each layer once, whatever its uses
        FilterLayer[] unfilled = [.. own.Where(l => l.Rank < l.Filters.OutChannels)];
        (FilterLayer Layer, FilterBank Next)[] linear =
        [
            .. LinearBottlenecks(layers).OrderBy(b => b.Layer.Filters.OutChannels),
        ];
        Value[] waists = [.. Waists(evidence.Graph)];
        string rank =
            $"{unfilled.Length} of {own.Count} layers write more channels than their inputs span"
            + (
                linear.Length > 0
                    ? $", {Figures.Of(linear.Length, "linear bottleneck")}, the narrowest {linear[0].Layer.Name} with rank {linear[0].Layer.Filters.OutChannels}"
                    : ", no linear bottlenecks"
            );
        string finding =
            waists.Length == 0
                ? $"No activation cuts into a narrow place; {rank}."
                : $"At {Figures.Names([.. waists.Select(w => w.Name)])} every path passes an activation with {waists[0].Shape.Single[1]} channels, under a quarter of what lies before and behind; {rank}.";
        return Answer(waists.Length > 0 ? Verdict.Look : Verdict.Ok, finding) with
        {
            Layers = [.. waists.Length > 0 ? waists.Select(w => w.Name) : linear.Select(b => b.Layer.Name)],
            Predicted =
            [
                new("narrowActivations", waists.Length, "places"),
                new("linearBottlenecks", linear.Length, "places"),
                .. linear.Length > 0
                    ? [new("narrowestLinearRank", linear[0].Layer.Filters.OutChannels, "channels")]
                    : Array.Empty<Quantity>(),
                new("layersBelowFullRank", unfilled.Length, "layers"),
                new("smallestRank", layers.Min(l => l.Rank), "channels"),
            ],
            Threshold =
                "an activation with fewer than a quarter of the channels of places both before and behind it, on every path",
            Source = "Sandler et al. 2018, MobileNetV2, section 3.2; the quarter is ours",
            Remedy =
                waists.Length > 0
                    ? "Leave the activation out of the narrow layer, widen it, or put a skip around it."
                    : "",
        };
    }

    /// <summary>Layers that narrow, with filters behind them that widen again and nothing but affine operators in
    /// between.</summary>
    private static IEnumerable<(FilterLayer Layer, FilterBank Next)> LinearBottlenecks(
        IReadOnlyList<FilterLayer> layers
    )
    {
        foreach (FilterLayer layer in layers)
        {
            if (
                Wiring.LinearSuccessor(layer.Node) is { } node
                && node.Operator.Filters(node.Shapes) is { } next
                && layer.Filters.OutChannels < Math.Min(layer.Filters.InChannels * layer.Filters.Taps, next.OutChannels)
                && !layer.Filters.IsDepthwise
            )
            {
                yield return (layer, next);
            }
        }
    }

    private static IEnumerable<Value> Waists(Graph graph)
    {
        Value[] cuts = [.. Wiring.Cuts(graph).Where(c => c.Shape.Rank >= 2)];
        int[] channels = [.. cuts.Select(c => c.Shape.Single[1])];
        for (int i = 0; i < cuts.Length; i++)
        {
            // Of the values along one layer (convolution, normalization, activation) only the activation's own is
            // named.
            bool isActivation =
                cuts[i].Producer is { } node && node.Has(OperatorTraits.Activation) && Wiring.IsActivated(cuts[i]);
            if (
                isActivation
                && Narrow * channels[i] < channels[..i].DefaultIfEmpty(0).Max()
                && Narrow * channels[i] < channels[(i + 1)..].DefaultIfEmpty(0).Max()
            )
            {
                yield return cuts[i];
            }
        }
    }
}
