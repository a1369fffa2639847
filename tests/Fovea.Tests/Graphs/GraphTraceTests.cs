namespace Fovea.Tests;

public sealed class GraphTraceTests
{
    private static readonly string[] ResNetNames =
    [
        "conv1",
        "layer1.0.conv1",
        "layer1.0.bn1",
        "layer1.0.relu",
        "layer1.0.conv2",
        "layer1.0.add",
        "layer1.0.relu#2",
        "layer1.1.conv1",
        "layer1.1.bn1",
        "layer1.1.relu",
        "layer1.1.conv2",
        "layer1.1.add",
        "layer1.1.relu#2",
        "pool",
        "dropout",
        "fc",
    ];

    [Fact]
    public void Trace_ResNet_NamesNodesInOrderAndDropsUnusedBranches()
    {
        Graph graph = Graph.Trace(new TracedResNet(), [3, 16, 16], training: true);
        Assert.Equal(ResNetNames, graph.Nodes.Select(n => n.Name));
        Assert.Equal(Enumerable.Range(0, graph.Nodes.Count), graph.Nodes.Select(n => n.Index));
        Assert.All(
            graph.Nodes,
            n =>
                Assert.All(
                    n.Inputs,
                    i => Assert.True((i.Producer?.Index ?? -1) < n.Index, $"{n} reads {i}, which comes later")
                )
        );
        Assert.DoesNotContain(graph.Parameters, p => p.Name.StartsWith("unused", StringComparison.Ordinal));
        Assert.Equal(["conv1"], graph.Input.Consumers.Select(c => c.Name));
        Assert.Equal(["layer1.0.conv1", "layer1.0.add"], graph.Nodes[0].Output.Consumers.Select(c => c.Name));
        Assert.Equal("conv1.weight", graph.Parameters[0].Name);
        Assert.Contains("layer1.1.bn1.running_mean", graph.State.Select(s => s.Name));
        Assert.Equal("[N, 8, 8, 8]", graph.Nodes[0].Output.Shape.ToString());
        Assert.Equal("[N, 10]", graph.Output.Shape.ToString());
    }

    [Fact]
    public void Trace_Evaluation_LeavesDropoutOut() =>
        Assert.DoesNotContain("dropout", Graph.Trace(new TracedResNet(), [3, 16, 16]).Nodes.Select(n => n.Name));

    [Fact]
    public void Trace_PartOfAWalkedNetwork_NamesFromThatPart()
    {
        TracedResNet network = new();
        _ = network.NamedParameters();
        Module block = network.NamedModules().Single(m => m.Path == "layer1.1").Module;
        Graph graph = Graph.Trace(block, [8, 6, 5]);
        Assert.Equal(["conv1", "bn1", "relu", "conv2", "add", "relu#2"], graph.Nodes.Select(n => n.Name));
        Assert.Equal("conv1.weight", graph.Parameters[0].Name);
        Assert.Equal("layer1.1.conv1.weight", graph.Parameters[0].Parameter!.Path);
    }

    [Fact]
    public void Trace_SharedLayer_IsNumberedAndCountedOnce()
    {
        Conv2d shared = new(4, 4, 3, padding: 1);
        Graph graph = Graph.Trace(
            new Sequential(("a", shared), ("b", new ReLU()), ("c", shared), ("d", shared)),
            [4, 5, 5]
        );
        Assert.Equal(["a", "b", "a#2", "a#3"], graph.Nodes.Select(n => n.Name));
        Assert.Equal(["a.weight", "a.bias"], graph.Parameters.Select(p => p.Name));
        Assert.Equal(3, graph.Parameters[0].Consumers.Count);
        Assert.Equal(shared.ParameterCount(), CostSummary.Of(graph).Parameters);
    }

    [Fact]
    public void Trace_AnyNetwork_ChangesNeitherModesNorRandomStateNorTakesMemory()
    {
        TracedResNet network = new();
        _ = network.NamedParameters();
        (string Path, Module Module)[] modules = [.. network.NamedModules()];
        for (int i = 0; i < modules.Length; i++)
        {
            modules[i].Module.Mode = i % 3 != 0;
        }

        RngState before = network.NamedModules().Select(m => m.Module).OfType<IRandomState>().Single().RandomState;
        foreach (bool training in new[] { true, false })
        {
            _ = Graph.Trace(network, [3, 16, 16], training);
            Assert.All(
                modules,
                (m, i) =>
                    Assert.True(m.Module.IsTraining == (i % 3 != 0), $"'{m.Path}' has another mode after the trace")
            );
            Assert.Equal(
                before,
                network.NamedModules().Select(m => m.Module).OfType<IRandomState>().Single().RandomState
            );
        }

        Assert.All(network.NamedParameters(), p => Assert.False(p.Parameter.HasStorage, $"{p.Path} has memory"));
        Assert.All(network.NamedBuffers(), b => Assert.False(b.Buffer.HasStorage, $"{b.Path} has memory"));
    }

    [Fact]
    public void Trace_NetworkInDouble_HasValuesInDouble()
    {
        Graph graph = Graph.Trace(new TracedResNet().To(DType.Float64), [3, 16, 16]);
        Assert.All(graph.Nodes, n => Assert.Equal(DType.Float64, n.Output.DType));
        Assert.Equal(DType.Float64, graph.Input.DType);
        Assert.Equal(DType.Float64, graph.Rewrite([3, 20, 20]).Output.DType);
    }

    [Fact]
    public void Trace_ForwardFails_RestoresEverything()
    {
        TracedFunction network = new(_ => throw new NotSupportedException("no"), new Dropout());
        Assert.Throws<NotSupportedException>(() => Graph.Trace(network, [3, 4, 4]));
        Assert.Null(GraphTracer.Current);
        Assert.All(network.NamedModules(), m => Assert.True(m.Module.IsTraining, $"'{m.Path}' is left in evaluation"));
        Assert.Equal(2.0, (Tensor.Ones([1]) + 1.0).Item());
    }

    [Fact]
    public void Trace_WithinATrace_LeavesTheOuterOneAlone()
    {
        Graph? inner = null;
        Conv2d conv = new(3, 4, 3);
        Graph outer = Graph.Trace(
            new TracedFunction(
                x =>
                {
                    Tensor y = conv.Forward(x);
                    inner = Graph.Trace(new ReLU(), [7]);
                    return y.Relu();
                },
                conv
            ),
            [3, 8, 8]
        );
        Assert.Equal(["part0", "relu"], outer.Nodes.Select(n => n.Name));
        Assert.Equal("[N, 7]", Assert.Single(inner!.Nodes).Output.Shape.ToString());
    }

    [Fact]
    public void Trace_TensorOfAnotherTrace_IsRefused()
    {
        Tensor? kept = null;
        _ = Graph.Trace(new TracedFunction(x => kept = x), [3]);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
            Graph.Trace(new TracedFunction(x => x + kept!), [3])
        );
        Assert.Contains("another trace", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_ResultNotFromInput_IsRefused()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
            Graph.Trace(new TracedFunction(_ => Tensor.Ones([1, 3])), [3], name: "net")
        );
        Assert.Contains(
            "net: the result of Forward must be computed from its input",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Trace_OtherThread_ComputesMeanwhile()
    {
        double elsewhere = 0.0;
        Graph graph = Graph.Trace(
            new TracedFunction(x =>
            {
                Thread thread = new(() => elsewhere = (Tensor.Ones([2]) + 1.0).Sum().Item());
                thread.Start();
                thread.Join();
                return x.Relu();
            }),
            [3]
        );
        Assert.Equal(4.0, elsewhere);
        Assert.Single(graph.Nodes);
    }

    [Fact]
    public void Trace_ForwardConvertsElementType_IsANodeOfThatType()
    {
        Graph graph = Graph.Trace(new TracedFunction(x => x.To(DType.Float64).Exp()), [3, 4]);
        Assert.Equal(["Cast", "Exp"], graph.Nodes.Select(n => n.Operator.Name));
        Assert.Equal(DType.Float64, graph.Output.DType);
        Assert.Equal("[N, 3, 4]", $"{graph.Output.Shape}");
    }

    public static TheoryData<string, Func<Tensor, Tensor>> Readers =>
        new()
        {
            { "Item", x => x * x.Mean().Item() },
            { "ToArray", x => Tensor.From(x.ToArray(), x.Shape) },
            { "AsSpan", x => x * x.AsSpan<float>()[0] },
            { "AsReadOnlySpan", x => x * x.AsReadOnlySpan<float>()[0] },
            { "Clone", x => x.Clone() },
            { "Fill", Filled },
            { "ArgMax", x => x.ArgMax(1) },
        };

    [Theory, MemberData(nameof(Readers))]
    public void Trace_ForwardReadsValues_SaysSo(string reader, Func<Tensor, Tensor> forward)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
            Graph.Trace(new TracedFunction(forward), [3, 224, 224])
        );
        Assert.True(
            error.Message.Contains("there are no values, as the network is being traced", StringComparison.Ordinal),
            $"{reader}: {error.Message}"
        );
        Assert.DoesNotContain("1021", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Filled(Tensor x)
    {
        x.Fill(1.0);
        return x;
    }
}
