namespace Fovea.Tests;

public sealed class InputViewTests
{
    private static readonly GraphInput[] Two =
    [
        GraphInput.OfItems("left", [2, 9]),
        GraphInput.OfItems("right", [2, 9]),
    ];

    [Fact]
    public void Of_EachInput_HoldsTheOtherStill()
    {
        Graph graph = Graph.Trace(new Branches(), Two, training: true);
        Graph left = InputView.Of(graph, 0)!,
            right = InputView.Of(graph, 1)!;

        Assert.Equal(["long1", "long2", "add"], left.Nodes.Select(n => n.Name));
        Assert.Equal(["short", "add", "norm"], right.Nodes.Select(n => n.Name));
        Assert.Equal("left [N, 2, 9]", $"{left.Input}");
        Assert.Equal([true, false], left.Nodes[^1].Inputs.Select(i => i.IsActivation));
        Assert.Equal(["[N, 2, 9]", "[N, 2, 9]"], left.Nodes[^1].Inputs.Select(i => $"{i.Shape}"));
        Assert.True(left.IsTraining, "the view is of another mode");
    }

    [Fact]
    public void Of_EachInput_ReceptiveFieldsAreThoseOfItsBranch()
    {
        Graph graph = Graph.Trace(new Branches(), Two);
        Graph left = InputView.Of(graph, 0)!,
            right = InputView.Of(graph, 1)!;

        // two 3-tap convolutions see 5, one 1-tap convolution sees 1
        Assert.Equal([5], ReceptiveFields.Of(left)[left.Output]!.Size);
        Assert.Equal([1], ReceptiveFields.Of(right)[right.Output]!.Size);
    }

    [Fact]
    public void Of_OneInput_IsTheGraph()
    {
        Graph graph = Graph.Trace(new Conv1d(2, 2, 3), [2, 9]);

        Assert.Same(graph, InputView.Of(graph, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => InputView.Of(graph, 1));
    }

    [Fact]
    public void Of_InputThatNothingDependsOn_IsNone()
    {
        Graph graph = Graph.Trace(new First(), Two);

        Assert.NotNull(InputView.Of(graph, 0));
        Assert.Null(InputView.Of(graph, 1));
    }

    [Fact]
    public void SignalPrediction_TwoInputsAndOutputs_StartsAtEach()
    {
        Graph graph = Graph.Trace(new SumAndDouble(), Two);
        SignalPrediction signals = SignalPrediction.Of(graph);

        Assert.Equal(2.0, signals[graph.Outputs[0]]!.Variance, 12); // variances of independent terms add up
        Assert.Equal(1.0, signals[graph.Inputs[1]]!.Variance, 12);
        // the sum is read by no one else; the left input gets 1 by the sum and 4 by each doubling
        Assert.Equal(5.0, signals.Gradient(graph.Inputs[0])!.Value, 12);
        Assert.Equal(1.0, signals.Gradient(graph.Inputs[1])!.Value, 12);
    }

    private sealed class Branches : MultiModule
    {
        private readonly Conv1d _long1 = new(2, 2, 3, padding: 1);
        private readonly Conv1d _long2 = new(2, 2, 3, padding: 1);
        private readonly Conv1d _short = new(2, 2, 1);
        private readonly BatchNorm1d _norm = new(2);

        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
        {
            Tensor right = _short.Forward(inputs[1]);
            return [_long2.Forward(_long1.Forward(inputs[0])) + right, _norm.Forward(right)];
        }
    }

    private sealed class First : MultiModule
    {
        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs) => [inputs[0].Exp()];
    }

    private sealed class SumAndDouble : MultiModule
    {
        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs) =>
            [inputs[0] + inputs[1], inputs[0] * 2];
    }
}
