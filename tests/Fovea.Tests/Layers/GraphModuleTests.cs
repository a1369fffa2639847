namespace Fovea.Tests;

/// <summary>A graph as a module is the network it was traced from, and can be edited, trained and saved.</summary>
public sealed class GraphModuleTests
{
    [Fact]
    public void GraphModule_OfATrainingGraph_LearnsAsItsOrigin()
    {
        TracedResNet origin = new(),
            other = new();
        origin.Initialize(3);
        other.Initialize(3);
        GraphModule module = new(Graph.Trace(other, [3, 8, 8], training: true));
        Assert.Equal(
            origin.StateDict().Keys.Where(k => !k.StartsWith("unused", StringComparison.Ordinal)).Order(),
            module.StateDict().Keys.Order()
        );
        for (int i = 0; i < 3; i++)
        {
            Learn(origin, i);
            Learn(module, i);
        }

        foreach ((string path, Tensor tensor) in module.StateDict())
        {
            Assert.True(
                origin.StateDict()[path].ToArray().AsSpan().SequenceEqual(tensor.ToArray()),
                $"{path} differs after three steps"
            );
        }

        Tensor x = Tensor.Normal([2, 3, 8, 8], rng: new Rng(8));
        origin.Eval();
        module.Eval();
        Assert.Equal(origin.Forward(x).ToArray(), module.Forward(x).ToArray());
    }

    [Fact]
    public void GraphModule_OfAnEditedGraph_IsTrained()
    {
        TracedResNet net = new();
        net.Initialize(3);
        Graph edited = Graph
            .Trace(net, [3, 8, 8], training: true)
            .Rewrite(replace: (node, inputs) => node.Operator.Name == "ReLU" ? inputs[0].Silu() : null);
        GraphModule module = new(edited);
        double first = Learn(module, 0),
            last = 0;
        for (int i = 0; i < 10; i++)
        {
            last = Learn(module, 0);
        }

        Assert.True(last < first, $"the loss went from {first} to {last}");
    }

    [Fact]
    public void GraphModule_TracedAgain_GivesTheSameGraph()
    {
        Graph graph = Graph.Trace(new TracedResNet(), [3, 8, 8], training: true),
            again = Graph.Trace(new GraphModule(graph), [3, 8, 8], training: true);
        Assert.Equal(graph.Nodes.Select(n => n.Operator.Name), again.Nodes.Select(n => n.Operator.Name));
        Assert.Equal(graph.Parameters.Select(p => p.Name), again.Parameters.Select(p => p.Name));
        Assert.Equal(graph.Updates.Count, again.Updates.Count);
    }

    private static double Learn(Module module, int seed)
    {
        module.Train();
        Tensor x = Tensor.Normal([4, 3, 8, 8], rng: new Rng((ulong)seed)),
            labels = Tensor.From<long>([0, 3, 9, 3], [4]);
        module.ZeroGrad();
        Tensor loss = new CrossEntropy().Forward(module.Forward(x), labels);
        loss.Backward();
        new SGD(module, 0.05).Step();
        return loss.Item();
    }
}
