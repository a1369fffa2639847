namespace Fovea.Tests;

/// <summary>Normalizations and their gradient rules in a trace with an open batch.</summary>
public sealed class NormalizationTraceTests
{
    public static TheoryData<string> Names => [.. Operators().Keys];

    [Theory, MemberData(nameof(Names))]
    public void Differentiate_InTraceOfFirstAndSecondOrder_RunAtAnyBatchGivesEagerBits(string name)
    {
        (Operator op, Operator gradient, Shape item, Shape[] others) = Operators()[name];
        Graph graph = Traced(op, gradient, item, others);
        foreach (int batch in new[] { 2, 1, 5 })
        {
            Tensor[] values = Values(item, others, batch);
            Tensor[] expected = Eager(op, values);
            Tensor[] actual = Run(graph, values, batch);
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i].Shape, actual[i].Shape);
                Assert.True(
                    expected[i].ToArray().SequenceEqual(actual[i].ToArray()),
                    $"{name}, batch {batch}: output {i} of the graph differs from the eager one"
                );
            }
        }
    }

    [Fact]
    public void Trace_TrainingWithRunningStatistics_UpdatesTheThreeStatesAndLeavesThemAlone()
    {
        Module[] layers =
        [
            new BatchNorm2d(2),
            new BatchNormRelu2d(2),
            new InstanceNorm2d(2, affine: true, trackRunningStats: true),
        ];
        foreach (Module layer in layers)
        {
            double[][] before = [.. layer.NamedBuffers().Select(b => b.Buffer.ToArray<double>())];
            Graph graph = Graph.Trace(layer, [2, 4, 4], training: true);
            Assert.Equal(
                ["running_mean", "running_var", "num_batches_tracked"],
                graph.Updates.Select(u => u.State.Name)
            );
            Assert.All(graph.Updates, u => Assert.Equal(OutputRole.NextState, u.Next.Role));
            Assert.Empty(Graph.Trace(layer, [2, 4, 4]).Updates);
            Assert.Equal(before, layer.NamedBuffers().Select(b => b.Buffer.ToArray<double>()));
        }
    }

    [Fact]
    public void Apply_TrainingWithRunningStatistics_LeavesItsInputsAlone()
    {
        NormalizationCases.Case item = NormalizationCases.Batch([4, 2, 3], DType.Float64, true, true, true, 0);
        double[][] before = [.. item.Inputs.Select(i => i.ToArray<double>())];
        IReadOnlyList<Tensor> outputs = item.Operator.ApplyAll(item.Inputs);
        Assert.Equal(before, item.Inputs.Select(i => i.ToArray<double>()));
        Assert.Equal(4, outputs.Count);
        Assert.Equal(4.0, outputs[3].Item());
        double[] x = before[0],
            channel = [.. Enumerable.Range(0, 24).Where(i => i / 3 % 2 == 0).Select(i => x[i])];
        double mean = channel.Average(),
            variance = channel.Sum(v => (v - mean) * (v - mean)) / 11.0;
        Assert.Equal((0.9 * before[3][0]) + (0.1 * mean), outputs[1].ToArray<double>()[0], 1e-12);
        Assert.Equal((0.9 * before[4][0]) + (0.1 * variance), outputs[2].ToArray<double>()[0], 1e-12);
    }

    private static Dictionary<string, (Operator Operator, Operator Gradient, Shape Item, Shape[] Others)> Operators()
    {
        Shape[] states =
        [
            [3],
            [3],
            [3],
            [3],
            [],
        ];
        (Operator, Operator, Shape, Shape[]) Batch(Shape item, bool training, bool relu = false)
        {
            BatchNormAttributes options = new(null, 3) { Training = training, Relu = relu };
            return (new BatchNormalization(options), new BatchNormGradient(options), item, states);
        }

        return new()
        {
            ["batch"] = Batch([3, 4, 5], true),
            ["batch evaluation"] = Batch([3, 4, 5], false),
            ["batch evaluation of [N, C]"] = Batch([3], false),
            ["batch relu"] = Batch([3, 7], true, relu: true),
            ["group"] = (
                new GroupNormalizationOperator(new GroupNormAttributes(2, 4)),
                new GroupNormGradient("GroupNorm", new GroupNormAttributes(2, 4)),
                [4, 3, 2],
                [
                    [4],
                    [4],
                ]
            ),
            ["layer"] = (
                new LayerNormalizationOperator([3, 4], 1e-5, true),
                new LayerNormGradient([3, 4], 1e-5, true),
                [2, 3, 4],
                [
                    [3, 4],
                    [3, 4],
                ]
            ),
        };
    }

    /// <summary>x, gradients u of dx and dy, then parameters: dx, dweight, dbias, and with u the second order of dy, x and
    /// weight.</summary>
    private static Graph Traced(Operator op, Operator gradient, Shape item, Shape[] others) =>
        GraphTracer.Trace(
            "gradients",
            null,
            [
                GraphInput.OfItems("x", item),
                GraphInput.OfItems("dy", item),
                GraphInput.OfItems("u", item),
                .. others.Select((s, i) => new GraphInput($"p{i}", SymbolicShape.Fixed(s))),
            ],
            (_, t) =>
            {
                Tensor[] inputs = [t[0], .. t[3..]];
                Tensor?[] outputs = op.ApplyTo(inputs, null);
                bool[] needs = [.. inputs.Select((_, i) => i < 3)];
                Tensor[] first = Rule(op, inputs, outputs, [t[1], .. new Tensor?[outputs.Length - 1]], needs);
                Tensor saved = outputs[1]!;
                Tensor[] again = [inputs[0], t[1], saved, inputs[1]];
                Tensor?[] results = gradient.ApplyTo(again, null);
                bool[] wanted = [true, true, false, true];
                return [.. first, .. Rule(gradient, again, results, [t[2], null, null], wanted)];
            }
        );

    private static Tensor[] Rule(Operator op, Tensor[] inputs, Tensor?[] outputs, Tensor?[] gradients, bool[] needs)
    {
        TensorSpec[] specs = [.. inputs.Select(i => new TensorSpec(i.Shape, i.DType))];
        GradientCall call = new(op, specs, op.Outputs(specs), inputs, outputs, gradients, needs);
        op.RunDifferentiate(call);
        call.RequireAnswers();
        return [.. call.Given.OrderBy(g => g.Input).Select(g => g.Gradient)];
    }

    private static Tensor[] Values(Shape item, Shape[] others, int batch)
    {
        Shape x = Shape.Create([batch, .. item.Sizes]);
        return
        [
            .. Enumerable.Range(0, 3).Select(i => Tensor.Normal(x, rng: new Rng((ulong)i))),
            .. others.Select((s, i) => Tensor.Uniform(s, 0.5, 1.5, new Rng(10 + (ulong)i))),
        ];
    }

    private static Tensor[] Eager(Operator op, Tensor[] t)
    {
        Tensor[] inputs = [t[0].Clone(), .. t[3..].Select(p => p.Clone())];
        for (int i = 0; i < 3; i++)
        {
            inputs[i].RequiresGrad = true;
        }

        Tensor dy = t[1].Clone();
        dy.RequiresGrad = true;
        IReadOnlyList<Tensor?> first = op.Apply(inputs).GradientsOf(inputs[..3], dy, createGraph: true);
        IReadOnlyList<Tensor?> second = first[0]!.GradientsOf([inputs[0], dy, inputs[1]], t[2]);
        return [.. first.Concat(second).OfType<Tensor>()];
    }

    private static Tensor[] Run(Graph graph, Tensor[] inputs, int batch)
    {
        Dictionary<Value, Tensor> values = graph.Inputs.Zip(inputs).ToDictionary(p => p.First, p => p.Second);
        foreach (Node node in graph.Nodes)
        {
            Tensor?[] results = node
                .Operator.At(batch)
                .Execute(
                    [.. node.Inputs.Select(v => values.TryGetValue(v, out Tensor? t) ? t : v.Tensor!)],
                    [.. node.Outputs.Select(_ => true)]
                );
            for (int j = 0; j < results.Length; j++)
            {
                values.Add(node.Outputs[j], results[j]!);
            }
        }

        return [.. graph.Outputs.Select(o => values[o])];
    }
}
