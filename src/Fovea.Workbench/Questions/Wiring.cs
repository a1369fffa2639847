namespace Fovea.Workbench;

/// <summary>What stands before and behind a node.</summary>
internal static class Wiring
{
    /// <summary>Whether a node has any of some traits.</summary>
    public static bool Has(this Node node, OperatorTraits traits) => (node.Operator.Traits & traits) != 0;

    /// <summary>Whether a node has filters.</summary>
    public static bool HasFilters(this Node node) => node.Operator.Filters(node.Shapes) is not null;

    /// <summary>The one node that reads a value; null where there are none or several.</summary>
    public static Node? OnlyReader(Value value) => value.Consumers is [Node only] ? only : null;

    /// <summary>
    /// The activation function that a layer's output meets first, through normalizations, sums, pools and moves, and
    /// whether a normalization makes the layer's scale irrelevant
    /// to it. The activation is null where other filters, or the end, come first.
    /// </summary>
    public static (Node? Activation, bool IsNormalized) ActivationAfter(Node layer)
    {
        bool normalized = false;
        for (Node? node = First(layer); node is not null && !node.HasFilters(); node = First(node))
        {
            normalized |= node.Has(OperatorTraits.Normalizes);
            if (node.Has(OperatorTraits.Activation))
            {
                return (node, normalized || (OnlyReader(node.Output)?.Has(OperatorTraits.Normalizes) ?? false));
            }
        }

        return (null, normalized);

        static Node? First(Node node) => node.Output.Consumers.MinBy(c => c.Index);
    }

    /// <summary>The filters that a layer's output meets with nothing but affine operators in between, each the only
    /// reader of the one before; null where there are none.</summary>
    public static Node? LinearSuccessor(Node layer)
    {
        Node? node = OnlyReader(layer.Output);
        while (node is not null && !node.HasFilters())
        {
            bool passes =
                node.Has(OperatorTraits.Linear)
                && !node.Has(OperatorTraits.Pool | OperatorTraits.Sum)
                && node.Activations.Count() == 1;
            node = passes && node.Shapes.Output.Count == node.Shapes.Inputs[0].Count ? OnlyReader(node.Output) : null;
        }

        return node is not null && node.Inputs[0].IsActivation ? node : null;
    }

    /// <summary>Whether an activation function is the last thing that happened to a value: nothing but moves, pools,
    /// dropout and normalization since.</summary>
    public static bool IsActivated(Value value)
    {
        Node? node = value.Producer;
        while (node is not null && !node.HasFilters() && node.Activations.Count() == 1)
        {
            if (node.Has(OperatorTraits.Activation))
            {
                return true;
            }

            node = node.Has(
                OperatorTraits.Moves | OperatorTraits.Pool | OperatorTraits.Random | OperatorTraits.Normalizes
            )
                ? node.Activations.First().Value.Producer
                : null;
        }

        return false;
    }

    /// <summary>The values that every path from an input to an output passes, in order.</summary>
    /// <remarks>In a topological order these are the values over whose place no edge leaps.</remarks>
    public static IReadOnlyList<Value> Cuts(Graph graph)
    {
        List<Value> cuts = [];
        HashSet<Value> outputs = [.. graph.Outputs];
        int reach = graph.Inputs.Max(LastReader);
        foreach (Node node in graph.Nodes.Where(n => n.Output.IsActivation))
        {
            if (reach <= node.Index)
            {
                cuts.Add(node.Output);
            }

            reach = Math.Max(reach, LastReader(node.Output));
        }

        return cuts;

        int LastReader(Value value) =>
            value.Consumers.Count == 0 || outputs.Contains(value) ? int.MaxValue : value.Consumers.Max(c => c.Index);
    }

    /// <summary>Whether an input only scales what the node reads otherwise, such as the gate of squeeze-excite: it is
    /// repeated over the positions of a full-sized one.</summary>
    public static bool IsGate(Node node, int input) =>
        node.Shapes.Inputs[input].Count < node.Shapes.Output.Count
        && node.Activations.Any(a => a.Index != input && node.Shapes.Inputs[a.Index].Count == node.Shapes.Output.Count);

    /// <summary>The nodes that work for a gate alone.</summary>
    public static HashSet<Node> GateNodes(Graph graph)
    {
        HashSet<Node> found = [];
        foreach (Node node in graph.Nodes)
        {
            foreach ((int index, Value value) in node.Activations.Where(a => IsGate(node, a.Index)))
            {
                for (
                    Node? part = value.Producer;
                    part is not null && part.Output.Consumers.Count == 1 && part.Activations.Count() == 1;
                    part = part.Activations.First().Value.Producer
                )
                {
                    found.Add(part);
                }
            }
        }

        return found;
    }

    /// <summary>The first node whose variance rule is missing though its inputs' statistics are known, or else the last
    /// without a gradient rule; null where none is missing.</summary>
    public static Node? FirstWithoutRule(Evidence evidence)
    {
        SignalPrediction signals = evidence.Signals;
        Node? forward = evidence.Graph.Nodes.FirstOrDefault(n =>
            n.Output.IsActivation && signals[n.Output] is null && n.Activations.All(a => signals[a.Value] is not null)
        );
        return forward
            ?? evidence.Graph.Nodes.LastOrDefault(n =>
                signals.Gradient(n.Output) is not null && n.Activations.Any(a => signals.Gradient(a.Value) is null)
            );
    }
}
