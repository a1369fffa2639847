namespace Fovea;

/// <summary>Records the operators that a thread applies, instead of computing them.</summary>
internal sealed partial class GraphTracer
{
    // The batch stands at a prime while shapes are computed, and every size that is a multiple of it is taken for the
    // batch. Should a network have such a size
    // of its own, the second prime tells them apart.
    private const int Placeholder = 1021;
    private const int OtherPlaceholder = 1031;

    [ThreadStatic]
    private static GraphTracer? _current;

    private readonly int _batch;
    private readonly string _root;
    private readonly Dictionary<Tensor, Value> _values = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Node Node, Shape Shape)> _nodes = [];
    private readonly Dictionary<string, int> _names = [];
    private readonly HashSet<Module> _owners = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, string> _given = new(ReferenceEqualityComparer.Instance);

    private readonly HashSet<string> _chains = [];

    private GraphTracer(int batch, Module? root)
    {
        (_batch, _root) = (batch, root?.Path ?? "");
        _chains.UnionWith(root?.NamedModules().Where(m => m.Module is Sequential).Select(m => m.Path) ?? []);
    }

    /// <summary>The trace that this thread is making; null while it computes.</summary>
    public static GraphTracer? Current => _current;

    /// <summary>Layers of the graph that is replayed: one that is put in the place of another is named there by its
    /// operator.</summary>
    public void Own(IEnumerable<Module> owners) => _owners.UnionWith(owners);

    /// <summary>The node being replayed, and whether something is put in its place.</summary>
    public (string Name, bool IsReplaced)? Replaying { get; set; }

    /// <summary>Gives a parameter, state or constant the name it had in the graph that is replayed.</summary>
    public Tensor Name(Tensor tensor, string name)
    {
        _given[tensor] = name;
        return tensor;
    }

    /// <summary>The output shape of an operator; a refusal is told in the words of a trace.</summary>
    public Shape OutputShape(Operator op, ReadOnlySpan<Tensor> inputs, Shape[] shapes)
    {
        try
        {
            return op.OutputShape(shapes);
        }
        catch (ShapeException e)
        {
            Node? before = null;
            foreach (Tensor input in inputs)
            {
                before =
                    _values.TryGetValue(input, out Value? value)
                    && (value.Producer?.Index ?? -1) >= (before?.Index ?? 0)
                        ? value.Producer
                        : before;
            }

            string place =
                op.Owner is { Path.Length: > 0 } || before is null ? "" : $" It comes after layer '{before.Name}'.";
            throw new ShapeException(e.Message + place, e);
        }
    }

    /// <summary>Sizes of a reshape with -1 where they are the batch. A -1 that stood elsewhere becomes the number it
    /// meant.</summary>
    public int[] OpenBatch(Shape resolved, ReadOnlySpan<int> asked)
    {
        int[] sizes = asked.ToArray();
        int[] batches = [.. Enumerable.Range(0, sizes.Length).Where(i => sizes[i] > 0 && sizes[i] % _batch == 0)];
        if (batches is not [int open])
        {
            return sizes;
        }

        int other = Array.IndexOf(sizes, -1);
        if (other >= 0 && resolved[other] % _batch == 0)
        {
            return sizes;
        }

        sizes = resolved.Sizes.ToArray();
        sizes[open] = -1;
        return sizes;
    }

    /// <summary>Runs a function on a tensor without values and records what it does.</summary>
    /// <param name="name">What the graph is called.</param>
    /// <param name="module">The module that is traced, where it is one.</param>
    /// <param name="itemShape">Shape of an item.</param>
    /// <param name="forward">The function.</param>
    /// <param name="dtype">Element type of the input.</param>
    /// <param name="batch">The placeholder of the graph that is replayed: operators may hold it in their
    /// options.</param>
    public static Graph Trace(
        string name,
        Module? module,
        Shape itemShape,
        Func<GraphTracer, Tensor, Tensor> forward,
        DType dtype,
        int? batch = null
    )
    {
        int first = batch ?? Placeholder;
        GraphTracer tracer = new(first, module);
        Graph graph = tracer.RunBatch(name, module, itemShape, forward, dtype);
        if (
            !tracer._nodes.Exists(n =>
                n.Shape.Rank > 0 && n.Shape.Sizes[1..].ToArray().Any(s => s > 0 && s % first == 0)
            )
        )
        {
            return graph;
        }

        try
        {
            return new GraphTracer(first == Placeholder ? OtherPlaceholder : Placeholder, module).RunBatch(
                name,
                module,
                itemShape,
                forward,
                dtype
            );
        }
        catch (ShapeException) when (batch is not null)
        {
            return graph; // an operator holds the first
        }
    }

    /// <summary>As <see cref="Trace"/>, of one item without the batch axis.</summary>
    public static Graph TraceItem(
        string name,
        Module? module,
        Shape item,
        Func<GraphTracer, Tensor, Tensor> forward,
        DType dtype
    ) => new GraphTracer(Placeholder, module).Run(name, module, item, SymbolicShape.Fixed(item), forward, dtype);

    /// <summary>Adds a node.</summary>
    public Tensor Record(Operator op, ReadOnlySpan<Tensor> inputs, Shape output)
    {
        Value[] values = new Value[inputs.Length];
        DType? dtype = null;
        for (int i = 0; i < inputs.Length; i++)
        {
            values[i] = ValueOf(op, inputs[i]);
            dtype = inputs[i].DType != DType.Int64 ? dtype ?? inputs[i].DType : dtype;
        }

        Tensor result = Tensor.Symbolic(output, dtype ?? DType.Int64);
        Node node = new(_nodes.Count, op, values, SymbolicShape.FromPlaceholder(output, _batch), result.DType);
        node.Name = NameFor(node);
        foreach (Value value in values)
        {
            value.AddConsumer(node);
        }

        _nodes.Add((node, output));
        _values.Add(result, node.Output);
        return result;
    }

    /// <summary>A shape in the words of the trace that this thread is making, if any.</summary>
    public static string Text(Shape shape) =>
        _current is { } tracer ? $"{SymbolicShape.FromPlaceholder(shape, tracer._batch)}" : $"{shape}";

    /// <summary>A size in the words of the trace that this thread is making, if any.</summary>
    public static string Text(int size) =>
        _current is { } tracer && size > 0 && size % tracer._batch == 0 ? tracer.Multiple(size) : $"{size}";

    private Graph RunBatch(
        string name,
        Module? module,
        Shape item,
        Func<GraphTracer, Tensor, Tensor> forward,
        DType dtype
    ) => Run(name, module, Shape.Create([_batch, .. item.Sizes]), SymbolicShape.BatchOf(item), forward, dtype);

    private Graph Run(
        string name,
        Module? module,
        Shape shape,
        SymbolicShape open,
        Func<GraphTracer, Tensor, Tensor> forward,
        DType dtype
    )
    {
        GraphTracer? outer = _current;
        _current = this;
        try
        {
            Tensor x = Tensor.Symbolic(shape, dtype);
            Value input = new(ValueKind.Input, "input", open, dtype);
            _values.Add(x, input);
            Tensor y = forward(this, x);
            Value output =
                _values.TryGetValue(y, out Value? found) && found.IsActivation
                    ? found
                    : throw new InvalidOperationException(
                        $"{name}: the result of Forward must be computed from its input, or be it; got a tensor {Text(y.Shape)} that is not."
                    );
            return new Graph(name, module, input, output, Used(output)) { Placeholder = _batch };
        }
        catch (ShapeException e)
        {
            throw new ShapeException(BatchCount().Replace(e.Message, Open), e);
        }
        finally
        {
            _current = outer;
        }
    }

    /// <summary>The nodes that the output needs; what a network computes and drops is left out.</summary>
    private List<Node> Used(Value output)
    {
        HashSet<Node> used = [];
        if (output.Producer is { } last)
        {
            used.Add(last);
        }

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

        foreach (Value value in _values.Values)
        {
            value.KeepConsumers(used.Contains);
        }

        return kept;
    }

    private Value ValueOf(Operator op, Tensor tensor)
    {
        if (_values.TryGetValue(tensor, out Value? known))
        {
            return known;
        }

        SymbolicShape shape = SymbolicShape.Fixed(tensor.Shape);
        Value value = tensor switch
        {
            Parameter parameter => new Value(
                ValueKind.Parameter,
                NameFor(tensor, parameter.Path),
                shape,
                tensor.DType,
                tensor: tensor
            ),
            StateBuffer buffer => new Value(
                ValueKind.State,
                NameFor(tensor, buffer.Path),
                shape,
                tensor.DType,
                tensor: tensor
            ),
            _ when tensor.HasStorage => new Value(
                ValueKind.Constant,
                NameFor(tensor, "constant"),
                SymbolicShape.FromPlaceholder(tensor.Shape, _batch),
                tensor.DType,
                tensor: tensor
            ),
            _ => throw new InvalidOperationException(
                $"{op.Subject}: got a tensor {Text(tensor.Shape)} of another trace."
            ),
        };
        _values.Add(tensor, value);
        return value;
    }
}
