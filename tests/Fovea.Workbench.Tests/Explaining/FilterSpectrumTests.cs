namespace Fovea.Workbench.Tests;

public sealed class FilterSpectrumTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(11)]
    public void Of_GaborBank_IsStructured(int side)
    {
        FilterSpectrum found = FilterSpectrum.Of(Filters.Gabor(16, side), new Rng(1))!;

        Assert.True(found.IsStructured, $"{found}");
        Assert.True(found.Frequencies < 0.6 * found.Random, $"{found}");
    }

    [Fact]
    public void Of_Noise_IsNot()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            FilterSpectrum found = FilterSpectrum.Of(Tensor.Normal([16, 3, 5, 5], rng: new Rng(seed)), new Rng(99))!;
            Assert.False(found.IsStructured, $"seed {seed}: {found}");
        }
    }

    [Theory]
    [InlineData(0.0)] // a constant
    [InlineData(1.0)] // a chessboard
    public void Of_OneFrequency_IsCountedAsOne(double height)
    {
        float[] kernel = [.. Enumerable.Range(0, 16).Select(i => height > 0 && (i + (i / 4)) % 2 == 1 ? -1f : 1f)];

        FilterSpectrum found = FilterSpectrum.Of(Tensor.From(kernel, [1, 1, 4, 4]), new Rng(1))!;

        Assert.Equal((1.0, height), (Math.Round(found.Frequencies, 6), Math.Round(found.Centroid, 6)));
        Assert.Equal(10, found.Most); // 16 frequencies, 4 of which are their own opposite
    }

    [Fact]
    public void Of_Series_IsMeasuredAlongTheirAxis()
    {
        float[] wave =
        [
            .. Enumerable.Range(0, 8 * 9).Select(i => MathF.Sin(2 * MathF.PI * (i % 9) / 9f * (1 + (i / 9 % 2)))),
        ];

        FilterSpectrum found = FilterSpectrum.Of(Tensor.From(wave, [8, 1, 9]), new Rng(1))!;

        Assert.True(found.IsStructured, $"{found}");
        Assert.Equal(1.0, found.Frequencies, 4);
    }

    [Fact]
    public void Of_KernelsTooSmallOrOfZeros_AreNotJudged()
    {
        Assert.Null(FilterSpectrum.Of(Tensor.Ones([4, 3, 1, 1]), new Rng(1)));
        Assert.Null(FilterSpectrum.Of(Tensor.Ones([4, 3, 2, 2]), new Rng(1)));
        Assert.Null(FilterSpectrum.Of(Tensor.Ones([4, 3]), new Rng(1)));
        Assert.Null(FilterSpectrum.Of(Tensor.Zeros([4, 3, 3, 3]), new Rng(1)));
    }
}

/// <summary>Planted filters.</summary>
internal static class Filters
{
    /// <summary>Gratings in a Gaussian window, of several directions and two wave lengths.</summary>
    public static Tensor Gabor(int count, int side, int channels = 1)
    {
        float[] values = new float[count * channels * side * side];
        for (int i = 0; i < values.Length; i++)
        {
            int filter = i / (channels * side * side);
            double angle = Math.PI * filter / count,
                length = side / (filter % 2 == 0 ? 2.0 : 1.5),
                y = (i / side % side) - ((side - 1) / 2.0),
                x = (i % side) - ((side - 1) / 2.0);
            double along = (x * Math.Cos(angle)) + (y * Math.Sin(angle));
            values[i] = (float)(
                Math.Exp(-((x * x) + (y * y)) / (2 * Math.Pow(side / 4.0, 2))) * Math.Cos(2 * Math.PI * along / length)
            );
        }

        return Tensor.From(values, [count, channels, side, side]);
    }
}
