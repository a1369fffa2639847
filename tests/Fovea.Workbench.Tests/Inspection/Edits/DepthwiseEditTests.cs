using Fovea.Models;

namespace Fovea.Workbench.Tests;

public sealed class DepthwiseEditTests
{
    [Fact]
    public void Apply_DenseMobileNet_IsMobileNetNodeForNode()
    {
        Graph dense = Zoo("mobilenet_v1(variant=dense)"),
            separable = Zoo("mobilenet_v1");
        EditResult edit = new DepthwiseEdit().Apply(dense);

        Assert.Equal(
            separable.Nodes.Select(n => (n.Operator.Name, n.Output.Shape)),
            edit.Graph.Nodes.Select(n => (n.Operator.Name, n.Output.Shape))
        );
        Assert.Equal(separable.Parameters.Select(p => p.Shape), edit.Graph.Parameters.Select(p => p.Shape));
        Assert.Equal(4_231_976, CostSummary.Of(edit.Graph).Parameters);
        Assert.Equal(568_740_352, CostSummary.Of(edit.Graph).MultiplyAdds);
        Assert.Equal(dense.Name, edit.Graph.Name);
        Assert.Equal(29_294_088, CostSummary.Of(dense).Parameters);
    }

    [Theory]
    [InlineData(3, 8, 16)]
    [InlineData(5, 16, 4)]
    public void Apply_Kernel_HasTheParametersOfTheFormula(int kernel, int inChannels, int outChannels)
    {
        Graph before = StackedKernelsEditTests.Trace(
            new Sequential(
                new Conv2d(1, inChannels, 1, bias: false),
                new Conv2d(inChannels, outChannels, kernel, 2, padding: kernel / 2, bias: false)
            ),
            [1, 32, 32]
        );
        EditResult edit = new DepthwiseEdit().Apply(before);

        Assert.Equal(inChannels + (kernel * kernel * inChannels * outChannels), CostSummary.Of(before).Parameters);
        Assert.Equal(
            inChannels + (kernel * kernel * inChannels) + (inChannels * outChannels),
            CostSummary.Of(edit.Graph).Parameters
        );
        Assert.Equal(["0", "1.depthwise", "1.pointwise"], edit.Graph.Nodes.Select(n => n.Name));
        Assert.Equal(
            ["0.weight", "1.depthwise.weight", "1.pointwise.weight"],
            edit.Graph.Parameters.Select(p => p.Name)
        );
        StackedKernelsEditTests.AssertSame(before, edit.Graph);
    }

    [Fact]
    public void Apply_ConvolutionThatReadsTheInput_IsKeptThoughNormalized()
    {
        Graph before = StackedKernelsEditTests.Trace(
            new Sequential(new BatchNorm2d(3), new Conv2d(3, 8, 3)),
            [3, 16, 16]
        );
        EditResult edit = new DepthwiseEdit().Apply(before);

        Assert.Equal([new KeptLayer("1", "reads the network's input")], edit.Kept);
        Assert.Same(before, edit.Graph);
    }

    [Fact]
    public void Apply_GroupedAndDepthwise_AreKept()
    {
        Graph before = StackedKernelsEditTests.Trace(
            new Sequential(new Conv2d(4, 8, 1), new Conv2d(8, 8, 3, groups: 2), new Conv2d(8, 8, 3, groups: 8)),
            [4, 16, 16]
        );

        Assert.Equal([new KeptLayer("1", "has 2 groups")], new DepthwiseEdit().Apply(before).Kept);
    }

    [Fact]
    public void Apply_LayerUsedTwice_IsReplacedByOneUsedTwice()
    {
        Conv2d shared = new(8, 8, 3, padding: 1, bias: false);
        Graph before = StackedKernelsEditTests.Trace(
            new Sequential(new Conv2d(1, 8, 1, bias: false), shared, shared),
            [1, 16, 16]
        );
        EditResult edit = new DepthwiseEdit().Apply(before);

        Assert.Equal(2, edit.Replaced.Count);
        Assert.Equal(8 + (9 * 8) + (8 * 8), CostSummary.Of(edit.Graph).Parameters);
    }

    [Theory]
    [InlineData(1e-3, 0.01, true, true)]
    [InlineData(1e-5, 0.1, false, true)]
    [InlineData(0.5, null, false, false)]
    public void Apply_NormalizedConvolution_CopiesAllThatTheNormalizationDoes(
        double epsilon,
        double? momentum,
        bool affine,
        bool running
    )
    {
        Graph before = StackedKernelsEditTests.Trace(
            new Sequential(
                new Conv2d(1, 4, 1),
                new Conv2d(4, 8, 3),
                new BatchNorm2d(8, epsilon, momentum, affine, running),
                new ReLU()
            ),
            [1, 16, 16]
        );
        Graph after = new DepthwiseEdit().Apply(before).Graph;

        BatchNormAttributes[] norms = [.. after.Nodes.Select(n => n.Operator.Attributes).OfType<BatchNormAttributes>()];
        BatchNormAttributes last = new(2, 8, epsilon, momentum, affine, running);
        Assert.Equal([last with { Channels = 4 }, last], norms.Select(n => n with { Training = false }));
    }

    [Theory]
    [InlineData("vgg16")]
    [InlineData("resnet50")]
    [InlineData("densenet121")]
    [InlineData("resnet_ts")]
    public void Apply_Zoo_KeepsTheLastMapAndItsField(string name)
    {
        Graph before = Zoo(name);
        EditResult edit = new DepthwiseEdit().Apply(before);

        Assert.NotEmpty(edit.Replaced);
        Assert.True(CostSummary.Of(edit.Graph).Parameters < CostSummary.Of(before).Parameters, name);
        StackedKernelsEditTests.AssertSame(before, edit.Graph);
    }

    [Fact]
    public void Parse_UnknownEdit_NamesThoseThereAre() =>
        Assert.Contains(
            "depthwise, 3x3",
            Assert.Throws<ArgumentException>(() => GraphEdit.Parse("sparse")).Message,
            StringComparison.Ordinal
        );

    private static Graph Zoo(string name)
    {
        (Module model, Shape item) = ModelRegistry.Create(name);
        return StackedKernelsEditTests.Trace(model, item);
    }
}
