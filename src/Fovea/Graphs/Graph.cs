namespace Fovea.Graphs;

/// <summary>A network as data: nodes in an order in which each comes after those it reads from. Made by tracing;
/// changed by <see cref="Rewrite"/>, which makes another.</summary>
/// <remarks>Shapes leave the batch open. Nothing is computed and no weight takes memory.</remarks>
public sealed class Graph
{
    internal Graph(
        string name,
        Module? module,
        IReadOnlyList<Value> inputs,
        IReadOnlyList<Value> outputs,
        IReadOnlyList<Node> nodes,
        IReadOnlyList<StateUpdate> updates
    )
    {
        (Name, Module, Inputs, Outputs, Nodes, Updates) = (name, module, inputs, outputs, nodes, updates);
        HashSet<Value> seen = [];
        Value[] known = [.. nodes.SelectMany(n => n.Inputs).Concat(updates.Select(u => u.State)).Where(seen.Add)];
        Parameters = [.. known.Where(v => v.Kind == ValueKind.Parameter)];
        State = [.. known.Where(v => v.Kind == ValueKind.State)];
    }

    /// <summary>What the network is called.</summary>
    public string Name { get; }

    /// <summary>The module it was traced from; null for a rewritten graph.</summary>
    public Module? Module { get; }

    /// <summary>Whether it was traced as in training.</summary>
    public bool IsTraining { get; internal set; }

    /// <summary>The inputs, one or more.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>The first input.</summary>
    public Value Input => Inputs[0];

    /// <summary>The outputs, one or more. One may be an input, or stand here twice.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    /// <summary>The first output.</summary>
    public Value Output => Outputs[0];

    /// <summary>The nodes, in order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The parameters that nodes read, each once, in the order of first use.</summary>
    public IReadOnlyList<Value> Parameters { get; }

    /// <summary>State that nodes read, each once, in the order of first use.</summary>
    public IReadOnlyList<Value> State { get; }

    /// <summary>What states become when the graph has run; empty for a graph in evaluation.</summary>
    public IReadOnlyList<StateUpdate> Updates { get; }

    /// <summary>Keys of randomness, in the order in which a run draws them: also those of dropouts that the network computes
    /// and drops, as eager execution draws them too.</summary>
    public IReadOnlyList<Value> Keys { get; internal init; } = [];

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
        return Trace(module, [GraphInput.OfItems("input", itemShape, TypeOf(module))], training, name);
    }

    /// <summary>Traces a network of one or several inputs: runs its <see cref="Fovea.Module.ForwardAll"/> with tensors that
    /// have shapes but no values.</summary>
    /// <param name="module">The network. Its training mode and random state are as before afterwards.</param>
    /// <param name="inputs">Its inputs, in order.</param>
    /// <param name="training">Whether it is traced as in training, with dropout and with batch normalization over the
    /// batch.</param>
    /// <param name="name">What to call it; left out, the module's type.</param>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    /// <exception cref="InvalidOperationException">Forward reads values, which a trace has not.</exception>
    public static Graph Trace(
        Module module,
        IReadOnlyList<GraphInput> inputs,
        bool training = false,
        string? name = null
    )
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(inputs);
        return InMode(
            module,
            training,
            () =>
            {
                Graph graph = GraphTracer.Trace(
                    name ?? module.GetType().Name,
                    module,
                    inputs,
                    (_, x) => module.ForwardAll(x)
                );
                graph.IsTraining = training;
                return graph;
            }
        );
    }

    /// <summary>The network as it takes an item without the batch axis.</summary>
    /// <exception cref="ShapeException">It takes batches only.</exception>
    internal Graph OfItem()
    {
        GraphInput[] item = [new(Input.Name, SymbolicShape.Fixed(Input.Shape.Item), Input.DType)];
        return Module is { } module
            ? Trace(module, item, IsTraining, Name)
            : GraphTracer.Trace(
                Name,
                null,
                item,
                (tracer, x) =>
                {
                    Dictionary<Value, Tensor> tensors = Replay(tracer, x);
                    return [.. Outputs.Select(o => tensors[o])];
                }
            );
    }

    /// <summary>Runs a function while a module is in training or in evaluation; its modes are as before afterwards.</summary>
    internal static T InMode<T>(Module module, bool training, Func<T> function)
    {
        using (module.KeepModes())
        {
            _ = (module.NamedParameters(), module.NamedBuffers()); // gives them their paths
            module.Train(training);
            return function();
        }
    }

    private static DType TypeOf(Module module) => module.Parameters() is [var first, ..] ? first.DType : DType.Float32;

    /// <summary>The same network for another input, or with some nodes replaced.</summary>
    /// <param name="itemShape">Shape of an item; left out: as it is.</param>
    /// <param name="replace">Called for each node with the tensors that now stand for its inputs; returns what stands
    /// for its output, or null to keep the node.
    /// Operators applied in here become nodes. Their names come from their owners' paths, or from the node that is
    /// replaced.</param>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public Graph Rewrite(Shape? itemShape = null, Func<Node, IReadOnlyList<Tensor>, Tensor?>? replace = null)
    {
        GraphInput[] inputs =
        [
            .. Inputs.Select(
                (v, i) =>
                    new GraphInput(
                        v.Name,
                        i == 0 && itemShape is { } item ? SymbolicShape.BatchOf(item) : v.Shape,
                        v.DType
                    )
            ),
        ];
        Graph graph = GraphTracer.Trace(
            Name,
            replace is null ? Module : null,
            inputs,
            (tracer, x) =>
            {
                Dictionary<Value, Tensor> tensors = Replay(tracer, x, replace);
                return [.. Outputs.Select(o => tensors[o])];
            },
            Placeholder
        );
        graph.IsTraining = IsTraining;
        return graph;
    }

    /// <summary>Makes the network ready to run: fused, laid out for the processor, with its memory planned.</summary>
    /// <param name="precision">Whether algorithms with a larger error than direct sums are allowed.</param>
    /// <param name="tuning">Chooses the algorithms of 3x3 convolutions by measured times, which it holds or takes when
    /// a number of items is first run; null to choose by a model.</param>
    /// <exception cref="InvalidOperationException">The graph was traced as in training: trace it in evaluation. Or a layer
    /// draws random numbers in evaluation too: <see cref="Interpreter"/> runs such.</exception>
    public CompiledNetwork Compile(Precision precision = Precision.Default, Tuning? tuning = null) =>
        IsTraining
            ? throw new InvalidOperationException(
                $"{Name}: the graph was traced as in training, where normalizations use the batch and units are dropped. Trace it without training, or call Compile on the module."
            )
        : Keys.Count > 0
            ? throw new InvalidOperationException(
                $"{Name}: {Keys[0].Name} draws random numbers in evaluation too, and a compiled network gives the same answer each time. Leave the layer to Eval(), or run the graph by an Interpreter."
            )
        : new(this, precision, tuning);

    /// <summary>The graph as text: inputs, parameters and state, then a line a node (<c>name = Operator(reads, options)
    /// shape</c>), then updates of states and outputs.</summary>
    public string ToListing() => GraphListing.Of(this);

    /// <summary>The number of items of some inputs, after checking that they fit.</summary>
    /// <exception cref="ShapeException">Another number of inputs, or one whose shape does not fit.</exception>
    /// <exception cref="ArgumentException">An input has another element type.</exception>
    internal int BatchOf(IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count != Inputs.Count)
        {
            throw new ShapeException(
                $"{Name}: takes {Inputs.Count} inputs ({string.Join(", ", Inputs)}), got {inputs.Count}."
            );
        }

        int? batch = null;
        for (int i = 0; i < inputs.Count; i++)
        {
            Value input = Inputs[i];
            ArgumentNullException.ThrowIfNull(inputs[i], nameof(inputs));
            if (inputs[i].DType != input.DType)
            {
                throw new ArgumentException(
                    $"{Name}: input '{input.Name}' takes {input.DType}, got {inputs[i].DType}. Convert with To(DType.{input.DType}).",
                    nameof(inputs)
                );
            }

            int? items = input.Shape.BatchIn(inputs[i].Shape);
            if (items is null || (items >= 0 && batch is { } other && other != items))
            {
                string others = batch is null ? "" : $" with {batch} items in the inputs before";
                throw new ShapeException(
                    $"{Name}: input '{input.Name}' takes {input.Shape}, got {inputs[i].Shape}{others}."
                );
            }

            batch = items >= 0 ? items : batch;
        }

        return batch ?? 1;
    }

    /// <summary>Applies the nodes again, in a trace.</summary>
    /// <returns>The tensors that stand for the values.</returns>
    internal Dictionary<Value, Tensor> Replay(
        GraphTracer tracer,
        IReadOnlyList<Tensor> inputs,
        Func<Node, IReadOnlyList<Tensor>, Tensor?>? replace = null
    )
    {
        GraphNames names = tracer.Names;
        names.Own(Nodes.Select(n => n.Operator.Owner).OfType<Module>());
        Dictionary<Value, Tensor> tensors = [];
        for (int i = 0; i < inputs.Count; i++)
        {
            tensors.Add(Inputs[i], inputs[i]);
        }

        foreach (Value key in Keys)
        {
            tensors.Add(key, tracer.Key(key.KeySource!, key.Name));
        }

        foreach (Node node in Nodes)
        {
            Tensor[] read = [.. node.Inputs.Select(v => TensorOf(tracer, tensors, v))];
            names.Replaying = (node.Name, IsReplaced: true);
            if (replace?.Invoke(node, read) is { } replaced)
            {
                tensors[node.Output] = replaced;
                continue;
            }

            names.Replaying = (node.Name, IsReplaced: false);
            Tensor?[] results = node.Operator.ApplyTo(read, null);
            for (int j = 0; j < results.Length; j++)
            {
                tensors[node.Outputs[j]] = results[j]!;
            }
        }

        names.Replaying = null;
        foreach (StateUpdate update in Updates.Where(u => tensors.ContainsKey(u.Next)))
        {
            tracer.Update((StateBuffer)TensorOf(tracer, tensors, update.State), tensors[update.Next]);
        }

        return tensors;
    }

    private static Tensor TensorOf(GraphTracer tracer, Dictionary<Value, Tensor> tensors, Value value) =>
        value.Tensor is { } known ? tracer.Name(known, value.Name)
        : tensors.TryGetValue(value, out Tensor? tensor) ? tensor
        : value.UpdatedState is { } state ? TensorOf(tracer, tensors, state)
        : throw new InvalidOperationException(
            $"{value.Name}: its node was replaced by one tensor, and this further output of it is read."
        );
}
