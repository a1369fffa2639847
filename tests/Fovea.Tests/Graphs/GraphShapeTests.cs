namespace Fovea.Tests;

/// <summary>The batch stays open in every shape, and in every message about shapes.</summary>
public sealed class GraphShapeTests
{
    public static TheoryData<string, Func<Tensor, Tensor>> Shapes =>
        new()
        {
            { "[N, 8, 6, 5]", x => x.Relu() },
            { "[N, 240]", x => x.Flatten(1) },
            { "[N, 240]", x => x.Reshape(x.Shape[0], -1) },
            { "[N, 240]", x => x.Reshape(-1, 240) },
            { "[8N, 30]", x => x.Reshape(-1, 30) },
            { "[240N]", x => x.Flatten() },
            { "[8, N, 6, 5]", x => x.Permute(1, 0, 2, 3) },
            { "[6, 5, 8N]", x => x.Permute(2, 3, 0, 1).Reshape(6, 5, -1) },
            { "[N, 8, 6, 5]", x => x.Reshape(x.Shape[0], 2, 4, 6, 5).Permute(0, 2, 1, 3, 4).Reshape([.. x.Shape]) },
            { "[N, 8]", x => x.Mean([2, 3]) },
            { "[N, 1, 6, 5]", x => x.Narrow(1, 0, 1) },
            { "[N, 8, 6, 5]", x => x + Tensor.Zeros(x.Shape) },
        };

    [Theory, MemberData(nameof(Shapes))]
    public void Trace_Shapes_LeaveTheBatchOpen(string expected, Func<Tensor, Tensor> forward)
    {
        SymbolicShape shape = Graph.Trace(new TracedFunction(forward), [8, 6, 5]).Output.Shape;
        Assert.Equal(expected, shape.ToString());
        foreach (int batch in new[] { 1, 3 })
        {
            Assert.Equal(forward(Tensor.Zeros([batch, 8, 6, 5])).Shape, shape.At(batch));
        }
    }

    [Fact]
    public void Trace_SizesThatAreMultiplesOfThePlaceholder_AreNotTakenForTheBatch()
    {
        foreach (int prime in new[] { 1021, 1031 })
        {
            Conv1d conv = new(1, prime, 1);
            Linear linear = new(prime * 4, 2 * prime);
            Graph graph = Graph.Trace(
                new TracedFunction(x => linear.Forward(conv.Forward(x).Reshape(x.Shape[0], -1)).Relu(), conv, linear),
                [1, 4]
            );
            Assert.Equal(
                [$"[N, {prime}, 4]", $"[N, {4 * prime}]", $"[N, {2 * prime}]", $"[N, {2 * prime}]"],
                graph.Nodes.Select(n => n.Output.Shape.ToString())
            );
            Graph again = graph.Rewrite();
            Assert.Equal(graph.Nodes.Select(n => n.ToString()), again.Nodes.Select(n => n.ToString()));
        }
    }

    [Fact]
    public void Options_OfReshape_LeaveTheBatchOpen()
    {
        Node node = Assert.Single(Graph.Trace(new TracedFunction(x => x.Reshape(2 * x.Shape[0], -1)), [6]).Nodes);
        Assert.Equal(new OperatorOption("shape", "-1x3"), Assert.Single(node.Operator.Options));
    }

    [Fact]
    public void Trace_InputSizeIsThePlaceholder_KeepsItAsASize()
    {
        Graph graph = Graph.Trace(new TracedFunction(x => x.Relu()), [2, 1021]);
        Assert.Equal("[N, 2, 1021]", graph.Output.Shape.ToString());
        Assert.Equal("[N, 2, 1021]", graph.Input.Shape.ToString());
    }

    [Fact]
    public void Trace_TensorOfTheBatchsSizeMadeInForward_HasTheBatchOpen()
    {
        Graph graph = Graph.Trace(
            new TracedFunction(x => Tensor.Concat([x, Tensor.Zeros([x.Shape[0], 3, 2])])),
            [5, 2]
        );
        Value constant = graph.Nodes[0].Inputs[1];
        Assert.Equal((ValueKind.Constant, "[N, 3, 2]"), (constant.Kind, constant.Shape.ToString()));
        Assert.Equal<Shape>([1, 3, 2], graph.Nodes[0].Shapes.Inputs[1]);
    }

    [Fact]
    public void Trace_LayerDoesNotFit_NamesItAndLeavesTheBatchOpen()
    {
        Sequential network = new(("features", new Sequential(new Conv2d(3, 8, 3), new ReLU(), new Conv2d(4, 8, 3))));
        ShapeException error = Assert.Throws<ShapeException>(() => Graph.Trace(network, [3, 8, 8]));
        Assert.Contains("Conv2d 'features.2'", error.Message, StringComparison.Ordinal);
        Assert.Contains("[N, 8, 6, 6]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1021", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_FunctionDoesNotFit_NamesTheLayerBeforeIt()
    {
        Conv2d conv = new(3, 8, 3);
        ShapeException error = Assert.Throws<ShapeException>(() =>
            Graph.Trace(new TracedFunction(x => conv.Forward(x).Reshape(x.Shape[0], 100), conv), [3, 8, 8])
        );
        Assert.Contains("layer 'part0'", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "got [N, 100] for [N, 8, 6, 6], which has 288N elements",
            error.Message,
            StringComparison.Ordinal
        );
        ShapeException merged = Assert.Throws<ShapeException>(() =>
            Graph.Trace(new TracedFunction(x => x.Reshape(-1, 2) + x), [4])
        );
        Assert.Contains("got [2N, 2] and [N, 4]", merged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equality_OfSymbolicShapes_IsBySizesAndBatch()
    {
        SymbolicShape open = SymbolicShape.BatchOf([3, 4]),
            closed = SymbolicShape.Fixed([1, 3, 4]);
        Assert.True(
            open != closed && open == SymbolicShape.BatchOf([3, 4]) && closed == SymbolicShape.Fixed([1, 3, 4]),
            $"{open} and {closed}"
        );
        Assert.Equal(open.GetHashCode(), SymbolicShape.BatchOf([3, 4]).GetHashCode());
        Assert.Equal<Shape>([1, 3, 4], open.Single);
        Assert.Equal<Shape>([3, 4], open.Item);
        Assert.Equal<Shape>([7, 3, 4], open.At(7));
        Assert.True(open.HasBatch && open.ScalesWithBatch(0) && !open.ScalesWithBatch(1) && !closed.HasBatch);
    }
}
