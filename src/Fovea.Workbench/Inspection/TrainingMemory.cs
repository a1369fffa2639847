namespace Fovea.Workbench;

/// <summary>What a layer's result costs in training: why it is kept for the backward pass, and by whom it is read
/// there.</summary>
/// <param name="Layer">Name of the layer, or of an input of the step.</param>
/// <param name="What">The value: empty for the layer's result, or a word such as <c>statistics</c>.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="BytesPerItem">Bytes for an item of the batch; 0 where it shares the memory of a value named before.</param>
/// <param name="Readers">Layers whose gradients read it.</param>
public sealed record KeptResult(
    string Layer,
    string What,
    SymbolicShape Shape,
    long BytesPerItem,
    IReadOnlyList<string> Readers
);

/// <summary>The memory of a training step, from the graph of its forward, loss and backward pass.</summary>
/// <remarks>The loss is the one that `fovea train` uses, cross entropy with labels, where the only output is [N, classes, ...];
/// else half the sum of the outputs' squares. Computed by <see cref="StepMemory"/>.</remarks>
public sealed class TrainingMemory
{
    private const string GradientPrefix = "grad.";

    private readonly StepMemory _memory;

    private TrainingMemory(TrainingGraph step)
    {
        (Step, _memory) = (step, new StepMemory(step.Graph));
        HashSet<Value> counted = [];
        Kept =
        [
            .. _memory
                .Kept.Where(k => k.Value != step.Weight)
                .Select(k => new KeptResult(
                    k.Value.Producer?.Name ?? k.Value.Name,
                    k.Value.OutputIndex == 0 ? "" : k.Value.Name[(k.Value.Producer!.Name.Length + 1)..],
                    k.Value.Shape,
                    counted.Add(_memory.MemoryOf(k.Value)) ? k.Bytes(1) : 0,
                    [
                        .. k
                            .Readers.Select(r => r.Name.Split('#')[0])
                            .Select(r =>
                                r.StartsWith(GradientPrefix, StringComparison.Ordinal) ? r[GradientPrefix.Length..] : r
                            )
                            .Distinct(),
                    ]
                )),
        ];
    }

    /// <summary>The step as a graph.</summary>
    public TrainingGraph Step { get; }

    /// <summary>What is kept for the backward pass, in the order in which it is computed; inputs of the step last.</summary>
    public IReadOnlyList<KeptResult> Kept { get; }

    /// <summary>Of a network.</summary>
    /// <param name="graph">Traced as in training.</param>
    /// <exception cref="ArgumentException">The graph was traced in evaluation.</exception>
    /// <exception cref="InvalidOperationException">No parameter is trained.</exception>
    public static TrainingMemory Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (!graph.IsTraining)
        {
            throw new ArgumentException(
                $"{graph.Name}: trace it in training to ask what training keeps.",
                nameof(graph)
            );
        }

        if (!graph.Parameters.Any(p => p.Parameter!.RequiresGrad))
        {
            throw new InvalidOperationException(
                "no parameter of the network is trained, so a training step keeps nothing. Add a layer with weights, or unfreeze one."
            );
        }

        GraphInput[] inputs = [.. graph.Inputs.Select(v => new GraphInput(v.Name, v.Shape, v.DType))];
        bool classes = graph.Outputs is [{ Shape: { Rank: >= 2 } }];
        Shape positions = classes ? Shape.Create(graph.Output.Shape.Item.Sizes[1..]) : [];
        GraphInput[] targets = classes ? [GraphInput.OfItems("labels", positions, DType.Int64)] : [];
        return new TrainingMemory(
            TrainingGraph.Of(
                new GraphModule(graph),
                inputs,
                targets,
                (y, t) =>
                    t.Count > 0
                        ? new CrossEntropy().Forward(y[0], t[0])
                        : y.Select(o => o.Square().Sum() * 0.5).Aggregate((a, b) => a + b)
            )
        );
    }

    /// <summary>Bytes kept for the backward pass, each memory once.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    public long KeptBytes(int batch) => _memory.KeptBytes(batch);

    /// <summary>The most bytes of values that are alive at once in a step, and the layer at which: gradients of parameters
    /// among them, parameters and the batch itself not.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    public (long Bytes, string At) Peak(int batch)
    {
        (long bytes, Node? at) = _memory.Peak(batch);
        return (bytes, at?.Name ?? "");
    }
}
