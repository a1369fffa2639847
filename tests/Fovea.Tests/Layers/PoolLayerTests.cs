namespace Fovea.Tests;

public sealed class PoolLayerTests
{
    [Fact]
    public void Constructor_OptionOutOfRange_SaysRuleAndValues()
    {
        Refuses(
            "MaxPool2d: padding must be at most half the kernel, got 2 for kernel 3. Use less padding, another padding mode, or a larger kernel.",
            () => new MaxPool2d(3, padding: 2)
        );
        Refuses(
            "AvgPool1d: padding must be at most half the kernel, got 2 for kernel 2.",
            () => new AvgPool1d(2, padding: 2)
        );
        Refuses("MaxPool3d: kernel size must be 1 or more, got 2x0x2.", () => new MaxPool3d((2, 0, 2)));
        Refuses("LpPool2d: stride must be 1 or more, got -1.", () => new LpPool2d(2.0, 2, stride: -1));
        Refuses("MaxPool1d: dilation must be 1 or more, got 0.", () => new MaxPool1d(2, dilation: 0));
        Refuses("MaxPool2d: padding must be 0 or more, got -1.", () => new MaxPool2d(2, padding: -1));
        Refuses("MaxPool2d: got 2x2x2 for 2 spatial axes", () => new MaxPool2d((2, 2, 2)));
        Refuses("AvgPool2d: the divisor must not be 0, got 0.", () => new AvgPool2d(2, divisorOverride: 0));
        Refuses(
            "LpPool1d: the norm must be 1 or more and finite, got 0.5. For the largest value use MaxPool1d.",
            () => new LpPool1d(0.5, 2)
        );
        Refuses(
            "LpPool1d: the norm must be 1 or more and finite, got Infinity.",
            () => new LpPool1d(double.PositiveInfinity, 2)
        );
        Refuses(
            "AdaptiveAvgPool2d: the output size must be 0 (keep) or more, one value or 2, got -1.",
            () => new AdaptiveAvgPool2d(-1)
        );
        Refuses(
            "AdaptiveMaxPool3d: the output size must be 0 (keep) or more, one value or 3, got 2x2.",
            () => new AdaptiveMaxPool3d((2, 2))
        );
    }

    [Fact]
    public void Forward_AsymmetricPaddingBeyondHalfTheKernel_IsCausalPadding()
    {
        Tensor x = Tensor.From<float>([3, 1, 2, 5, 4], [1, 1, 5]);
        Assert.Equal([3f, 3f, 3f, 5f, 5f], new MaxPool1d(3, 1, Padding.Explicit(2, 0)).Forward(x).ToArray());
        Assert.Equal(
            new AvgPool1d(3, 1, Padding.Causal).Forward(x).ToArray(),
            new AvgPool1d(3, 1, Padding.Explicit(2, 0)).Forward(x).ToArray()
        );
    }

    [Fact]
    public void Constructor_WidePaddingOfOtherModes_IsAllowed()
    {
        Tensor y = new MaxPool1d(2, 1, 3, PaddingMode.Replicate).Forward(Tensor.From<float>([1, 5], [1, 1, 2]));
        Assert.Equal([1f, 1f, 1f, 5f, 5f, 5f, 5f], y.ToArray());
    }

    [Fact]
    public void Forward_InputDoesNotFit_SaysRuleAndShapes()
    {
        RefusesShape(
            "MaxPool2d: the input must be [N, C, H, W] or [C, H, W], got 2 axes. x [4, 4].",
            new MaxPool2d(2),
            [4, 4]
        );
        RefusesShape(
            "AvgPool1d: the input must be [N, C, L] or [C, L], got 4 axes. x [1, 1, 4, 4].",
            new AvgPool1d(2),
            [1, 1, 4, 4]
        );
        RefusesShape(
            "MaxPool2d: the kernel must not exceed the padded input, got kernel extent 5 (kernel 3 with dilation 2) on height 4 + 0 + 0 = 4. x [1, 1, 4, 9].",
            new MaxPool2d(3, dilation: 2),
            [1, 1, 4, 9]
        );
        RefusesShape(
            "MaxPool1d: Reflect padding must be smaller than the input, got 1 + 1 on length 1. x [1, 1, 1].",
            new MaxPool1d(3, padding: 1, paddingMode: PaddingMode.Reflect),
            [1, 1, 1]
        );
        RefusesShape(
            "MaxPool1d: every window must cover at least one input value, but with kernel 2, stride 2, padding 1 and dilation 2 one lies wholly in padding. x [1, 1, 1].",
            new MaxPool1d(2, padding: 1, dilation: 2),
            [1, 1, 1]
        );
        RefusesShape(
            "AdaptiveAvgPool2d: every spatial size must be 1 or more, got 0. x [1, 1, 0, 4].",
            new AdaptiveAvgPool2d(2),
            [1, 1, 0, 4]
        );
        RefusesShape(
            "GlobalMaxPool: the input must be [N, C, spatial...] with at least one spatial axis, got 2 axes. x [3, 4].",
            new GlobalMaxPool(),
            [3, 4]
        );
        RefusesShape(
            "GlobalAvgPool: every spatial size must be 1 or more, got 0. x [3, 4, 0].",
            new GlobalAvgPool(),
            [3, 4, 0]
        );
    }

    private static void Refuses(string message, Func<object> make) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);

    private static void RefusesShape(string message, Module layer, Shape x) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ShapeException>(() => layer.Forward(Tensor.Zeros(x))).Message,
            StringComparison.Ordinal
        );
}
