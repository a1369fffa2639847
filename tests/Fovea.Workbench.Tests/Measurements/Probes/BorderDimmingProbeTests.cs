using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class BorderDimmingProbeTests
{
    // Coverage of stacked 3x3 kernels of ones, as published.
    [Theory]
    [InlineData(1, 6.0 / 9.0, 4.0 / 9.0)]
    [InlineData(2, 0.5556, 0.3086)]
    [InlineData(5, 0.3951, 0.1561)]
    public void Try_KernelsOfOnes_GiveTheCoverage(int layers, double edge, double corner)
    {
        Sequential net = [];
        for (int i = 0; i < layers; i++)
        {
            Conv2d layer = new(i == 0 ? 2 : 3, 3, 3, padding: 1, bias: false);
            layer.Weight.Fill(1);
            net.Add($"conv{i}", layer);
        }

        MeasuredProbe line = One(new BorderDimmingProbe(), Labelled(net, 3, Batch([4, 2, 40, 40])));
        Assert.Equal($"conv{layers - 1}", line.Layer);
        Assert.Equal(edge, line["edge0"], 5e-5);
        Assert.Equal(edge, line["edge1"], 5e-5);
        Assert.Equal(corner, line["corner"], 5e-5);
    }

    [Fact]
    public void Try_Series_HasOneEdge()
    {
        Conv1d layer = new(1, 1, 5, padding: 2, bias: false);
        layer.Weight.Fill(1);
        MeasuredProbe line = One(new BorderDimmingProbe(), Labelled(new Sequential(layer), 1, Batch([4, 1, 30])));
        Assert.Equal((0.6, 0.6), (Math.Round(line["edge0"], 5), Math.Round(line["corner"], 5)));
    }

    [Theory]
    [InlineData(PaddingMode.Reflect)]
    [InlineData(PaddingMode.Replicate)]
    [InlineData(PaddingMode.Circular)]
    public void Try_PaddingByWhatIsThere_KeepsAConstantInput(PaddingMode mode)
    {
        Module net = new Sequential(new Conv2d(2, 4, 3, padding: 1, paddingMode: mode)).Initialize(3);
        MeasuredProbe line = One(new BorderDimmingProbe(), Labelled(net, 4, Batch([4, 2, 20, 20])));
        Assert.Equal(1.0, line["edge0"], 1e-5);
        Assert.Equal(1.0, line["corner"], 1e-5);
    }

    // A bias of 1 beside taps of 1, for inputs of -1, -1/2, 1/2 and 1: |9x + 1| in the middle, |6x + 1| at an edge, |4x + 1| in a
    // corner.
    [Fact]
    public void Try_Bias_IsTheSameAtTheBorder()
    {
        Conv2d layer = new(1, 1, 3, padding: 1);
        layer.Weight.Fill(1);
        layer.Bias!.Fill(1);
        MeasuredProbe line = One(
            new BorderDimmingProbe(),
            Labelled(new Sequential(layer), 1, BatchOf(Tensor.Ones([4, 1, 20, 20]), new long[4]))
        );
        Assert.Equal((5 + 2 + 4 + 7) / (8 + 3.5 + 5.5 + 10), line["edge0"], 1e-5);
        Assert.Equal((3 + 1 + 3 + 5) / (8 + 3.5 + 5.5 + 10), line["corner"], 1e-5);
    }

    private static Fovea.Data.Batch Batch(int[] shape) =>
        BatchOf(Tensor.Normal(Shape.Create(shape), rng: new Rng(1)), new long[shape[0]]);
}
