using System.Text.Json;
using Fovea.Kernels;
using Fovea.Testing;

namespace Fovea.Tests;

public sealed class DiracTests
{
    [Fact]
    public void Fill_GoldenShapes_PutsTheOnesWherePyTorchDoes()
    {
        foreach (JsonElement item in Golden.Optimizers.GetProperty("dirac").EnumerateArray())
        {
            Shape shape = Shape.Create([.. item.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32())]);
            Dirac dirac = new(item.GetProperty("groups").GetInt32());
            double[] values = InitializerTests.Filled(dirac, shape, DType.Float32, 1);
            int[] ones = [.. values.Select((v, i) => (v, i)).Where(p => p.v == 1).Select(p => p.i)];
            Assert.Equal(item.GetProperty("ones").EnumerateArray().Select(e => e.GetInt32()), ones);
            Assert.Equal(values.Length - ones.Length, values.Count(v => v == 0));
            double share = (double)ones.Length / values.Length;
            Assert.Equal(share * (1 - share), dirac.Variance(shape), 1e-14);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public unsafe void Fill_SamePadding_ConvolvesToTheIdentity(int groups)
    {
        const int Channels = 6;
        WindowAxis axis = new(7, 3, 1, 1, 1, 1),
            wide = new(5, 5, 1, 1, 2, 2);
        ConvolutionGeometry geometry = new(
            2,
            Channels,
            Channels,
            groups,
            WindowAxis.None,
            axis,
            wide,
            PaddingMode.Zeros
        );
        Tensor x = Tensor.Normal([2, Channels, 7, 5], rng: new Rng(4), dtype: DType.Float64),
            y = Tensor.Zeros(x.Shape, DType.Float64);
        Tensor weight = Tensor.Zeros([Channels, Channels / groups, 3, 5], DType.Float64);
        new Dirac(groups).Fill(weight, new Rng(1));
        ReferenceConvolution<double>.Forward(
            geometry,
            x.Pointer<double>(),
            weight.Pointer<double>(),
            null,
            y.Pointer<double>()
        );
        Assert.Equal(x.ToArray<double>(), y.ToArray<double>());
        GC.KeepAlive(weight);
    }

    [Fact]
    public void Fill_WrongShape_SaysWhatItFills()
    {
        Assert.Equal(
            "Dirac: fills a convolution's weight [out, in / groups, kernel...] of 1 to 3 spatial axes, out a multiple of groups, got [4, 4] with groups 1.",
            Assert.Throws<ShapeException>(() => new Dirac().Fill(Tensor.Zeros([4, 4]), new Rng(1))).Message
        );
        Assert.Contains(
            "got [4, 4, 3] with groups 3",
            Assert.Throws<ShapeException>(() => new Dirac(3).Variance([4, 4, 3])).Message,
            StringComparison.Ordinal
        );
    }
}
