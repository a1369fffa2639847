using System.Runtime.InteropServices;
using Fovea.Graphs;
using Fovea.Kernels;
using Fovea.Losses;

namespace Fovea.Tests;

/// <summary>Compiled training steps: what they promise beyond the sums of the zoo's networks.</summary>
[Collection("threads")]
public sealed class CompiledTrainingStepTests
{
    private const int Items = 5;

    private static readonly Shape Item = [3, 13, 11];

    [Fact]
    public void Run_AnyNumberOfThreads_GivesTheSameBits()
    {
        int before = WorkerPool.Threads;
        try
        {
            float[][] results = [.. Enumerable.Range(1, 4).Select(threads => Steps(threads, 50))];
            for (int i = 1; i < results.Length; i++)
            {
                Assert.True(
                    MemoryMarshal.AsBytes<float>(results[0]).SequenceEqual(MemoryMarshal.AsBytes<float>(results[i])),
                    $"weights after 50 updates on {i + 1} threads are not those of one"
                );
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    [Fact]
    public void Run_AnotherBatchBetween_ChangesNothing()
    {
        Module net = Network();
        CompiledTrainingStep step = new(StepOf(net));
        (float[] first, _) = Gradients(step, net, Items);
        Gradients(step, net, 2 * Items);
        (float[] again, _) = Gradients(step, net, Items);
        Assert.Equal(first, again);
    }

    [Fact]
    public void Run_LossWeighed_WeighsGradientsAndNotTheLoss()
    {
        Module net = Network();
        CompiledTrainingStep step = new(StepOf(net));
        (float[] whole, double loss) = Gradients(step, net, Items);
        (float[] half, double same) = Gradients(step, net, Items, 0.5);
        Assert.Equal(loss, same);
        Assert.All(whole.Zip(half), p => Assert.Equal(p.First / 2, p.Second));
    }

    [Fact]
    public void Run_Accumulating_AddsToGradients()
    {
        Module net = Network();
        CompiledTrainingStep once = new(StepOf(net)),
            step = new(StepOf(net, new TrainingGraphOptions { Accumulates = true }));
        (float[] single, _) = Gradients(once, net, Items);
        net.Parameters().ToList().ForEach(p => p.Grad = null);
        Gradients(step, net, Items);
        (float[] twice, _) = Gradients(step, net, Items);
        double length = Math.Sqrt(single.Sum(v => (double)v * v)),
            apart = Math.Sqrt(single.Zip(twice, (a, b) => Math.Pow((2.0 * a) - b, 2)).Sum());
        Assert.True(apart < 1e-5 * length, $"twice the gradient is {apart / length:E1} of its length away");
    }

    [Fact]
    public void Run_ModesKept_UsesRunningStatisticsOfAFrozenLayer()
    {
        Module net = Network();
        BatchNorm norm = net.NamedModules().Select(m => m.Module).OfType<BatchNorm>().First();
        net.Train();
        norm.Eval();
        CompiledTrainingStep step = new(StepOf(net, new TrainingGraphOptions { KeepsModes = true }));
        float[] before = norm.NamedBuffers()[0].Buffer.ToArray<float>();
        (float[] compiled, _) = Gradients(step, net, Items);
        Assert.Equal(before, norm.NamedBuffers()[0].Buffer.ToArray<float>());
        (Tensor x, Tensor labels) = Batch(Items);
        net.Parameters().ToList().ForEach(p => p.Grad = null);
        new CrossEntropy().Forward(net.Forward(x), labels).Backward();
        float[] eager = [.. net.Parameters().SelectMany(p => p.Grad!.ToArray<float>())];
        double length = Math.Sqrt(eager.Sum(v => (double)v * v)),
            apart = Math.Sqrt(eager.Zip(compiled, (a, b) => Math.Pow((double)a - b, 2)).Sum());
        Assert.True(apart < 1e-5 * length, $"the gradient is {apart / length:E1} of its length away");
    }

    [Fact]
    public void Passes_OfAConvolutionalNetwork_TakeInWhatFollowsNormalizations()
    {
        CompiledTrainingStep step = new(StepOf(Network()));
        IReadOnlyList<string> passes = step.Passes(Items);
        Assert.DoesNotContain(passes, p => p.Contains("ReLU6", StringComparison.Ordinal));
        Assert.DoesNotContain(passes, p => p.Contains("Conv2d", StringComparison.Ordinal) && p.EndsWith("eager"));
        Assert.Equal(3, passes.Count(p => p.Contains("gradient of weights", StringComparison.Ordinal)));
        Assert.True(step.ArenaBytes(Items) > 0, "an arena without memory");
    }

    /// <summary>What a pass is of comes from the graph: each gradient has the name of a layer or operation of the network, and
    /// those of parameters are told from those of data.</summary>
    [Fact]
    public void Profile_OfAStep_TimesEachPassByLayerAndDirection()
    {
        Module net = Network();
        TrainingGraph graph = StepOf(net);
        CompiledTrainingStep step = new(graph);
        (Tensor x, Tensor labels) = Batch(Items);

        IReadOnlyList<StepTime> passes = step.Profile([x], [labels], 1);

        Assert.Equal(step.Passes(Items), passes.Select(p => p.Step));
        HashSet<string> layers =
        [
            .. graph.Graph.Nodes.Where(n => n.Origin == NodeOrigin.Forward).Select(n => n.Name),
            .. graph.Graph.Inputs.Select(i => i.Name),
        ];
        Assert.All(passes, p => Assert.Contains(p.Layer, layers));
        Assert.All(
            passes.Where(p => p.Step.Contains("gradient of weights", StringComparison.Ordinal)),
            p => Assert.Equal(StepDirection.BackwardWeights, p.Direction)
        );
        Assert.All(
            passes.Where(p =>
                p.Step.Contains("gradient of data", StringComparison.Ordinal)
                || p.Step.Contains("gradient of the normalization", StringComparison.Ordinal)
            ),
            p => Assert.Equal(StepDirection.BackwardData, p.Direction)
        );
        Assert.Contains(passes, p => p.Direction == StepDirection.Forward && p.MultiplyAdds > 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => step.Profile([x], [labels], 0));
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => step.Profile([x], [labels], 1, stopped.Token));
    }

    [Fact]
    public void Look_EveryActivation_ShowsWhatTheInterpreterComputesAndLeavesNothing()
    {
        Module net = Network();
        TrainingGraph graph = StepOf(net);
        Value[] seen =
        [
            .. graph.Graph.Inputs.Take(1),
            .. graph.Graph.Nodes.Where(n => n.Outputs[0].Shape.HasBatch).Select(n => n.Output),
        ];
        (Tensor x, Tensor labels) = Batch(Items);
        Dictionary<Value, float[]> expected = [];
        graph.Look([x], [labels], (value, tensor) => expected[value] = tensor.To(DType.Float32).ToArray<float>());
        (float[] run, double loss) = Gradients(new(graph), net, Items);
        float[][] buffers = Buffers(net);
        net.Parameters().ToList().ForEach(p => p.Grad = null);
        Dictionary<Value, float[]> shown = [];
        (Tensor own, IReadOnlyList<Tensor> gradients) = new CompiledTrainingStep(graph, seen).Look(
            [x],
            [labels],
            (value, tensor) => shown.Add(value, tensor.To(DType.Float32).ToArray<float>())
        );
        Assert.Equal(seen.ToHashSet(), shown.Keys.ToHashSet());
        foreach (Value value in seen)
        {
            double size = Math.Max(1e-6, expected[value].Max(v => Math.Abs(v))),
                apart = expected[value].Zip(shown[value], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(apart < 2e-5 * size, $"{value.Name} is {apart / size:E1} of its largest away");
        }

        float[] looked = [.. gradients.SelectMany(g => g.ToArray<float>())];
        double length = Math.Sqrt(run.Sum(v => (double)v * v)),
            off = Math.Sqrt(run.Zip(looked, (a, b) => Math.Pow((double)a - b, 2)).Sum());
        Assert.True(off < 1e-5 * length, $"the gradient is {off / length:E1} of its length away");
        Assert.Equal(loss, own.Item(), 1e-5);
        Assert.All(net.Parameters(), p => Assert.Null(p.Grad));
        Assert.Equal(buffers, Buffers(net));
    }

    private static float[][] Buffers(Module net) =>
        [.. net.NamedBuffers().Select(b => b.Buffer.To(DType.Float32).ToArray<float>())];

    [Fact]
    public void Run_WithoutItems_SaysSo()
    {
        CompiledTrainingStep step = new(StepOf(Network()));
        ShapeException e = Assert.Throws<ShapeException>(() =>
            step.Run([Tensor.Zeros([0, 3, 13, 11])], [Tensor.From<long>([], [0])])
        );
        Assert.Contains("needs an item or more", e.Message, StringComparison.Ordinal);
    }

    private static Module Network()
    {
        Module net = new Sequential(
            new Conv2d(3, 20, 3, stride: 2, padding: 1),
            new BatchNorm2d(20),
            new ReLU6(),
            new DepthwiseConv2d(20, 3, padding: 1),
            new BatchNorm2d(20),
            new ReLU(),
            new MaxPool2d(3, stride: 2, padding: 1),
            new Conv2d(20, 36, 1),
            new SiLU(),
            new GlobalAvgPool(),
            new Flatten(),
            new Linear(36, 7)
        );
        net.Initialize(5);
        return net;
    }

    private static TrainingGraph StepOf(Module net, TrainingGraphOptions? options = null) =>
        TrainingGraph.Of(
            net,
            [GraphInput.OfItems("x", Item)],
            [GraphInput.OfItems("labels", [], DType.Int64)],
            (y, t) => new CrossEntropy().Forward(y[0], t[0]),
            options
        );

    private static (Tensor X, Tensor Labels) Batch(int items) =>
        (
            Tensor.Normal(Shape.Create([items, .. Item.Sizes]), rng: new Rng(2)),
            Tensor.From<long>([.. Enumerable.Range(0, items).Select(i => i % 7L)], [items])
        );

    private static (float[] Values, double Loss) Gradients(
        CompiledTrainingStep step,
        Module net,
        int items,
        double weight = 1.0
    )
    {
        (Tensor x, Tensor labels) = Batch(items);
        double loss = step.Run([x], [labels], weight).Loss.Item();
        return ([.. net.Parameters().SelectMany(p => p.Grad!.ToArray<float>())], loss);
    }

    private static float[] Steps(int threads, int updates)
    {
        WorkerPool.Threads = threads;
        Module net = Network();
        SGD optimizer = new(net, 0.05, momentum: 0.9);
        CompiledTrainingStep step = new(StepOf(net));
        (Tensor x, Tensor labels) = Batch(Items);
        for (int i = 0; i < updates; i++)
        {
            step.Run([x], [labels]);
            optimizer.Step();
        }

        return [.. net.StateDict().Values.Where(t => t.DType == DType.Float32).SelectMany(t => t.ToArray<float>())];
    }
}
