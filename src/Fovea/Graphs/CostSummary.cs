namespace Fovea.Graphs;

/// <summary>What a node costs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Parameters">Learned values it is the first to read.</param>
/// <param name="Cost">Multiply-adds for one item.</param>
/// <param name="ActivationBytes">Bytes of its output for one item, at 4 bytes a value; 0 where it is the input under
/// another shape.</param>
/// <param name="SharedWith">The first node that reads the same weights, where this one uses them again; null where it is
/// the first itself, or has none.</param>
public sealed record NodeCost(
    Node Node,
    long Parameters,
    OperatorCost Cost,
    long ActivationBytes,
    Node? SharedWith = null
);

/// <summary>What a network costs: counts by node and in all, for one item.</summary>
/// <remarks>A parameter used by several nodes counts once, at the first.</remarks>
public sealed class CostSummary
{
    private CostSummary(Graph graph)
    {
        HashSet<Parameter> seen = new(ReferenceEqualityComparer.Instance);
        Dictionary<Value, Node> users = [];
        Nodes =
        [
            .. graph.Nodes.Select(n => new NodeCost(
                n,
                n.Parameters.Where(seen.Add).Sum(p => p.Count),
                n.Operator.Cost(n.Shapes),
                n.Operator is Reshape ? 0 : Bytes(n.Output),
                FirstUser(users, n)
            )),
        ];
        Parameters = graph.Parameters.Sum(p => p.Shape.Single.Count);
        TrainableParameters = graph.Parameters.Where(p => p.Parameter!.RequiresGrad).Sum(p => p.Shape.Single.Count);
        StateValues = graph.State.Where(s => s.Shape.Rank > 0).Sum(s => s.Shape.Single.Count);
        MultiplyAdds = Nodes.Sum(n => n.Cost.MultiplyAdds);
        Other = Nodes.Sum(n => n.Cost.Other);
        ActivationBytes = Nodes.Sum(n => n.ActivationBytes);
        KeptBytes = Kept(graph);
    }

    /// <summary>By node, in the graph's order.</summary>
    public IReadOnlyList<NodeCost> Nodes { get; }

    /// <summary>Learned values.</summary>
    public long Parameters { get; }

    /// <summary>Learned values that are not frozen.</summary>
    public long TrainableParameters { get; }

    /// <summary>Values of state that is not learned, such as running statistics; counters left out.</summary>
    public long StateValues { get; }

    /// <summary>Multiply-adds of convolutions and matrix products: 1 is 2 FLOPs.</summary>
    public long MultiplyAdds { get; }

    /// <summary>What fvcore's count has besides.</summary>
    public long Other { get; }

    /// <summary>Bytes of all activations.</summary>
    public long ActivationBytes { get; }

    /// <summary>Bytes of activations that training keeps until the backward pass, each once, with indices and the
    /// network's input where a layer keeps it.</summary>
    public long KeptBytes { get; }

    /// <summary>Counts a network.</summary>
    /// <param name="graph">The network.</param>
    public static CostSummary Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new CostSummary(graph);
    }

    /// <summary>
    /// Bytes that training needs for a batch, without the kernels' workspace: parameters, their gradients, the
    /// optimizer's state, and the activations kept for the backward
    /// pass. Counted at 4 bytes a value.
    /// </summary>
    /// <param name="batch">Items in a batch, 1 or more.</param>
    /// <param name="optimizerValues">Values the optimizer keeps for each parameter: 0 for plain SGD, 1 with momentum, 2
    /// for Adam.</param>
    public long TrainingBytes(int batch, int optimizerValues = 1) =>
        (sizeof(float) * (StateValues + Parameters + (TrainableParameters * (1L + optimizerValues))))
        + (KeptBytes * batch);

    /// <summary>Who read a node's weights before: its first parameter, or its state where it has none. Other operators
    /// than filters may read a parameter beside the layer, and are no use of it.</summary>
    private static Node? FirstUser(Dictionary<Value, Node> users, Node node)
    {
        Value? weights =
            node.Inputs.FirstOrDefault(i => i.Kind == ValueKind.Parameter)
            ?? node.Inputs.FirstOrDefault(i => i.Kind == ValueKind.State && i.Shape.Rank > 0);
        if (weights is null || users.TryAdd(weights, node))
        {
            return null;
        }

        Node first = users[weights];
        bool isUse = node.Operator.Name == first.Operator.Name || node.Operator.Filters(node.Shapes) is not null;
        return isUse ? first : null;
    }

    private static long Bytes(Value value) => value.Shape.Single.Count * Tensor.SizeOf(value.DType);

    private static GradientReads AllInputs => new(ulong.MaxValue, 0);

    private static long Kept(Graph graph)
    {
        HashSet<Value> kept = [],
            trained = [];
        foreach (Node node in graph.Nodes)
        {
            bool[] trains = [.. node.Inputs.Select(i => i.Parameter?.RequiresGrad ?? trained.Contains(i))];
            if (!trains.Contains(true))
            {
                continue; // nothing before it is trained, so it has no backward pass
            }

            trained.UnionWith(node.Outputs.Where(o => o.Role == OutputRole.Result));
            if (node.Operator.KeepsNothing)
            {
                continue;
            }

            GradientReads reads = node.Operator.Reads(trains) ?? AllInputs; // an imperative gradient may read any
            kept.UnionWith(
                node.Inputs.Where((v, i) => reads.Input(i) && v.IsActivation)
                    .Concat(node.Outputs.Where((o, j) => reads.Output(j) && o.Shape.HasBatch)) // not what is one a network
                    .Select(Source)
            );
        }

        return kept.Sum(Bytes);
    }

    /// <summary>The value whose memory this one shares.</summary>
    private static Value Source(Value value) =>
        value.Producer is { Operator: Reshape } node ? Source(node.Inputs[0]) : value;
}
