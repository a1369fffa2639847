namespace Fovea.Workbench.Tests;

public sealed class CheckerboardsTests
{
    // Odena et al. 2016: kernel 3 and stride 2 overlap 2,1,2,1 along an axis, up to 4 to 1 in two.
    [Fact]
    public void Ask_ThreeByTwo_IsTwoOne()
    {
        Answer answer = Networks
            .Ask<Checkerboards>(Networks.Of([1, 8, 8], new ConvTranspose2d(1, 1, 3, 2)))
            .Is(Verdict.Fix);
        Assert.Contains("2,1,2,1", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(4.0, answer.Number("largestRatio"));
    }

    [Fact]
    public void Ask_KernelBelowStride_SaysThatSomeAreNeverWritten()
    {
        Answer answer = Networks
            .Ask<Checkerboards>(Networks.Of([1, 8, 8], new ConvTranspose2d(1, 1, 1, 2)))
            .Is(Verdict.Fix);
        Assert.Contains("1,0,1,0 times along an axis, some never", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(["uneven"], answer.Predicted.Select(q => q.Name)); // no ratio: it has no end
    }

    [Fact]
    public void Ask_LaterConvolution_IsLook() =>
        Networks
            .Ask<Checkerboards>(Networks.Of([1, 8, 8], new ConvTranspose2d(1, 1, 3, 2), Networks.Conv()))
            .Is(Verdict.Look);

    [Fact]
    public void Ask_KernelMultipleOfStride_IsOk() =>
        Networks.Ask<Checkerboards>(Networks.Of([1, 8, 8], new ConvTranspose2d(1, 1, 4, 2, 1))).Is(Verdict.Ok);

    [Fact]
    public void Ask_ResizeConvolution_IsOk() =>
        Networks.Ask<Checkerboards>(Networks.Of([1, 8, 8], new Upsample(2.0), Networks.Conv())).Is(Verdict.Ok);

    [Fact]
    public void Ask_Classifier_IsNotApplicable() =>
        Networks.Ask<Checkerboards>(Networks.Zoo("vgg16", 3, 64, 64)).Is(Verdict.NotApplicable);

    // By computing: a constant image through taps of 1 is flat but at the border exactly where the answer says so.
    [Theory]
    [InlineData(2, 2, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(4, 2, 1)]
    [InlineData(5, 2, 1)]
    [InlineData(5, 3, 1)]
    [InlineData(6, 3, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(2, 2, 3)]
    public void Ask_AnyKernel_IsTheResponseToAConstant(int kernel, int stride, int dilation)
    {
        ConvTranspose1d layer = new(1, 1, kernel, stride, dilation: dilation, bias: false);
        Evidence evidence = Networks.Of([1, 20], layer);
        layer.Weight.Fill(1.0);
        float[] y = NoGrad.Run(() => layer.Forward(Tensor.Ones([1, 1, 20]))).ToArray()[16..^16];
        Answer answer = Networks.Ask<Checkerboards>(evidence);
        Assert.Equal(
            y.Min() > 0f ? (double?)y.Max() / y.Min() : null,
            answer.Predicted.FirstOrDefault(q => q.Name == "largestRatio")?.Value
        );
        Assert.Equal(y.Max() == y.Min(), answer.Verdict == Verdict.Ok);
    }
}
