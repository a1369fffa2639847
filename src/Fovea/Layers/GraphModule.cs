namespace Fovea;

/// <summary>A graph as a network: what was edited or read from a file can be trained, saved and resumed as any
/// module.</summary>
/// <remarks>
/// Parameters and state are the graph's own tensors, under the names that they have there. A graph traced in training runs as
/// in training and, after <see cref="Module.Eval"/>, as in evaluation: normalizations take running statistics, and dropout
/// does nothing. A graph traced in evaluation always runs so.
/// </remarks>
public sealed class GraphModule : MultiModule
{
    /// <summary>Makes a network of a graph.</summary>
    /// <param name="graph">The graph.</param>
    public GraphModule(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        GraphTracer? tracer = GraphTracer.Current;
        int batch = tracer?.Batch ?? Graph.BatchOf(inputs);
        Dictionary<Value, Tensor> tensors = [];
        for (int i = 0; i < inputs.Count; i++)
        {
            tensors[Graph.Inputs[i]] = inputs[i];
        }

        foreach (Value key in IsTraining ? Graph.Keys : [])
        {
            tensors[key] =
                tracer?.Key(key.KeySource!) ?? Tensor.From<long>([unchecked((long)key.KeySource!.NextKey())], []);
        }

        foreach (Node node in Graph.Nodes)
        {
            Run(node, batch, tracer is not null, tensors);
        }

        foreach (StateUpdate update in IsTraining ? Graph.Updates : [])
        {
            ((StateBuffer)update.State.Tensor!).Update(tensors[update.Next]);
        }

        return [.. Graph.Outputs.Select(o => o.Tensor ?? tensors[o])];
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<(string Name, object Member)> Members()
    {
        foreach (Value value in Graph.Parameters.Concat(Graph.State))
        {
            yield return (value.Name, value.Tensor!);
        }

        foreach (Value key in Graph.Keys)
        {
            yield return (key.Name, key.KeySource!);
        }
    }

    private void Run(Node node, int batch, bool traced, Dictionary<Value, Tensor> tensors)
    {
        Operator? op = IsTraining ? node.Operator : node.Operator.InEvaluation();
        if (op is null)
        {
            tensors[node.Output] = TensorOf(node.Inputs[0]);
            return;
        }

        Tensor[] inputs = [.. node.Inputs.Where(v => v.Kind != ValueKind.Key || IsTraining).Select(TensorOf)];
        Tensor?[] results = (traced ? op : op.At(batch)).ApplyTo(inputs, null);
        for (int j = 0; j < results.Length; j++)
        {
            if (results[j] is { } result)
            {
                tensors[node.Outputs[j]] = result;
            }
        }

        Tensor TensorOf(Value value) =>
            value.Tensor
            ?? (IsTraining ? tensors[value] : tensors.GetValueOrDefault(value) ?? value.UpdatedState!.Tensor!);
    }
}
