namespace Fovea.Workbench.Tests;

public sealed class SkippedInputTests
{
    // He et al. 2019, Bag of Tricks: 1x1 convolutions of stride 2 ignore three quarters; ResNets' main path reads what
    // their shortcuts skip.
    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    public void Ask_ResNet_ShortcutsSkipThreeQuarters(string model)
    {
        Answer answer = Networks.Ask<SkippedInput>(Networks.Zoo(model)).Is(Verdict.Look);
        Assert.Equal(
            (3.0, 75.0, 0.0),
            (answer.Number("skipping"), answer.Number("largestUnread"), answer.Number("lost"))
        );
        Assert.All(answer.Layers, layer => Assert.Contains("downsample", layer, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vgg16_bn")]
    [InlineData("mobilenet_v2")]
    [InlineData("efficientnet_b0")]
    public void Ask_WideWindows_IsOk(string model) => Networks.Ask<SkippedInput>(Networks.Zoo(model)).Is(Verdict.Ok);

    [Theory]
    [InlineData(1, 2, 1, 75.0)]
    [InlineData(2, 4, 1, 75.0)]
    [InlineData(3, 4, 1, 43.75)]
    [InlineData(2, 2, 2, 75.0)] // extent 3, but both taps fall on even positions
    [InlineData(2, 2, 3, 0.0)]
    [InlineData(3, 2, 2, 75.0)]
    [InlineData(3, 3, 2, 0.0)]
    public void Ask_OneWindow_IsTheShareThatNoTapTouches(int kernel, int stride, int dilation, double unread)
    {
        Evidence evidence = Networks.Of([1, 48, 48], new Conv2d(1, 1, kernel, stride, dilation: dilation));
        Answer answer = Networks.Ask<SkippedInput>(evidence).Is(unread > 0.0 ? Verdict.Fix : Verdict.Ok);
        Assert.Equal((unread, unread), (answer.Number("largestUnread"), answer.Number("lost")));

        // By hand: of one period in the middle, the positions that some output reads.
        WindowAxisMap map = evidence.WindowsOf(evidence.Graph.Nodes[0])[0].Window;
        HashSet<int> read = [.. Enumerable.Range(0, map.Out).SelectMany(map.Taps)];
        double touched = Enumerable.Range(stride * 4, stride).Count(read.Contains) / (double)stride;
        Assert.Equal(100.0 * (1.0 - (touched * touched)), unread, 1e-9);
    }

    // ResNet's first layout: main path and shortcut both begin with a 1x1 convolution of stride 2.
    [Fact]
    public void Ask_AllReadersSkip_IsFix() =>
        Assert.Equal(
            75.0,
            Networks
                .Ask<SkippedInput>(
                    Networks.Of([1, 16, 16], new Residual(Networks.Conv(1, 2, 0), Networks.Conv(1, 2, 0)))
                )
                .Is(Verdict.Fix)
                .Number("lost")
        );

    [Fact]
    public void Ask_ReadersThatTakeTurns_LosesHalf() =>
        Assert.Equal(
            50.0,
            Networks
                .Ask<SkippedInput>(
                    Networks.Of(
                        [1, 15, 15],
                        new Concat(Networks.Conv(1, 2, 0), new Conv2d(1, 1, 1, 2, Padding.Explicit(1, 0)))
                    )
                )
                .Is(Verdict.Fix)
                .Number("lost")
        );
}
