namespace Fovea.Graphs;

/// <summary>Makes a graph, node by node: the only maker of graphs.</summary>
/// <param name="batch">What stands for the batch in shapes: sizes that are multiples of it are taken for multiples of the
/// batch.</param>
internal sealed class GraphBuilder(int batch)
{
    private readonly List<(Node Node, Shape[] Shapes)> _nodes = [];
    private readonly List<Value> _values = [];
    private readonly List<StateUpdate> _updates = [];

    /// <summary>Whether a size other than the first of a shape is a multiple of the batch's stand-in: the network may have such
    /// a size of its own.</summary>
    public bool HasDoubt =>
        _nodes.Exists(n =>
            Array.Exists(n.Shapes, s => s.Rank > 0 && s.Sizes[1..].ToArray().Any(size => size > 0 && size % batch == 0))
        );

    /// <summary>Adds an input.</summary>
    public Value AddInput(string name, SymbolicShape shape, DType dtype) =>
        Keep(new Value(ValueKind.Input, name, shape, dtype));

    /// <summary>Adds a key of randomness.</summary>
    public Value AddKey(string name, IKeySource source) =>
        Keep(new Value(ValueKind.Key, name, SymbolicShape.Fixed([]), DType.Int64, keySource: source));

    /// <summary>Adds a parameter, state or constant.</summary>
    public Value AddKnown(ValueKind kind, string name, Tensor tensor) =>
        Keep(
            new Value(
                kind,
                name,
                kind == ValueKind.Constant
                    ? SymbolicShape.FromPlaceholder(tensor.Shape, batch)
                    : SymbolicShape.Fixed(tensor.Shape),
                tensor.DType,
                tensor
            )
        );

    /// <summary>Adds a node.</summary>
    /// <param name="op">Its operator.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="outputs">What it computes, at the batch's stand-in.</param>
    /// <param name="names">Names it.</param>
    public Node Add(Operator op, Value[] inputs, IReadOnlyList<OutputSpec> outputs, GraphNames names)
    {
        Shape[] shapes = [.. outputs.Select(o => o.Shape)];
        SymbolicShape[] open = Array.ConvertAll(shapes, s => SymbolicShape.FromPlaceholder(s, batch));
        Node node = new(_nodes.Count, op, inputs, open, outputs) { Origin = names.Origin, Source = names.Source };
        node.Name = names.For(node);
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i].AddUse(node, i);
        }

        _nodes.Add((node, shapes));
        _values.AddRange(node.Outputs);
        return node;
    }

    /// <summary>Says what a state becomes when the graph has run. Of several updates the last one stands.</summary>
    public void Update(Value state, Value next)
    {
        next.UpdatedState = state;
        _updates.RemoveAll(u => u.State == state);
        _updates.Add(new StateUpdate(state, next));
    }

    /// <summary>The graph: the nodes that its outputs and its updates need. What a network computes and drops is left
    /// out.</summary>
    public Graph Build(string name, Module? module, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs)
    {
        HashSet<Node> used = [.. outputs.Concat(_updates.Select(u => u.Next)).Select(v => v.Producer).OfType<Node>()];
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            if (used.Contains(_nodes[i].Node))
            {
                used.UnionWith(_nodes[i].Node.Inputs.Select(v => v.Producer).OfType<Node>());
            }
        }

        List<Node> kept = [.. _nodes.Select(n => n.Node).Where(used.Contains)];
        for (int i = 0; i < kept.Count; i++)
        {
            kept[i].Index = i;
        }

        _values.ForEach(v => v.KeepUses(used.Contains));
        return new Graph(name, module, inputs, outputs, kept, [.. _updates])
        {
            Keys = [.. _values.Where(v => v.Kind == ValueKind.Key)],
            Placeholder = batch,
        };
    }

    private Value Keep(Value value)
    {
        _values.Add(value);
        return value;
    }
}
