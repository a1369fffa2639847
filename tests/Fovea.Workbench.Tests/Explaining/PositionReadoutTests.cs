namespace Fovea.Workbench.Tests;

public sealed class PositionReadoutTests
{
    [Fact]
    public void Read_MapsAndTheirMean_KeepThePlaceAndLoseIt()
    {
        Sequential net = [];
        net.Add("conv", new Conv2d(3, 8, 3, padding: 1));
        net.Add("relu", new ReLU());
        net.Add("pool", new MaxPool2d(4));
        net.Add("gap", new GlobalAvgPool(flatten: true));
        net.Add("fc", new Linear(8, 4));
        net.Initialize(1);

        double[] read = Read(net, [3, 32, 32], "conv", "pool", "gap", "fc");

        Assert.True(read[0] > 0.95 && read[1] > 0.95 && read[2] > 0.9, Text(read));
        Assert.True(read[3] < 0.1 && read[4] < 0.1, Text(read));
    }

    [Fact]
    public void Read_Series_LikewiseAlongTheirAxis()
    {
        Sequential net = [];
        net.Add("conv", new Conv1d(2, 6, 5, padding: 2));
        net.Add("gap", new GlobalAvgPool(flatten: true));
        net.Initialize(2);

        double[] read = Read(net, [2, 64], "conv", "gap");

        Assert.True(read[0] > 0.95 && read[1] > 0.95 && read[2] < 0.1, Text(read));
    }

    [Theory]
    [InlineData(PaddingMode.Circular, 0.0, 0.1)] // moving the dot moves the maps: the mean is the same
    [InlineData(PaddingMode.Zeros, 0.5, 1.0)] // layers that see the border know where it is
    public void Read_BehindGlobalPooling_PaddingAloneGivesThePlaceAway(PaddingMode padding, double low, double high)
    {
        Sequential net = [];
        for (int i = 0; i < 6; i++)
        {
            net.Add($"conv{i}", new Conv2d(i == 0 ? 1 : 16, 16, 5, padding: 2, paddingMode: padding));
            net.Add($"relu{i}", new ReLU());
        }

        net.Add("gap", new GlobalAvgPool(flatten: true));
        net.Initialize(4);

        double[] read = Read(net, [1, 24, 24], "conv5", "gap");

        Assert.True(read[1] > 0.9, Text(read));
        Assert.True(read[2] >= low && read[2] <= high, Text(read));
    }

    [Fact]
    public void Read_StridesThatLeaveTwoPositions_LoseMostOfIt()
    {
        // 2 x 2 positions of a mean tell which half, and by the dot's width a little more; 1 x 1 nothing.
        Sequential net = [];
        net.Add("four", new AvgPool2d(4));
        net.Add("two", new AvgPool2d(4));
        net.Add("one", new AvgPool2d(2));

        double[] read = Read(net, [1, 32, 32], "four", "two", "one");

        Assert.True(read[1] > 0.95, Text(read));
        Assert.True(read[2] > 0.5 && read[2] < read[1], Text(read));
        Assert.True(read[3] < 0.1, Text(read));
    }

    private static double[] Read(Module net, int[] item, params string[] names)
    {
        Graph graph = Graph.Trace(net, Shape.Create(item));
        Value[] values = [graph.Input, .. names.Select(n => graph.Nodes.Single(node => node.Name == n).Output)];
        Tensor items = Tensor.Normal(Shape.Create([16, .. item]), rng: new Rng(9));
        return [.. PositionReadout.Of(items, new Rng(5)).Read(graph, values)];
    }

    private static string Text(double[] read) => string.Join(" ", read.Select(r => $"{r:F3}"));
}
