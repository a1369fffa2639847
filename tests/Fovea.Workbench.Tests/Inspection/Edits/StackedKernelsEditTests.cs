using Fovea.Models;

namespace Fovea.Workbench.Tests;

public sealed class StackedKernelsEditTests
{
    [Theory]
    [InlineData(5, 1, 2, 32)]
    [InlineData(7, 2, 3, 224)]
    [InlineData(11, 4, 2, 224)] // uneven: padding 2 dealt out over 5 convolutions
    [InlineData(9, 3, 0, 50)]
    [InlineData(5, 2, 7, 17)] // more padding than the kernel reaches
    public void Apply_Kernel_KeepsReceptiveFieldSizeAndPadding(int kernel, int stride, int padding, int size)
    {
        Graph before = Trace(new Conv2d(4, 6, kernel, stride, padding), [4, size, size]);
        Graph after = new StackedKernelsEdit().Apply(before).Graph;

        Assert.Equal((kernel - 1) / 2, after.Nodes.Count);
        AssertSame(before, after);
    }

    [Fact]
    public void Apply_KernelWithChannels_HasTheParametersOfTheFormula()
    {
        Graph before = Trace(new Conv2d(4, 6, 7, padding: 3, bias: false), [4, 20, 20]);
        EditResult edit = new StackedKernelsEdit().Apply(before);

        Assert.Equal(7 * 7 * 4 * 6, CostSummary.Of(before).Parameters);
        Assert.Equal((9 * 4 * 6) + (2 * 9 * 6 * 6), CostSummary.Of(edit.Graph).Parameters);
    }

    [Fact]
    public void Apply_KernelOfUnequalAxes_StacksEachAxisForItself()
    {
        Graph before = Trace(new Conv2d(2, 2, (7, 1), (2, 1), (3, 0)), [2, 33, 20]);
        Graph after = new StackedKernelsEdit().Apply(before).Graph;

        AssertSame(before, after);
        Assert.All(after.Nodes, n => Assert.Equal([3, 1], n.Operator.Filters(n.Shapes)!.Kernel));
    }

    [Fact]
    public void Apply_Series_StacksKernelsOf3()
    {
        Graph before = Trace(new Conv1d(1, 8, 9, padding: Padding.Same), [1, 100]);

        AssertSame(before, new StackedKernelsEdit().Apply(before).Graph);
    }

    [Fact]
    public void Apply_DepthwiseKernel_StaysDepthwise()
    {
        Graph before = Trace(new Conv2d(8, 8, 5, padding: 2, groups: 8, bias: false), [8, 16, 16]);
        Graph after = new StackedKernelsEdit().Apply(before).Graph;

        AssertSame(before, after);
        Assert.Equal(2 * 9 * 8, CostSummary.Of(after).Parameters);
    }

    [Fact]
    public void Apply_NormAndActivationBehind_StandBetweenTheKernels()
    {
        Graph before = Trace(
            new Sequential(new Conv2d(3, 8, 5, bias: false), new BatchNorm2d(8), new ReLU()),
            [3, 16, 16]
        );
        Graph after = new StackedKernelsEdit().Apply(before).Graph;

        Assert.Equal(
            ["Conv2d", "BatchNorm2d", "ReLU", "Conv2d", "BatchNorm2d", "ReLU"],
            after.Nodes.Select(n => n.Operator.Name)
        );
        Assert.Equal(["0.0", "0.1", "0.relu", "0.3", "1", "2"], after.Nodes.Select(n => n.Name));
    }

    [Theory]
    [InlineData(4, 1, "has an even kernel, 4")]
    [InlineData(5, 2, "has dilation 2")]
    public void Apply_KernelThatCannotBeStacked_IsKeptAndSaidWhy(int kernel, int dilation, string why)
    {
        Graph before = Trace(new Conv2d(3, 8, kernel, dilation: dilation), [3, 32, 32]);
        EditResult edit = new StackedKernelsEdit().Apply(before);

        Assert.Same(before, edit.Graph);
        Assert.Empty(edit.Replaced);
        Assert.StartsWith(why, Assert.Single(edit.Kept).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alexnet")]
    [InlineData("resnet18")]
    [InlineData("mobilenet_v3_large")]
    [InlineData("efficientnet_b0")]
    [InlineData("googlenet")]
    public void Apply_Zoo_KeepsTheLastMapAndItsField(string name)
    {
        (Module model, Shape item) = ModelRegistry.Create(name);
        Graph before = Trace(model, item);
        Graph after = new StackedKernelsEdit().Apply(before).Graph;

        Assert.True(after.Nodes.Count >= before.Nodes.Count);
        AssertSame(before, after);
    }

    internal static Graph Trace(Module module, Shape item) => Graph.Trace(module, item, training: true);

    internal static void AssertSame(Graph before, Graph after)
    {
        Evidence a = new(before),
            b = new(after);
        Assert.Equal(before.Output.Shape, after.Output.Shape);
        Assert.Equal(a.LastMap.Shape, b.LastMap.Shape);
        ReceptiveField expected = a.Fields[a.LastMap]!,
            got = b.Fields[b.LastMap]!;
        Assert.Equal(expected.Size, got.Size);
        Assert.Equal(expected.Stride, got.Stride);
        Assert.Equal(expected.Padding, got.Padding);
    }
}
