namespace Fovea;

/// <summary>A network as data: nodes in an order in which each comes after those it reads from. Made by tracing;
/// changed by <see cref="Rewrite"/>, which makes another.</summary>
/// <remarks>Shapes leave the batch open. Nothing is computed and no weight takes memory.</remarks>
public sealed class Graph
{
    internal Graph(string name, Module? module, Value input, Value output, IReadOnlyList<Node> nodes)
    {
        (Name, Module, Input, Output, Nodes) = (name, module, input, output, nodes);
        HashSet<Parameter> seen = new(ReferenceEqualityComparer.Instance);
        Parameters = [.. nodes.SelectMany(n => n.Inputs).Where(i => i.Parameter is { } p && seen.Add(p))];
        HashSet<Value> states = [];
        State = [.. nodes.SelectMany(n => n.Inputs).Where(i => i.Kind == ValueKind.State && states.Add(i))];
    }

    /// <summary>What the network is called.</summary>
    public string Name { get; }

    /// <summary>The module it was traced from; null for a rewritten graph.</summary>
    public Module? Module { get; }

    /// <summary>Whether it was traced as in training.</summary>
    public bool IsTraining { get; private set; }

    /// <summary>The input.</summary>
    public Value Input { get; }

    /// <summary>The output.</summary>
    public Value Output { get; }

    /// <summary>The nodes, in order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The parameters that nodes read, each once, in the order of first use.</summary>
    public IReadOnlyList<Value> Parameters { get; }

    /// <summary>State that nodes read, each once, in the order of first use.</summary>
    public IReadOnlyList<Value> State { get; }

    /// <summary>What stood for the batch while shapes were computed.</summary>
    internal int Placeholder { get; init; }

    /// <summary>Spatial axes of the input.</summary>
    public int SpatialRank => Math.Max(0, Input.Shape.Rank - 2);

    /// <summary>Traces a network: runs its Forward with tensors that have shapes but no values.</summary>
    /// <param name="module">The network. Its training mode and random state are as before afterwards.</param>
    /// <param name="itemShape">Shape of an item, without the batch: [C, H, W] or [C, L].</param>
    /// <param name="training">Whether it is traced as in training, with dropout and with batch normalization over the
    /// batch.</param>
    /// <param name="name">What to call it; left out, the module's type.</param>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    /// <exception cref="InvalidOperationException">Forward reads values, which a trace has not.</exception>
    public static Graph Trace(Module module, Shape itemShape, bool training = false, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        Graph graph = InMode(
            module,
            training,
            () =>
                GraphTracer.Trace(
                    name ?? module.GetType().Name,
                    module,
                    itemShape,
                    (_, x) => module.Forward(x),
                    module.Parameters() is [var first, ..] ? first.DType : DType.Float32
                )
        );
        graph.IsTraining = training;
        return graph;
    }

    /// <summary>The network as it takes an item without the batch axis.</summary>
    /// <exception cref="ShapeException">It takes batches only.</exception>
    internal Graph OfItem() =>
        Module is { } module
            ? InMode(
                module,
                IsTraining,
                () => GraphTracer.TraceItem(Name, module, Input.Shape.Item, (_, x) => module.Forward(x), Input.DType)
            )
            : GraphTracer.TraceItem(Name, null, Input.Shape.Item, (t, x) => Replay(t, x, null), Input.DType);

    private static Graph InMode(Module module, bool training, Func<Graph> trace)
    {
        (Module Module, bool Was)[] modes = [.. module.NamedModules().Select(m => (m.Module, m.Module.IsTraining))];
        _ = (module.NamedParameters(), module.NamedBuffers()); // gives them their paths
        module.Train(training);
        try
        {
            return trace();
        }
        finally
        {
            foreach ((Module part, bool was) in modes)
            {
                part.IsTraining = was;
            }
        }
    }

    /// <summary>The same network for another input, or with some nodes replaced.</summary>
    /// <param name="itemShape">Shape of an item; left out: as it is.</param>
    /// <param name="replace">Called for each node with the tensors that now stand for its inputs; returns what stands
    /// for its output, or null to keep the node.
    /// Operators applied in here become nodes. Their names come from their owners' paths, or from the node that is
    /// replaced.</param>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public Graph Rewrite(Shape? itemShape = null, Func<Node, IReadOnlyList<Tensor>, Tensor?>? replace = null)
    {
        Graph graph = GraphTracer.Trace(
            Name,
            replace is null ? Module : null,
            itemShape ?? Input.Shape.Item,
            (tracer, x) => Replay(tracer, x, replace),
            Input.DType,
            Placeholder
        );
        graph.IsTraining = IsTraining;
        return graph;
    }

    /// <summary>Makes the network ready to run: fused, laid out for the processor, with its memory planned.</summary>
    /// <param name="precision">Whether algorithms with a larger error than direct sums are allowed.</param>
    /// <param name="tuning">Chooses the algorithms of 3x3 convolutions by measured times, which it holds or takes when
    /// a number of items is first run; null to choose by a model.</param>
    /// <exception cref="InvalidOperationException">The graph was traced as in training: trace it in
    /// evaluation.</exception>
    public CompiledNetwork Compile(Precision precision = Precision.Default, Tuning? tuning = null) =>
        IsTraining
            ? throw new InvalidOperationException(
                $"{Name}: the graph was traced as in training, where normalizations use the batch and units are dropped. Trace it without training, or call Compile on the module."
            )
            : new(this, precision, tuning);

    private Tensor Replay(GraphTracer tracer, Tensor input, Func<Node, IReadOnlyList<Tensor>, Tensor?>? replace)
    {
        tracer.Own(Nodes.Select(n => n.Operator.Owner).OfType<Module>());
        Dictionary<Value, Tensor> tensors = new() { [Input] = input };
        foreach (Node node in Nodes)
        {
            Tensor[] inputs =
            [
                .. node.Inputs.Select(i => i.Tensor is { } known ? tracer.Name(known, i.Name) : tensors[i]),
            ];
            tracer.Replaying = (node.Name, IsReplaced: true);
            if (replace?.Invoke(node, inputs) is { } replaced)
            {
                tensors[node.Output] = replaced;
                continue;
            }

            tracer.Replaying = (node.Name, IsReplaced: false);
            tensors[node.Output] = node.Operator.Apply(inputs);
        }

        return tensors[Output];
    }
}
