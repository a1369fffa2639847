namespace Fovea.Graphs;

/// <summary>Forward, loss and backward of a network as one graph: what a training step computes before the optimizer.</summary>
/// <remarks>
/// Inputs: those of the network, the targets, the weight of the loss (1 / number of accumulated batches), and, where gradients
/// accumulate, the gradient so far of each parameter. Outputs: the loss, the network's outputs, and a gradient for each
/// parameter. Running statistics are updates of the graph, keys of dropout are drawn by each run. Clipping and the optimizer
/// stay outside. Run by the <see cref="Interpreter"/>, a step has the bits of the eager one.
/// </remarks>
public sealed class TrainingGraph
{
    private readonly Interpreter _interpreter;
    private readonly int _inputs;
    private readonly int _targets;
    private readonly Dictionary<Value, Value> _gradients;

    private TrainingGraph(
        Graph graph,
        int inputs,
        int targets,
        int scores,
        IReadOnlyList<Parameter> parameters,
        Dictionary<Value, Value> gradients
    )
    {
        (Graph, _inputs, _targets, ScoreCount, Parameters) = (graph, inputs, targets, scores, parameters);
        _interpreter = new Interpreter(graph);
        HashSet<Node> nodes = [.. graph.Nodes];
        _gradients = gradients
            .Where(g => g.Value.Producer is { } producer && nodes.Contains(producer))
            .ToDictionary(g => g.Key, g => g.Value);
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>Number of outputs of the network.</summary>
    public int ScoreCount { get; }

    /// <summary>The loss.</summary>
    public Value Loss => Graph.Outputs[0];

    /// <summary>The input that weighs the loss.</summary>
    public Value Weight => Graph.Inputs[_inputs + _targets];

    /// <summary>The parameters that have a gradient, in the order of first use.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The gradients, in the order of <see cref="Parameters"/>.</summary>
    public IReadOnlyList<Value> ParameterGradients => [.. Graph.Outputs.Skip(1 + ScoreCount)];

    /// <summary>Whether gradients so far are inputs, to which a run adds.</summary>
    public bool Accumulates => Graph.Inputs.Count > _inputs + _targets + 1;

    /// <summary>The value that is the gradient of another: of an output of a forward node, or of an input.</summary>
    /// <param name="value">A value of <see cref="Graph"/>.</param>
    /// <returns>Null where no gradient comes, as none is needed.</returns>
    public Value? GradientOf(Value value) => _gradients.GetValueOrDefault(value);

    /// <summary>Makes the step of a network as a graph.</summary>
    /// <param name="module">The network; its parameters with <see cref="Tensor.RequiresGrad"/> get gradients.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="targets">What the loss compares its outputs with, such as labels [N] of type Int64.</param>
    /// <param name="loss">Outputs of the network and targets to a loss of one element. It is traced: it must not read
    /// values.</param>
    /// <param name="options">What is kept, and whether gradients accumulate; null for the usual.</param>
    /// <exception cref="ShapeException">A layer's input does not fit, or the loss has several elements.</exception>
    /// <exception cref="InvalidOperationException">No parameter has a gradient, or the network or loss reads
    /// values.</exception>
    public static TrainingGraph Of(
        Module module,
        IReadOnlyList<GraphInput> inputs,
        IReadOnlyList<GraphInput> targets,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        TrainingGraphOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(loss);
        options ??= new TrainingGraphOptions();
        _ = (module.NamedParameters(), module.NamedBuffers()); // gives them their paths
        Graph Trace() =>
            GraphTracer.Trace(
                module.GetType().Name,
                module,
                [.. inputs, .. targets],
                (_, x) =>
                {
                    IReadOnlyList<Tensor> scores = module.ForwardAll(x[..inputs.Count]);
                    return [loss(scores, x[inputs.Count..]), .. scores];
                }
            );
        Graph forward = options.KeepsModes ? Trace() : Graph.InMode(module, training: true, Trace);
        forward.IsTraining = true;
        return Of(forward, inputs.Count, targets.Count, options);
    }

    /// <summary>Computes loss and gradients of a batch, and leaves the gradients on the parameters.</summary>
    /// <param name="inputs">Of the network.</param>
    /// <param name="targets">Of the loss.</param>
    /// <param name="weight">Weight of the loss: 1 / number of batches that are accumulated.</param>
    /// <param name="probe">Sees every value once.</param>
    /// <returns>The loss, unweighted, and the network's outputs.</returns>
    /// <exception cref="ShapeException">An input does not fit.</exception>
    public (Tensor Loss, IReadOnlyList<Tensor> Scores) Run(
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<Tensor> targets,
        double weight = 1.0,
        Interpreter.Probe? probe = null
    )
    {
        IReadOnlyList<Tensor> outputs = _interpreter.Run(All(inputs, targets, weight), probe);
        for (int i = 0; i < Parameters.Count; i++)
        {
            Parameters[i].Grad = outputs[1 + ScoreCount + i];
        }

        return (outputs[0], [.. outputs.Skip(1).Take(ScoreCount)]);
    }

    /// <summary>Computes what <see cref="Run"/> does and leaves nothing behind but drawn keys of randomness: the gradients of
    /// the parameters and running statistics stay as they are.</summary>
    /// <param name="inputs">Of the network.</param>
    /// <param name="targets">Of the loss.</param>
    /// <param name="probe">Sees every value once.</param>
    /// <returns>The loss, and the gradients in the order of <see cref="Parameters"/>.</returns>
    /// <exception cref="ShapeException">An input does not fit.</exception>
    public (Tensor Loss, IReadOnlyList<Tensor> Gradients) Look(
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<Tensor> targets,
        Interpreter.Probe? probe = null
    )
    {
        IReadOnlyList<Tensor> outputs = new Interpreter(Graph) { AppliesUpdates = false }.Run(
            All(inputs, targets, 1.0),
            probe
        );
        return (outputs[0], [.. outputs.Skip(1 + ScoreCount)]);
    }

    /// <summary>The inputs of the graph.</summary>
    internal List<Tensor> All(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> targets, double weight)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        List<Tensor> all = [.. inputs, .. targets, Tensor.Full(Weight.Shape.Single, weight, Weight.DType)];
        if (Accumulates)
        {
            all.AddRange(Parameters.Select(p => p.Grad ?? Tensor.Zeros(p.Shape, p.DType)));
        }

        return all;
    }

    private static TrainingGraph Of(Graph forward, int inputs, int targets, TrainingGraphOptions options)
    {
        Value loss = forward.Output;
        if (loss.Shape.HasBatch || loss.Shape.Single.Count != 1)
        {
            throw new ShapeException($"{forward.Name}: the loss must have one element, got {loss.Shape}. Reduce it.");
        }

        Value[] wanted = [.. forward.Parameters.Where(p => p.Parameter!.RequiresGrad)];
        List<Value> given = [];
        Dictionary<Value, Value> gradientOf = [];
        GraphInput seed = new("weight", loss.Shape, loss.DType);
        GraphInput[] sofar = options.Accumulates
            ? [.. wanted.Select(p => new GraphInput($"{p.Name}.grad", p.Shape, p.DType))]
            : [];
        Graph graph = GraphTracer.Trace(
            forward.Name,
            forward.Module,
            [.. forward.Inputs.Select(v => new GraphInput(v.Name, v.Shape, v.DType)), seed, .. sofar],
            (tracer, x) =>
            {
                Dictionary<Value, Tensor> tensors = forward.Replay(tracer, x[..forward.Inputs.Count]);
                Gradients gradients = new(tracer, tensors, options.Keeps, wanted, forward.Nodes);
                gradients.Start(loss, x[forward.Inputs.Count]);
                for (int i = 0; i < sofar.Length; i++)
                {
                    gradients.Start(wanted[i], x[forward.Inputs.Count + 1 + i]);
                }

                gradients.Walk(forward.Nodes);
                gradientOf = forward
                    .Nodes.SelectMany(n => n.Outputs)
                    .Concat(forward.Inputs)
                    .Where(v => gradients.Of(v) is not null)
                    .ToDictionary(v => tracer.ValueOf(null, tensors[v]), v => tracer.ValueOf(null, gradients.Of(v)!));
                given = [.. wanted.Where(p => gradients.Of(p) is not null)];
                return [.. forward.Outputs.Select(o => tensors[o]), .. given.Select(p => gradients.Of(p)!)];
            },
            forward.Placeholder
        );
        graph.IsTraining = true;
        return given.Count > 0
            ? new TrainingGraph(
                graph,
                inputs,
                targets,
                forward.Outputs.Count - 1,
                [.. given.Select(p => p.Parameter!)],
                gradientOf
            )
            : throw new InvalidOperationException(
                $"{forward.Name}: no parameter that is trained reaches the loss. Unfreeze some."
            );
    }
}

/// <summary>How the step of a network is made as a graph.</summary>
public sealed record TrainingGraphOptions
{
    /// <summary>Whether a run adds to the gradients so far.</summary>
    public bool Accumulates { get; init; }

    /// <summary>Whether layers stay in the modes they are in, so that normalizations in evaluation use their running statistics
    /// and dropout in evaluation does nothing. Unless set, all layers are traced in training.</summary>
    public bool KeepsModes { get; init; }

    /// <summary>Whether the results of a forward node are kept for the gradient; those of others are computed again. Unless
    /// given: all are kept.</summary>
    public Func<Node, bool> Keeps { get; init; } = _ => true;

    /// <summary>Keeps what is heavy to compute again: results of operators with multiply-adds, and of those that normalize by
    /// statistics of the batch.</summary>
    public static bool KeepHeavy(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Operator.Cost(node.Shapes).MultiplyAdds > 0
            || node.Operator.Traits.HasFlag(OperatorTraits.UsesBatchStatistics);
    }
}
