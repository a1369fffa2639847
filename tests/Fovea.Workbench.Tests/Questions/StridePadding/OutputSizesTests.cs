namespace Fovea.Workbench.Tests;

public sealed class OutputSizesTests
{
    [Theory]
    [InlineData("resnet18", 7)]
    [InlineData("vgg16", 7)]
    [InlineData("mobilenet_v2", 7)]
    [InlineData("efficientnet_b0", 7)]
    public void Ask_UsualInput_IsOk(string model, int last)
    {
        Answer answer = Networks.Ask<OutputSizes>(Networks.Zoo(model)).Is(Verdict.Ok);
        Assert.Equal((last, 32.0), (answer.Number("lastMap"), answer.Number("jump")));
    }

    [Fact]
    public void Ask_ResNet18_NamesEachReductionOnce()
    {
        Answer answer = Networks.Ask<OutputSizes>(Networks.Zoo("resnet18"));
        Assert.Equal(
            "224x224 -> 112x112 (conv1) -> 56x56 (maxpool) -> 28x28 (layer2.0.conv1) -> 14x14 (layer3.0.conv1) -> 7x7 (layer4.0.conv1).",
            answer.Finding
        );
    }

    // NeuraLint's deep_CNN_too_much_pooling: 13 convolutions on 224 pixels, each followed by a pool of 2. With pools
    // that let it live, sizes are 1 from the eighth on.
    [Fact]
    public void Ask_PoolAfterEveryConvolution_IsFix()
    {
        Module[] modules =
        [
            .. Enumerable
                .Range(0, 13)
                .SelectMany(_ => new[] { Networks.Conv(), new MaxPool2d(2, padding: 0, ceilMode: true) }),
        ];
        Answer answer = Networks.Ask<OutputSizes>(Networks.Of([1, 224, 224], modules)).Is(Verdict.Fix);
        Assert.Contains("Each of the 13 convolutions is followed by a pool", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(
            (1.0, 10.0, 13.0),
            (answer.Number("lastMap"), answer.Number("windowsOnOnePosition"), answer.Number("pooledConvolutions"))
        );
        Assert.Contains("16", answer.Layers[0], StringComparison.Ordinal); // 224 112 56 28 14 7 4 2 1: modules 0 to 15; the ninth convolution and all behind it read one position
    }

    [Fact]
    public void Trace_PoolAfterEveryConvolution_SaysWhereSizesEnd()
    {
        Module[] modules = [.. Enumerable.Range(0, 13).SelectMany(_ => new[] { Networks.Conv(), new MaxPool2d(2) })];
        string message = Assert.Throws<ShapeException>(() => Networks.Of([1, 224, 224], modules)).Message;
        Assert.Contains(
            "'15': the kernel must not exceed the padded input, got kernel extent 2 on height 1",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("less downsampling", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_FewConvolutionsOnOnePosition_IsLook()
    {
        Answer answer = Networks.Ask<OutputSizes>(Networks.Zoo("resnet18", 3, 32, 32)).Is(Verdict.Look);
        Assert.Equal(["layer4.0.conv2", "layer4.1.conv1", "layer4.1.conv2"], answer.Layers);
    }

    [Fact]
    public void Ask_OnePoolInAStack_IsOk() =>
        Networks
            .Ask<OutputSizes>(
                Networks.Of(
                    [1, 32, 32],
                    Networks.Conv(),
                    new MaxPool2d(2),
                    Networks.Conv(),
                    new MaxPool2d(2),
                    Networks.Conv(),
                    Networks.Conv(),
                    new MaxPool2d(2)
                )
            )
            .Is(Verdict.Ok);

    [Fact]
    public void Ask_FourConvolutionsAllPooled_IsLook() =>
        Networks
            .Ask<OutputSizes>(
                Networks.Of(
                    [1, 64, 64],
                    [.. Enumerable.Range(0, 4).SelectMany(_ => new[] { Networks.Conv(), new MaxPool2d(2) })]
                )
            )
            .Is(Verdict.Look);
}
