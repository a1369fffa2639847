namespace Fovea.Tests;

/// <summary>Runs graphs node by node, and gradient rules under a trace: what must hold at any batch.</summary>
internal static class TracedRule
{
    /// <summary>The outputs of a graph for inputs of some batch.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="batch">Items.</param>
    /// <param name="inputs">Of the graph's inputs.</param>
    /// <param name="first">The first output, where that is an input added while tracing.</param>
    public static Tensor[] Run(Graph graph, int batch, IReadOnlyList<Tensor> inputs, Tensor? first = null)
    {
        Dictionary<Value, Tensor> values = [];
        for (int i = 0; i < inputs.Count; i++)
        {
            values.Add(graph.Inputs[i], inputs[i]);
        }

        if (first is not null)
        {
            values[graph.Outputs[0]] = first;
        }

        foreach (Node node in graph.Nodes)
        {
            Tensor[] read = [.. node.Inputs.Select(v => v.Tensor ?? values[v])];
            bool[] wants = [.. node.Outputs.Select(_ => true)];
            Tensor?[] results = node.Operator.At(batch).Execute(read, wants);
            for (int j = 0; j < results.Length; j++)
            {
                Assert.Equal(node.Outputs[j].Shape.At(batch), results[j]!.Shape);
                Assert.Equal(node.Outputs[j].DType, results[j]!.DType);
                values[node.Outputs[j]] = results[j]!;
            }
        }

        return [.. graph.Outputs.Select(o => values[o])];
    }

    /// <summary>The graph of an operator's gradient rule. Its inputs are those of the operator and the gradients of the results
    /// that are differentiable, its outputs the gradients given, in order.</summary>
    /// <param name="make">Makes the operator, in the trace.</param>
    /// <param name="inputs">Inputs of the operator.</param>
    /// <param name="needs">Which of them want a gradient.</param>
    public static (Graph Graph, int[] Given) Trace(
        Func<Tensor[], Operator> make,
        IReadOnlyList<GraphInput> inputs,
        bool[] needs
    )
    {
        int[] given = [];
        Graph graph = GraphTracer.Trace(
            "rule",
            null,
            inputs,
            (tracer, x) =>
            {
                Operator op = make(x);
                TensorSpec[] specs = [.. x.Select(t => new TensorSpec(t.Shape, t.DType))];
                IReadOnlyList<OutputSpec> outputs = tracer.Outputs(op, x, specs);
                Tensor?[] y = op.ApplyTo(x, null);
                List<Value> further = [];
                GraphInput seed = new("seed", GraphTracer.Open(outputs[0].Shape), outputs[0].DType);
                Tensor?[] gradients = [tracer.AddInput(seed, further), .. new Tensor?[y.Length - 1]];
                GradientReads reads = op.Reads(needs)!.Value;
                GradientCall call = new(
                    op,
                    specs,
                    outputs,
                    [.. x.Select((t, i) => reads.Input(i) ? t : null)],
                    [.. y.Select((t, j) => reads.Output(j) ? t : null)],
                    gradients,
                    needs
                );
                op.RunDifferentiate(call);
                call.RequireAnswers();
                given = [.. call.Given.Select(g => g.Input)];
                return [gradients[0]!, .. call.Given.Select(g => g.Gradient)];
            }
        );
        return (graph, given);
    }

    /// <summary>Compares the rule in a graph, run at several batches, with the eager gradient, to the bit.</summary>
    /// <returns>Null where all agree, otherwise the first disagreement in words.</returns>
    public static string? FirstDisagreement(
        Func<Tensor[], Operator> make,
        IReadOnlyList<GraphInput> inputs,
        Func<GraphInput, int, Tensor>? values = null
    )
    {
        bool[] needs = [.. inputs.Select(i => i.DType != DType.Int64)];
        (Graph graph, int[] given) = Trace(make, inputs, needs);
        foreach (int batch in new[] { 1, 2, 5 })
        {
            Tensor[] x = [.. inputs.Select(i => (values ?? Usual)(i, batch))];
            Tensor?[] eager = Eager(t => make(t).At(batch), x, needs, out Tensor seed);
            Tensor[] results = Run(graph, batch, x, seed);
            for (int g = 0; g < given.Length; g++)
            {
                double[] expected = eager[given[g]]?.ToArray<double>() ?? [];
                if (!expected.SequenceEqual(results[g + 1].ToArray<double>()))
                {
                    return $"batch {batch}: the gradient of input {given[g]} differs from the eager one";
                }
            }
        }

        return null;
    }

    /// <summary>Normal numbers, or whole ones from 0 to 2.</summary>
    public static Tensor Usual(GraphInput input, int batch)
    {
        Shape shape = input.Shape.At(batch);
        Rng rng = new Rng(3).Split($"{input.Name}{batch}");
        return input.DType == DType.Int64
            ? Tensor.Uniform(shape, 0, 3, rng, DType.Float64).To(DType.Int64)
            : Tensor.Normal(shape, 0.5, 1.2, rng, input.DType);
    }

    private static Tensor?[] Eager(Func<Tensor[], Operator> make, Tensor[] x, bool[] needs, out Tensor seed)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i].RequiresGrad = needs[i];
        }

        Tensor y = make(x).Apply(x);
        seed = Tensor.Normal(y.Shape, 0, 1, new Rng(7), y.DType);
        if (!y.RequiresGrad)
        {
            return new Tensor?[x.Length];
        }

        IReadOnlyList<Tensor?> gradients = y.GradientsOf([.. x.Where((_, i) => needs[i])], seed);
        int next = 0;
        return [.. needs.Select(n => n ? gradients[next++] : null)];
    }
}
