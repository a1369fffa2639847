using Fovea.Kernels;

namespace Fovea.Graphs;

/// <summary>A forward value that the backward pass reads, and so is kept until then.</summary>
/// <param name="Value">The value.</param>
/// <param name="Readers">The nodes of the backward pass that read it, in order.</param>
public sealed record KeptValue(Value Value, IReadOnlyList<Node> Readers)
{
    /// <summary>Bytes of it for a batch.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    public long Bytes(int batch) => Value.Shape.At(batch).Count * Tensor.SizeOf(Value.DType);
}

/// <summary>The memory of a graph that the <see cref="Interpreter"/> runs: what is alive when, and what a training step keeps
/// for its backward pass.</summary>
/// <remarks>
/// A value is alive from its node to its last reader; outputs and next states to the end. Views share memory with what they
/// view. Sizes are those of the blocks of the memory pool, which rounds up to eighths of a power of two. Left out:
/// parameters, states and inputs, which the caller holds, and the working memory of a single kernel, which it gives back.
/// </remarks>
public sealed class StepMemory
{
    private readonly Graph _graph;
    private readonly Dictionary<Value, Value> _memory = [];
    private readonly Dictionary<Value, int> _ends = [];

    /// <summary>Finds the lives of a graph's values.</summary>
    /// <param name="graph">The graph, of a training step (<see cref="TrainingGraph"/>) or of a network.</param>
    public StepMemory(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _graph = graph;
        foreach (Node node in graph.Nodes)
        {
            foreach (Value output in node.Outputs)
            {
                Value memory = node.Operator.IsView ? MemoryOf(node.Inputs[0]) : output;
                _memory[output] = memory;
                int end = output.Uses.Count > 0 ? output.Uses[^1].Node.Index : node.Index;
                _ends[memory] = Math.Max(_ends.GetValueOrDefault(memory), end);
            }
        }

        foreach (Value held in graph.Outputs.Concat(graph.Updates.Select(u => u.Next)))
        {
            _ends[MemoryOf(held)] = graph.Nodes.Count;
        }

        Kept =
        [
            .. graph
                .Nodes.Where(n => n.Origin == NodeOrigin.Forward)
                .SelectMany(n => n.Outputs)
                .Concat(graph.Inputs)
                .Select(v => new KeptValue(v, [.. v.Consumers.Where(c => c.Origin != NodeOrigin.Forward).Distinct()]))
                .Where(k => k.Readers.Count > 0),
        ];
    }

    /// <summary>The values that are kept for the backward pass, in the order in which they are computed; inputs of the step
    /// last. Empty for a graph without gradients. Values that share memory stand here each.</summary>
    public IReadOnlyList<KeptValue> Kept { get; }

    /// <summary>Bytes of what is kept for the backward pass, each memory once; without inputs of the step.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    public long KeptBytes(int batch) =>
        Kept.Where(k => k.Value.Kind == ValueKind.Activation)
            .Select(k => MemoryOf(k.Value))
            .Where(v => v.Kind == ValueKind.Activation)
            .Distinct()
            .Sum(v => new KeptValue(v, []).Bytes(batch));

    /// <summary>The most bytes that are alive at once, and the node at which they are.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    public (long Bytes, Node? At) Peak(int batch)
    {
        long alive = 0;
        (long Bytes, Node? At) peak = (0, null);
        List<(int End, long Bytes)> open = [];
        foreach (Node node in _graph.Nodes)
        {
            foreach (Value output in node.Outputs.Where(o => _memory[o] == o && IsComputed(o)))
            {
                long bytes = BlockBytes(output, batch);
                alive += bytes;
                open.Add((_ends[output], bytes));
            }

            peak = alive > peak.Bytes ? (alive, node) : peak;
            alive -= open.Where(o => o.End <= node.Index).Sum(o => o.Bytes);
            open.RemoveAll(o => o.End <= node.Index);
        }

        return peak;
    }

    private bool IsComputed(Value value) => value.Uses.Count > 0 || _ends[value] == _graph.Nodes.Count;

    /// <summary>The value whose memory a value lies in: itself, or what it is a view of.</summary>
    /// <param name="value">A value of the graph.</param>
    public Value MemoryOf(Value value) => _memory.GetValueOrDefault(value, value);

    private static long BlockBytes(Value value, int batch)
    {
        long floats = ((value.Shape.At(batch).Count * Tensor.SizeOf(value.DType)) + sizeof(float) - 1) / sizeof(float);
        return (long)BlockPool.ClassOf(floats) * sizeof(float);
    }
}
