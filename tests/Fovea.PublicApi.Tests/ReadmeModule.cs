namespace Fovea.PublicApi.Tests;

public sealed class DepthwiseSeparable(int inChannels, int outChannels) : Module
{
    private readonly Conv2d _depthwise = new(inChannels, inChannels, 3, padding: 1, groups: inChannels);
    private readonly Conv2d _pointwise = new(inChannels, outChannels, 1);

    public override Tensor Forward(Tensor x) => _pointwise.Forward(_depthwise.Forward(x));
}

/// <summary>The README's third program.</summary>
public sealed class ReadmeModule
{
    [Fact]
    public void OwnModule_AsWritten_HasNamedParametersAndComputes()
    {
        DepthwiseSeparable module = new(3, 8);
        Assert.Equal<Shape>([2, 8, 5, 5], module.Forward(Tensor.Normal([2, 3, 5, 5])).Shape);
        Assert.Equal(
            ["depthwise.weight", "depthwise.bias", "pointwise.weight", "pointwise.bias"],
            module.NamedParameters().Select(p => p.Path)
        );
    }

    [Fact]
    public void OwnModule_WrongInput_NamesTheLayerByItsPath()
    {
        Sequential net = new(new DepthwiseSeparable(3, 8));
        net.Initialize(1);
        ShapeException error = Assert.Throws<ShapeException>(() => net.Forward(Tensor.Normal([2, 5, 5, 3])));
        Assert.Equal(
            "Conv2d '0.depthwise': input channels must equal weight channels x groups, got 5 and 1 x 3. x [2, 5, 5, 3], weight [3, 1, 3, 3]. Is x NHWC?",
            error.Message
        );
    }
}
