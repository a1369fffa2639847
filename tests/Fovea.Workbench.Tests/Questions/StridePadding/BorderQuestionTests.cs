namespace Fovea.Workbench.Tests;

/// <summary>Questions 2.8 and 2.12.</summary>
public sealed class BorderQuestionTests
{
    [Theory]
    [InlineData(1, 6.0 / 9.0, 4.0 / 9.0)]
    [InlineData(2, 0.5556, 0.3086)]
    [InlineData(5, 0.3951, 0.1561)]
    public void BorderDimming_Stack_IsThePublished(int layers, double edge, double corner)
    {
        Answer answer = Networks
            .Ask<BorderDimming>(Networks.Of([1, 40, 40], [.. Enumerable.Range(0, layers).Select(_ => Networks.Conv())]))
            .Is(Verdict.Ok);
        Assert.Equal(edge, answer.Number("edge"), 5e-5);
        Assert.Equal(corner, answer.Number("corner"), 5e-5);
    }

    [Fact]
    public void BorderDimming_DeepStack_IsLook() =>
        Networks
            .Ask<BorderDimming>(Networks.Of([1, 40, 40], [.. Enumerable.Range(0, 16).Select(_ => Networks.Conv())]))
            .Is(Verdict.Look);

    // The same by computing: kernels of equal taps on a constant image.
    [Fact]
    public void BorderDimming_Strided_IsWhatAConstantImageGives()
    {
        Sequential net = new(Networks.Conv(), Networks.Conv(5, 2), Networks.Conv(), new AvgPool2d(2));
        foreach (Parameter weight in net.Parameters())
        {
            weight.Fill(1.0 / (weight.Shape[2] * weight.Shape[3]));
        }

        float[] y = NoGrad.Run(() => net.Forward(Tensor.Ones([1, 1, 33, 33]))).ToArray();
        Answer answer = Networks.Ask<BorderDimming>(new Evidence(Graph.Trace(net, [1, 33, 33]), "strided"));
        int side = (int)Math.Sqrt(y.Length);
        double middle = y.Max();
        Assert.Equal(Math.Min(y[side / 2], y[^(1 + (side / 2))]) / middle, answer.Number("edge"), 1e-5);
        Assert.Equal(Math.Min(y[0], y[^1]) / middle, answer.Number("corner"), 1e-5);
    }

    // Behind a transposed convolution positions repeat by phases; each end is compared with its own.
    [Fact]
    public void BorderDimming_Transposed_IsWhatAConstantImageGives()
    {
        foreach ((int kernel, int stride) in new[] { (4, 2), (1, 2), (6, 3) })
        {
            int padding = (kernel - stride) / 2;
            ConvTranspose2d layer = new(1, 1, kernel, stride, Math.Max(0, padding), bias: false);
            layer.Weight.Fill(1f / (Math.Max(1, kernel / stride) * Math.Max(1, kernel / stride)));
            float[] y = NoGrad.Run(() => layer.Forward(Tensor.Ones([1, 1, 12, 12]))).ToArray();
            int side = (int)Math.Sqrt(y.Length);
            Answer answer = Networks.Ask<BorderDimming>(Networks.Of([1, 12, 12], layer));
            double edge =
                y[side * (side / 2 / stride * stride)]
                / (double)y[side * (side / 2 / stride * stride) + (side / 2 / stride * stride)];
            Assert.True(
                Math.Abs(edge - answer.Number("edge")) < 1e-6,
                $"kernel {kernel}, stride {stride}: {edge} at the edge, said {answer.Finding}"
            );
        }
    }

    [Fact]
    public void BorderDimming_ReflectPadding_IsOk() =>
        Assert.Equal(
            1.0,
            Networks
                .Ask<BorderDimming>(
                    Networks.Of([1, 9, 9], new Conv2d(1, 1, 3, padding: 1, paddingMode: PaddingMode.Reflect))
                )
                .Is(Verdict.Ok)
                .Number("corner")
        );

    // Alsallakh et al. 2021: 1, 3 and 9 ways for a 3x3 convolution without padding on 7x7.
    [Fact]
    public void PixelInfluence_ValidThreeOnSeven_IsOneThreeNine()
    {
        Answer answer = Networks.Ask<PixelInfluence>(Networks.Of([1, 7, 7], Networks.Conv(3, 1, 0)));
        Assert.Equal((3.0 / 9.0, 1.0 / 9.0), (answer.Number("edge"), answer.Number("corner")));
    }

    // By computing: with all weights 1 the gradient of the outputs' sum counts paths.
    [Theory]
    [InlineData(3, 2, 1, 21)]
    [InlineData(5, 1, 2, 21)]
    [InlineData(3, 1, 0, 21)]
    [InlineData(2, 2, 0, 20)]
    public void PixelInfluence_Chain_CountsWhatGradientsCount(int kernel, int stride, int padding, int size)
    {
        Sequential net = new(Networks.Conv(), Networks.Conv(kernel, stride, padding), Networks.Conv());
        foreach (Parameter weight in net.Parameters())
        {
            weight.Fill(1.0);
        }

        Tensor x = Tensor.Ones([1, 1, size, size]);
        x.RequiresGrad = true;
        net.Forward(x).Sum().Backward();
        float[] counts = x.Grad!.ToArray();
        Evidence evidence = new(Graph.Trace(net, [1, size, size]), "chain");
        IReadOnlyList<double> profile = evidence.Border(0).Paths(evidence.LastMap)!;
        double most = counts.Max();
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                Assert.Equal(counts[(row * size) + column] / most, profile[row] * profile[column], 1e-6);
            }
        }

        int count = Math.Max(1, size / 5);
        double middle = profile.Skip((size - count) / 2).Take(count).Average();
        Assert.Equal(
            Math.Min(profile[0], profile[^1]) / middle,
            Networks.Ask<PixelInfluence>(evidence).Number("edge"),
            1e-9
        );
    }

    [Fact]
    public void PixelInfluence_SkippedPixels_AreCounted() =>
        Assert.Equal(
            4.0,
            Networks.Ask<PixelInfluence>(Networks.Of([1, 8, 8], Networks.Conv(1, 2, 0))).Number("withoutPath")
        );

    [Theory]
    [InlineData("resnet18")]
    [InlineData("efficientnet_b0")]
    [InlineData("mobilenet_v2")]
    public void Questions_CleanNetworks_AreAtMostLook(string model)
    {
        Assert.NotEqual(Verdict.Fix, Networks.Ask<BorderDimming>(Networks.Zoo(model)).Verdict);
        Answer paths = Networks.Ask<PixelInfluence>(Networks.Zoo(model));
        Assert.True(paths.Verdict is Verdict.Ok or Verdict.Look && paths.Number("edge") < 1.0, paths.Finding);
    }
}
