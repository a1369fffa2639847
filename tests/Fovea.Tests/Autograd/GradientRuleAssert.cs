namespace Fovea.Tests;

/// <summary>What holds of every gradient rule, whatever the operator.</summary>
internal static class GradientRuleAssert
{
    /// <summary>All of it, second derivatives too.</summary>
    /// <param name="name">What messages begin with.</param>
    /// <param name="function">A function of the inputs, all of whose operators have gradient rules.</param>
    /// <param name="inputs">Leaves of type Float64 that require gradients.</param>
    public static void Holds(
        string name,
        Func<IReadOnlyList<Tensor>, Tensor> function,
        params IReadOnlyList<Tensor> inputs
    )
    {
        string? wrong =
            GradientCheck.FirstDisagreement(function, inputs) is { } first ? $"first derivative, {first}"
            : GradientOfGradient.FirstDisagreement(function, inputs) is { } second ? $"second derivative, {second}"
            : Scaling(function, inputs) ?? Subsets(function, inputs);
        Assert.True(wrong is null, $"{name}: {wrong}");
    }

    /// <summary>The rule of an operator, traced with an open batch and run at several, gives the bits of the eager
    /// pass.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="items">Shapes of inputs of which each item has its own.</param>
    /// <param name="shared">Inputs that all items share; they come behind the others.</param>
    public static void HoldsInATrace(Operator op, Shape[] items, params Tensor[] shared)
    {
        Tensor[] At(int batch) =>
            [.. items.Select((s, i) => Leaf(Shape.Create([batch, .. s.Sizes]), (ulong)i)), .. shared];
        Shape y = op.OutputShape([.. At(2).Select(t => t.Shape)]);
        GraphInput[] inputs =
        [
            .. items.Select((s, i) => GraphInput.OfItems($"x{i}", s)),
            GraphInput.OfItems("dy", Shape.Create(y.Sizes[1..])),
        ];
        Graph graph = GraphTracer.Trace(
            op.Name,
            null,
            inputs,
            (tracer, t) => Rule(tracer, op, [.. t[..^1], .. shared], t[^1])
        );
        foreach (int batch in new[] { 2, 1, 5, 0 })
        {
            Tensor[] leaves = At(batch);
            Tensor output = op.Apply(leaves),
                dy = Leaf(output.Shape, 99).Detach();
            IReadOnlyList<Tensor?> expected = output.GradientsOf(leaves, dy);
            List<Tensor> actual = Run(graph, [.. leaves[..items.Length], dy], batch);
            for (int i = 0; i < leaves.Length; i++)
            {
                Assert.True(
                    expected[i]!.Shape == actual[i].Shape && Bits(expected[i]!).SequenceEqual(Bits(actual[i])),
                    $"{op.Name}, batch {batch}: the traced gradient of input {i} is {actual[i].Shape} and not the eager one, {expected[i]!.Shape}"
                );
            }
        }
    }

    private static List<Tensor> Rule(GraphTracer tracer, Operator op, Tensor[] inputs, Tensor dy)
    {
        bool[] needs = [.. inputs.Select(_ => true)];
        TensorSpec[] specs = [.. inputs.Select(t => new TensorSpec(t.Shape, t.DType))];
        IReadOnlyList<OutputSpec> outputs = tracer.Outputs(op, inputs, specs);
        GradientReads reads = op.Reads(needs)!.Value;
        GradientCall call = new(
            op,
            specs,
            outputs,
            [.. inputs.Select((t, i) => reads.Input(i) ? t : null)],
            [.. op.ApplyTo(inputs, null).Select((t, j) => reads.Output(j) ? t : null)],
            [dy, .. outputs.Skip(1).Select(_ => (Tensor?)null)],
            needs
        );
        op.RunDifferentiate(call);
        call.RequireAnswers();
        return [.. call.Given.OrderBy(g => g.Input).Select(g => g.Gradient)];
    }

    private static List<Tensor> Run(Graph graph, Tensor[] inputs, int batch)
    {
        Dictionary<Value, Tensor> tensors = [];
        for (int i = 0; i < inputs.Length; i++)
        {
            tensors.Add(graph.Inputs[i], inputs[i]);
        }

        foreach (Node node in graph.Nodes)
        {
            Tensor[] read = [.. node.Inputs.Select(v => v.Tensor ?? tensors[v])];
            bool[] wants = [.. node.Outputs.Select(_ => true)];
            Tensor?[] results = node.Operator.At(batch).Execute(read, wants);
            for (int j = 0; j < results.Length; j++)
            {
                tensors.Add(node.Outputs[j], results[j]!);
            }
        }

        return [.. graph.Outputs.Select(v => tensors[v])];
    }

    /// <summary>A seed times a power of two gives every gradient times that, exactly.</summary>
    private static string? Scaling(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs)
    {
        Tensor y = function(inputs),
            seed = Leaf(y.Shape, 31).To(DType.Float64);
        IReadOnlyList<Tensor?> one = y.GradientsOf(inputs, seed.Detach(), retainGraph: true),
            many = y.GradientsOf(inputs, (seed * 1024.0).Detach());
        for (int i = 0; i < inputs.Count; i++)
        {
            if (!one[i]!.ToArray<double>().Select(v => v * 1024.0).SequenceEqual(many[i]!.ToArray<double>()))
            {
                return $"1024 times the seed does not give 1024 times the gradient of input {i}";
            }
        }

        return null;
    }

    /// <summary>Gradients do not depend on which others are wanted; those not wanted are null.</summary>
    private static string? Subsets(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs)
    {
        double[][] all = [.. Gradients((1 << inputs.Count) - 1).Select(g => g!.ToArray<double>())];
        for (int mask = 1; mask < 1 << inputs.Count; mask++)
        {
            Tensor?[] some = Gradients(mask);
            for (int i = 0; i < inputs.Count; i++)
            {
                bool wanted = ((mask >> i) & 1) != 0;
                if (wanted ? !all[i].SequenceEqual(some[i]!.ToArray<double>()) : some[i] is not null)
                {
                    return $"the gradient of input {i} changes where those wanted are mask {mask}";
                }
            }
        }

        return null;

        Tensor?[] Gradients(int mask)
        {
            Tensor[] leaves = [.. inputs.Select(t => t.Clone())];
            for (int i = 0; i < leaves.Length; i++)
            {
                leaves[i].RequiresGrad = ((mask >> i) & 1) != 0;
            }

            Tensor y = function(leaves);
            y.Backward(Leaf(y.Shape, 31).To(DType.Float64).Detach());
            return [.. leaves.Select(t => t.Grad)];
        }
    }

    private static int[] Bits(Tensor tensor) => [.. tensor.ToArray<float>().Select(BitConverter.SingleToInt32Bits)];

    private static Tensor Leaf(Shape shape, ulong seed)
    {
        Tensor leaf = Tensor.Normal(shape, rng: new Rng(seed));
        leaf.RequiresGrad = true;
        return leaf;
    }
}
