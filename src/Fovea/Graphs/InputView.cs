namespace Fovea.Graphs;

/// <summary>A graph of several inputs as one of them sees it: what does not depend on that input stands still, as a
/// constant. Analyses of one input, such as receptive fields, then tell of this one.</summary>
public static class InputView
{
    /// <summary>The view from an input.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">Position of the input.</param>
    /// <returns>A graph of that input and of the outputs that depend on it, whose nodes have the names they have in the whole;
    /// the graph itself where it has one input; null where no output depends on the input.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public static Graph? Of(Graph graph, int input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, graph.Inputs.Count);
        if (graph.Inputs.Count == 1)
        {
            return graph;
        }

        HashSet<Value> moving = [graph.Inputs[input]];
        foreach (Node node in graph.Nodes.Where(n => n.Inputs.Any(moving.Contains)))
        {
            moving.UnionWith(node.Outputs.Where(o => o.Role != OutputRole.NextState)); // a state is no path
        }

        Value[] outputs = [.. graph.Outputs.Where(moving.Contains)];
        return outputs.Length == 0 ? null : Trace(graph, graph.Inputs[input], moving, outputs);
    }

    private static Graph Trace(Graph graph, Value input, HashSet<Value> moving, Value[] outputs)
    {
        Graph view = GraphTracer.Trace(
            graph.Name,
            null,
            [new GraphInput(input.Name, input.Shape, input.DType)],
            (tracer, x) =>
            {
                Dictionary<Value, Tensor> tensors = new() { [input] = x[0] };
                foreach (Value other in graph.Inputs.Where(v => v != input))
                {
                    tensors[other] = tracer.Held(other);
                }

                Replay(graph, tracer, moving, tensors);
                return [.. outputs.Select(o => tensors[o])];
            },
            graph.Placeholder
        );
        view.IsTraining = graph.IsTraining;
        return view;
    }

    /// <summary>Applies the nodes again; in the place of those that stand still there are constants.</summary>
    private static void Replay(
        Graph graph,
        GraphTracer tracer,
        HashSet<Value> moving,
        Dictionary<Value, Tensor> tensors
    )
    {
        foreach (Value key in graph.Keys)
        {
            tensors[key] = tracer.Key(key.KeySource!, key.Name);
        }

        foreach (Node node in graph.Nodes)
        {
            bool stands = node.Output.IsActivation && !moving.Contains(node.Output);
            tracer.Names.Replaying = (node.Name, IsReplaced: false);
            Tensor?[] results = stands
                ? [.. node.Outputs.Select(tracer.Held)]
                : node.Operator.ApplyTo([.. node.Inputs.Select(Read)], null);
            for (int j = 0; j < results.Length; j++)
            {
                tensors[node.Outputs[j]] = results[j]!;
            }
        }

        tracer.Names.Replaying = null;

        Tensor Read(Value value) => value.Tensor is { } known ? tracer.Name(known, value.Name) : tensors[value];
    }
}
