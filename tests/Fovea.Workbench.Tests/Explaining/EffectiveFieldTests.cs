namespace Fovea.Workbench.Tests;

public sealed class EffectiveFieldTests
{
    [Theory]
    [InlineData(5, 0.664)]
    [InlineData(10, 0.492)]
    [InlineData(20, 0.356)]
    [InlineData(40, 0.255)]
    public void Of_LinearLayersWithEqualTaps_SpreadAsTheRootOfTheirNumber(int layers, double expected)
    {
        // n boxes of 3: variance n (9 - 1) / 12; the field is 2n + 1.
        EffectiveField field = Of(Stack(layers, Ones), Tensor.Zeros([1, 1, 95]), "conv" + (layers - 1));

        double deviation = field.Deviation(0, absolute: true);
        Assert.Equal(layers * 8 / 12.0, deviation * deviation, 4);
        Assert.Equal(expected, 4 * deviation / ((2 * layers) + 1), 3);
        Assert.Equal((2 * layers) + 1, field.Predicted[0]);
    }

    [Fact]
    public void Of_RandomLayers_HasTheSameVarianceInTheSquares()
    {
        // Luo et al. 2016, section 2: independent weights; measured elsewhere 6.64 for 6.67 at 10 layers.
        Sequential net = [];
        for (int i = 0; i < 10; i++)
        {
            net.Add($"conv{i}", new Conv1d(i == 0 ? 1 : 64, 64, 3, padding: 1, bias: false));
        }

        net.Initialize(3);

        EffectiveField field = Of(net, Tensor.Zeros([16, 1, 41]), "conv9");

        double variance = Math.Pow(field.Deviation(0), 2);
        Assert.InRange(variance, 0.93 * 20 / 3, 1.07 * 20 / 3);
    }

    [Fact]
    public void Side_OneLayer_HoldsItsTapsByTheirSquares()
    {
        // Squares 1, 9, 1 of 11: the middle holds 82 %.
        Conv1d layer = new(1, 1, 3, padding: 1, bias: false);
        layer.Weight.CopyFrom(Tensor.From([1f, 3f, 1f], [1, 1, 3]));
        Sequential net = [];
        net.Add("conv0", layer);

        EffectiveField field = Of(net, Tensor.Zeros([2, 1, 9]), "conv0");

        Assert.Equal((1, 1, 3, 3), (field.Side(0.5), field.Side(0.81), field.Side(0.82), field.Side(0.95)));
        Assert.Equal(
            [0, 0, 0, 1.0 / 11, 9.0 / 11, 1.0 / 11, 0, 0, 0],
            field
                .Shares()
                .Select(s => Math.Round(s, 12))
                .Select(s =>
                    s == Math.Round(1.0 / 11, 12) ? 1.0 / 11
                    : s == Math.Round(9.0 / 11, 12) ? 9.0 / 11
                    : s
                )
        );
    }

    [Fact]
    public void Of_MapWithPositiveWeights_IsNonZeroExactlyWhereStructureSaysSo()
    {
        Sequential net = [];
        net.Add("first", new Conv2d(2, 3, 3, stride: 2, padding: 1, bias: false));
        net.Add("second", new Conv2d(3, 4, 3, padding: 2, dilation: 2, bias: false));
        foreach ((_, Parameter weight) in net.NamedParameters())
        {
            weight.CopyFrom(Tensor.Full(weight.Shape, 0.1));
        }

        Graph graph = Graph.Trace(net, [2, 17, 17]);
        ReceptiveFields fields = ReceptiveFields.Of(graph);
        Value map = graph.Nodes.Single(n => n.Name == "second").Output;
        EffectiveField field = EffectiveField.Of(graph, fields, map, Tensor.Zeros([3, 2, 17, 17]), new Rng(1))!;

        int middle = fields[map]!.Axes[0].Positions / 2;
        Assert.Equal(fields.Mask(map, middle, middle)!, field.Shares().Select(s => s > 0));
    }

    [Fact]
    public void Of_UnitBehindZeros_IsNotAlive()
    {
        EffectiveField field = Of(Stack(2, n => Tensor.Zeros(n)), Tensor.Zeros([1, 1, 9]), "conv1");

        Assert.False(field.IsAlive);
        Assert.Equal(0, field.Side(0.95));
    }

    [Fact]
    public void Of_MapInTheMiddle_LeavesTheRestOut()
    {
        Sequential net = Stack(3, Ones);
        net.Add("pool", new GlobalAvgPool(flatten: true));
        net.Add("fc", new Linear(1, 2));
        net.Initialize(1);
        foreach (
            (_, Parameter weight) in net.NamedParameters()
                .Where(p => p.Path.StartsWith("conv", StringComparison.Ordinal))
        )
        {
            weight.CopyFrom(Tensor.Ones(weight.Shape));
        }

        EffectiveField field = Of(net, Tensor.Zeros([1, 1, 21]), "conv0");

        Assert.Equal((3, 3), (field.Predicted[0], field.Side(0.95)));
        Graph graph = Graph.Trace(net, [1, 21]);
        Assert.Null(
            EffectiveField.Of(graph, ReceptiveFields.Of(graph), graph.Output, Tensor.Zeros([1, 1, 21]), new Rng(1))
        );
    }

    private static Tensor Ones(Shape shape) => Tensor.Full(shape, 1.0 / 3);

    private static Sequential Stack(int layers, Func<Shape, Tensor> weight)
    {
        Sequential net = [];
        for (int i = 0; i < layers; i++)
        {
            Conv1d layer = new(1, 1, 3, padding: 1, bias: false);
            layer.Weight.CopyFrom(weight(layer.Weight.Shape));
            net.Add($"conv{i}", layer);
        }

        return net;
    }

    private static EffectiveField Of(Module net, Tensor inputs, string layer)
    {
        Graph graph = Graph.Trace(net, Shape.Create(inputs.Shape.Sizes[1..]));
        return EffectiveField.Of(
            graph,
            ReceptiveFields.Of(graph),
            graph.Nodes.Single(n => n.Name == layer).Output,
            inputs,
            new Rng(1)
        )!;
    }
}
