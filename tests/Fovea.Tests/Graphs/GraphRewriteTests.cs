namespace Fovea.Tests;

public sealed class GraphRewriteTests
{
    [Fact]
    public void Rewrite_AnotherInputSize_EqualsAFreshTrace()
    {
        TracedResNet network = new();
        Graph rewritten = Graph.Trace(network, [3, 16, 16], training: true).Rewrite([3, 30, 21]),
            fresh = Graph.Trace(network, [3, 30, 21], training: true);
        RequireSame(fresh, rewritten);
        Assert.Same(network, rewritten.Module);
        Assert.Equal("[N, 8, 15, 11]", rewritten.Nodes[0].Output.Shape.ToString());
    }

    [Fact]
    public void Rewrite_RandomGraphs_EqualFreshTraces()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            RandomNetwork network = RandomNetwork.Draw(new Rng(11).Split(seed));
            RequireSame(network.Graph, network.Graph.Rewrite());
        }
    }

    [Fact]
    public void Rewrite_SizeThatDoesNotFit_NamesTheLayer()
    {
        Graph graph = Graph.Trace(
            new Sequential(("conv", new Conv2d(1, 2, 3)), ("flatten", new Flatten()), ("fc", new Linear(2 * 6 * 6, 3))),
            [1, 8, 8]
        );
        ShapeException error = Assert.Throws<ShapeException>(() => graph.Rewrite([1, 9, 9]));
        Assert.Contains("Linear 'fc'", error.Message, StringComparison.Ordinal);
        Assert.Contains("[N, 98]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rewrite_Replace_PutsNodesInAndTakesNodesOut()
    {
        Graph graph = Graph.Trace(
            new Sequential(
                ("conv", new Conv2d(1, 2, 3)),
                ("relu", new ReLU()),
                ("pool", new MaxPool2d(2)),
                ("fc", new Sequential(new Flatten(), new Linear(18, 3)))
            ),
            [1, 8, 8]
        );
        AvgPool2d average = new(2);
        Sequential extra = new(("down", average), ("up", new Conv2d(2, 2, 1)));
        _ = extra.NamedParameters();
        Graph changed = graph.Rewrite(
            replace: (node, inputs) =>
                node.Name switch
                {
                    "relu" => inputs[0],
                    "pool" => extra.Forward(inputs[0]),
                    _ => null,
                }
        );
        Assert.Equal(["conv", "pool.down", "pool.up", "fc.0", "fc.1"], changed.Nodes.Select(n => n.Name));
        Assert.Equal(
            ["Conv2d", "AvgPool2d", "Conv2d", "Flatten", "Linear"],
            changed.Nodes.Select(n => n.Operator.Name)
        );
        Assert.Equal(
            ["conv.weight", "conv.bias", "pool.up.weight", "pool.up.bias", "fc.1.weight", "fc.1.bias"],
            changed.Parameters.Select(p => p.Name)
        );
        Assert.Null(changed.Module);
        Assert.Equal(4, graph.Nodes.Count(n => n.Output.Consumers.Count == 1)); // the old graph is as it was
        Assert.Same(changed.Nodes[0].Output, changed.Nodes[1].Inputs[0]);
    }

    [Fact]
    public void Rewrite_Replace_DropsWhatNothingNeeds()
    {
        Graph graph = Graph.Trace(new TracedResNet(), [3, 16, 16]);
        Graph plain = graph.Rewrite(
            replace: (node, inputs) => node.Operator.Traits.HasFlag(OperatorTraits.Sum) ? inputs[1] : null
        );
        Assert.Equal(["conv1", "layer1.0.relu#2", "layer1.1.relu#2", "pool", "fc"], plain.Nodes.Select(n => n.Name));
        Assert.Equal(["layer1.0.relu#2"], plain.Nodes[0].Output.Consumers.Select(c => c.Name));
        Assert.Empty(plain.State);
    }

    private static void RequireSame(Graph expected, Graph actual)
    {
        Assert.Equal(expected.Nodes.Select(n => n.ToString()), actual.Nodes.Select(n => n.ToString()));
        Assert.Equal(
            expected.Nodes.Select(n => string.Join(", ", n.Inputs)),
            actual.Nodes.Select(n => string.Join(", ", n.Inputs))
        );
        Assert.Equal(
            expected.Nodes.Select(n => string.Join(", ", n.Output.Consumers.Select(c => c.Name))),
            actual.Nodes.Select(n => string.Join(", ", n.Output.Consumers.Select(c => c.Name)))
        );
        Assert.True(
            expected.Parameters.Zip(actual.Parameters).All(p => ReferenceEquals(p.First.Tensor, p.Second.Tensor)),
            "other parameters"
        );
        Assert.Equal(expected.State.Select(s => s.ToString()), actual.State.Select(s => s.ToString()));
        Assert.Equal(
            (expected.Output.ToString(), expected.Input.ToString()),
            (actual.Output.ToString(), actual.Input.ToString())
        );
    }
}
