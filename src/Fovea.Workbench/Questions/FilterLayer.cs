namespace Fovea.Workbench;

/// <summary>A use of filters: a convolution or a linear layer. A layer that is used several times has several.</summary>
/// <param name="Node">The node.</param>
/// <param name="First">The node that is the first to use these filters.</param>
/// <param name="Filters">Its filters.</param>
/// <param name="Parameters">Learned values it is the first to read.</param>
/// <param name="MultiplyAdds">For one item.</param>
internal sealed record FilterLayer(Node Node, Node First, FilterBank Filters, long Parameters, long MultiplyAdds)
{
    /// <summary>Its name.</summary>
    public string Name => Node.Name;

    /// <summary>Whether it slides over an axis with a kernel of more than one tap.</summary>
    public bool HasKernel => Filters.Taps > 1;

    /// <summary>Its learned weight; null where the weight is computed or not learned.</summary>
    public Parameter? Weight =>
        Node.Inputs.Select(i => i.Parameter).FirstOrDefault(p => p is { Kind: ParameterKind.Weight });

    /// <summary>The most independent channels it can write: a group's outputs span no more than its taps.</summary>
    public int Rank =>
        Math.Min(Filters.InChannels / Filters.Groups * Filters.Taps, Filters.OutChannels / Filters.Groups)
        * Filters.Groups;

    /// <summary>Values of its weight, by its shape.</summary>
    public long WeightCount => (long)Filters.OutChannels * (Filters.InChannels / Filters.Groups) * Filters.Taps;

    /// <summary>Whether no other filters stand between the network's input and this layer.</summary>
    public bool ReadsInput => IsUnfiltered(Node.Inputs[0]);

    /// <summary>The batch normalization that alone reads its output; null where there is none.</summary>
    public Node? Norm =>
        Node.Output.Consumers is [Node only] && only.Operator.Traits.HasFlag(OperatorTraits.UsesBatchStatistics)
            ? only
            : null;

    /// <summary>What the layer hands on: its output, or where a normalization alone reads that, what the normalization
    /// makes of it. The scale before is then without effect.</summary>
    public Value Result =>
        Wiring.OnlyReader(Node.Output) is { } norm && norm.Has(OperatorTraits.Normalizes) ? norm.Output : Node.Output;

    /// <summary>The uses of filters in a network, in its order.</summary>
    public static IReadOnlyList<FilterLayer> Of(Evidence evidence) =>
        [
            .. evidence
                .Cost.Nodes.Select(n =>
                    n.Node.Operator.Filters(n.Node.Shapes) is { } filters
                        ? new FilterLayer(n.Node, n.SharedWith ?? n.Node, filters, n.Parameters, n.Cost.MultiplyAdds)
                        : null
                )
                .OfType<FilterLayer>(),
        ];

    /// <summary>The layers of a network in the order of their first use, each with all its uses.</summary>
    public static IReadOnlyList<FilterLayer[]> ByLayer(Evidence evidence) =>
        [.. Of(evidence).GroupBy(l => l.First).Select(uses => uses.ToArray())];

    private static bool IsUnfiltered(Value value) =>
        value.Producer is not { } node
        || (node.Operator.Filters(node.Shapes) is null && node.Activations.All(a => IsUnfiltered(a.Value)));
}
