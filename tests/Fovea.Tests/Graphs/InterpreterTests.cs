namespace Fovea.Tests;

/// <summary>The interpreter computes what eager execution does, drops what is read no more, and shows every value once.</summary>
public sealed class InterpreterTests
{
    [Fact]
    public void Run_RandomPrograms_HaveTheEagerBits()
    {
        int compared = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            RandomProgram program = RandomProgram.Draw(new Rng(seed));
            program.Eval();
            Interpreter interpreter = new(Graph.Trace(program, program.Inputs));
            foreach (int batch in new[] { 1, 2, 5 })
            {
                Tensor[] x = program.Data(batch, new Rng(seed + 1000));
                IReadOnlyList<Tensor> eager = NoGrad.Run(() => program.ForwardAll(x)),
                    own = interpreter.Run(x);
                Assert.Equal(eager.Count, own.Count);
                for (int i = 0; i < own.Count; i++)
                {
                    Assert.True(
                        eager[i].ToArray().AsSpan().SequenceEqual(own[i].ToArray()),
                        $"seed {seed}, batch {batch}, output {i}: {own[i]} instead of {eager[i]}. {program.Text}"
                    );
                }

                compared++;
            }
        }

        Assert.Equal(600, compared);
    }

    [Fact]
    public void Run_WithAProbe_ShowsEveryValueThatIsReadOnceAndInOrder()
    {
        TracedResNet net = new();
        net.Eval();
        Graph graph = Graph.Trace(net, [3, 8, 8]);
        List<string> seen = [];
        new Interpreter(graph).Run([Tensor.Normal([2, 3, 8, 8])], (value, _) => seen.Add(value.Name));
        Assert.Equal(["input", .. graph.Nodes.Select(n => n.Name)], seen);
    }

    [Fact]
    public void Run_LongChain_DropsWhatIsReadNoMore()
    {
        const int Layers = 12;
        Sequential chain = new([.. Enumerable.Range(0, Layers).Select(_ => new ReLU())]);
        List<WeakReference> seen = [];
        new Interpreter(Graph.Trace(chain, [1000])).Run(
            [Tensor.Normal([1, 1000])],
            (_, tensor) =>
            {
                GC.Collect();
                seen.Add(new WeakReference(tensor));
                int alive = seen.Count(s => s.IsAlive);
                Assert.True(alive <= 4, $"{alive} of {seen.Count} values are alive");
            }
        );
        Assert.Equal(Layers + 1, seen.Count);
    }

    [Fact]
    public void Run_WrongInputs_AreRefusedInWords()
    {
        Interpreter interpreter = new(Graph.Trace(new ReLU(), [3, 4]));
        Assert.Equal(
            "ReLU: takes 1 inputs (input [N, 3, 4]), got 2.",
            Assert.Throws<ShapeException>(() => interpreter.Run([Tensor.Ones([1, 3, 4]), Tensor.Ones([1])])).Message
        );
        Assert.Equal(
            "ReLU: input 'input' takes [N, 3, 4], got [2, 3, 5].",
            Assert.Throws<ShapeException>(() => interpreter.Run(Tensor.Ones([2, 3, 5]))).Message
        );
        Assert.Contains(
            "takes Float32, got Float64",
            Assert.Throws<ArgumentException>(() => interpreter.Run(Tensor.Ones([2, 3, 4], DType.Float64))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Features_ByLayerAndPart_AreWhatTheLayersGive()
    {
        TracedResNet net = new();
        net.Initialize(1);
        net.Eval();
        Tensor x = Tensor.Normal([2, 3, 8, 8], rng: new Rng(1));
        IReadOnlyDictionary<string, Tensor> features = net.Features(x, "conv1", "layer1.0", "fc");
        Assert.Equal<Shape>([2, 8, 4, 4], features["conv1"].Shape);
        Assert.Equal<Shape>([2, 8, 4, 4], features["layer1.0"].Shape);
        Assert.Equal(net.Forward(x).ToArray(), features["fc"].ToArray());
        Assert.All(features["layer1.0"].ToArray(), v => Assert.True(v >= 0f, "layer1.0 ends with a ReLU"));
        Assert.Contains(
            "there is no layer 'layer9'. There are conv1, layer1",
            Assert.Throws<ArgumentException>(() => net.Features(x, "layer9")).Message,
            StringComparison.Ordinal
        );
    }
}
