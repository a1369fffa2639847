namespace Fovea.Tests;

/// <summary>A training step as a graph has the bits of the eager one.</summary>
public sealed class TrainingGraphTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 100)]
    [InlineData(200, 100)]
    public void Run_RandomGraphs_HaveTheEagerBits(int first, int count)
    {
        int compared = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            RandomProgram program = RandomProgram.Draw(new Rng((ulong)seed));
            if (!program.Parameters().Any(p => p.RequiresGrad))
            {
                continue;
            }

            foreach (int batch in new[] { 1, 2, 3 })
            {
                compared += Compare(program, batch, $"seed {seed}, batch {batch}: {program.Text}") ? 1 : 0;
            }
        }

        Assert.True(compared > count, $"only {compared} steps of {count} graphs were compared");
    }

    [Fact]
    public void Run_OfAResidualNetwork_TenSteps_EqualsEager()
    {
        TracedResNet eager = new(),
            graph = new();
        eager.Initialize(3);
        graph.Initialize(3);
        SGD first = new(eager, 0.05, momentum: 0.9),
            second = new(graph, 0.05, momentum: 0.9);
        TrainingGraph step = OfClasses(graph, [3, 8, 8]);
        for (int i = 0; i < 10; i++)
        {
            Rng rng = new((ulong)i);
            Tensor x = Tensor.Normal([4, 3, 8, 8], rng: rng),
                labels = Tensor.From<long>([0, 3, 9, 3], [4]);
            first.ZeroGrad();
            Tensor loss = new CrossEntropy(0.1).Forward(eager.Forward(x), labels);
            loss.Backward();
            (Tensor own, _) = step.Run([x], [labels]);
            RequireEqual(loss, own, $"step {i}: loss");
            RequireEqualGradients(eager, graph, $"step {i}");
            first.Step();
            second.Step();
        }

        foreach ((string path, Tensor tensor) in eager.StateDict())
        {
            RequireEqual(tensor, graph.StateDict()[path], path);
        }
    }

    [Fact]
    public void Run_Accumulating_AddsInTheEagerOrder()
    {
        TracedResNet eager = new(),
            graph = new();
        eager.Initialize(3);
        graph.Initialize(3);
        TrainingGraph step = OfClasses(graph, [3, 8, 8], new TrainingGraphOptions { Accumulates = true });
        for (int i = 0; i < 3; i++)
        {
            Tensor x = Tensor.Normal([2, 3, 8, 8], rng: new Rng((ulong)i)),
                labels = Tensor.From<long>([1, 2], [2]);
            Tensor loss = new CrossEntropy(0.1).Forward(eager.Forward(x), labels);
            loss.Backward(Tensor.Full(loss.Shape, 1.0 / 3.0));
            step.Run([x], [labels], 1.0 / 3.0);
        }

        RequireEqualGradients(eager, graph, "after three batches");
    }

    [Fact]
    public void Run_WithRecomputation_HasTheSameBitsAndKeepsLess()
    {
        TracedResNet kept = new(),
            again = new();
        kept.Initialize(3);
        again.Initialize(3);
        TrainingGraph all = OfClasses(kept, [3, 8, 8]),
            heavy = OfClasses(again, [3, 8, 8], new TrainingGraphOptions { Keeps = TrainingGraphOptions.KeepHeavy });
        Assert.Contains(heavy.Graph.Nodes, n => n.Origin == NodeOrigin.Recomputed);
        Assert.DoesNotContain(all.Graph.Nodes, n => n.Origin == NodeOrigin.Recomputed);
        Tensor x = Tensor.Normal([4, 3, 8, 8], rng: new Rng(1)),
            labels = Tensor.From<long>([0, 3, 9, 3], [4]);
        for (int i = 0; i < 3; i++)
        {
            RequireEqual(all.Run([x], [labels]).Loss, heavy.Run([x], [labels]).Loss, $"loss {i}");
            RequireEqualGradients(kept, again, $"step {i}");
        }
    }

    private static TrainingGraph OfClasses(Module module, Shape item, TrainingGraphOptions? options = null) =>
        TrainingGraph.Of(
            module,
            [GraphInput.OfItems("x", item)],
            [GraphInput.OfItems("labels", [], DType.Int64)],
            (y, t) => new CrossEntropy(0.1).Forward(y[0], t[0]),
            options
        );

    private static bool Compare(RandomProgram program, int batch, string what)
    {
        Tensor[] x = program.Data(batch, new Rng(5));
        program.Initialize(9);
        Dictionary<string, Tensor> start = program.StateDict().ToDictionary(s => s.Key, s => s.Value.Clone());
        Tensor[] y;
        Tensor loss;
        try
        {
            y = [.. program.ForwardAll(x)];
        }
        catch (ShapeException)
        {
            return false; // a batch of one has no variance
        }

        loss = Loss(y);
        if (loss.RequiresGrad)
        {
            loss.Backward();
        }

        Dictionary<string, Tensor?> gradients = program
            .NamedParameters()
            .ToDictionary(p => p.Path, p => p.Parameter.Grad);
        Dictionary<string, Tensor> after = program.StateDict().ToDictionary(s => s.Key, s => s.Value.Clone());
        program.Initialize(9);
        program.LoadStateDict(start);
        if (!loss.RequiresGrad)
        {
            Assert.Throws<InvalidOperationException>(() => Step(program));
            return false;
        }

        (Tensor own, IReadOnlyList<Tensor> scores) = Step(program).Run(x, []);
        RequireEqual(loss, own, $"{what}: loss");
        for (int i = 0; i < y.Length; i++)
        {
            RequireEqual(y[i], scores[i], $"{what}: output {i}");
        }

        foreach ((string path, Parameter parameter) in program.NamedParameters())
        {
            Assert.True(
                (gradients[path] is null) == (parameter.Grad is null),
                $"{what}: {path} has a gradient in one way"
            );
            if (gradients[path] is { } gradient)
            {
                RequireEqual(gradient, parameter.Grad!, $"{what}: gradient of {path}");
            }
        }

        foreach ((string path, Tensor tensor) in program.StateDict())
        {
            RequireEqual(after[path], tensor, $"{what}: {path} afterwards");
        }

        return true;
    }

    private static TrainingGraph Step(RandomProgram program) =>
        TrainingGraph.Of(program, program.Inputs, [], (y, _) => Loss(y));

    private static Tensor Loss(IReadOnlyList<Tensor> y) =>
        y.Select(t => (t * t).Sum() * 0.5).Aggregate((a, b) => a + b);

    private static void RequireEqualGradients(Module expected, Module actual, string what)
    {
        foreach (
            ((string path, Parameter a), (_, Parameter b)) in expected.NamedParameters().Zip(actual.NamedParameters())
        )
        {
            Assert.True((a.Grad is null) == (b.Grad is null), $"{what}: {path} has a gradient in one way");
            if (a.Grad is not null)
            {
                RequireEqual(a.Grad, b.Grad!, $"{what}: gradient of {path}");
            }
        }
    }

    private static void RequireEqual(Tensor expected, Tensor actual, string what)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: {actual.Shape} instead of {expected.Shape}");
        double[] a = expected.ToArray<double>(),
            b = actual.ToArray<double>();
        for (int i = 0; i < a.Length; i++)
        {
            Assert.True(
                BitConverter.DoubleToInt64Bits(a[i]) == BitConverter.DoubleToInt64Bits(b[i]),
                $"{what}: element {i} is {b[i]:R} instead of {a[i]:R}"
            );
        }
    }
}
