using System.Globalization;

namespace Fovea.Data.Tests;

/// <summary>Resizing against the tables that Pillow tests itself with (Tests/test_image_resample.py), and against the
/// filter's formula in double precision.</summary>
public sealed class PictureResizeTests
{
    [Theory]
    [InlineData(8, 4, Interpolation.Bilinear, "e1 c9 c9 b7")]
    [InlineData(12, 6, Interpolation.Bicubic, "e1 e3 d4 e3 e5 d6 d4 d6 c9")]
    [InlineData(2, 4, Interpolation.Bilinear, "e1 b0 b0 98")]
    [InlineData(4, 8, Interpolation.Bicubic, "e1 e5 ee b9 e5 e9 f3 bc ee f3 fd c1 b9 bc c1 a2")]
    public void Fit_PublishedTables_AreEqual(int size, int newSize, Interpolation interpolation, string quarter)
    {
        byte[] samples = new byte[size * size];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (byte)((i % size < size / 2) == (i / size < size / 2) ? 0xE1 : 0x1E);
        }

        byte[] result = PictureResize.Fit(
            new RasterImage(size, size, 1, samples),
            new PixelBox(0, 0, size, size),
            new ResizeTarget(newSize, newSize),
            interpolation
        );
        int[] expected =
        [
            .. quarter.Split(' ').Select(v => int.Parse(v, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ];
        int half = newSize / 2;
        for (int y = 0; y < newSize; y++)
        {
            for (int x = 0; x < newSize; x++)
            {
                int value = expected[(Math.Min(y, newSize - 1 - y) * half) + Math.Min(x, newSize - 1 - x)];
                Assert.Equal((x < half) == (y < half) ? value : 255 - value, result[(y * newSize) + x]);
            }
        }
    }

    [Theory]
    [InlineData(250, 190, 25, 19, 3, Interpolation.Bilinear)]
    [InlineData(250, 190, 25, 19, 3, Interpolation.Bicubic)]
    [InlineData(97, 64, 41, 80, 1, Interpolation.Bilinear)]
    [InlineData(30, 20, 77, 51, 4, Interpolation.Bicubic)]
    [InlineData(60, 1, 7, 1, 3, Interpolation.Bilinear)]
    public void Fit_AnySize_IsWithinOneLevelOfTheFormula(
        int width,
        int height,
        int newWidth,
        int newHeight,
        int channels,
        Interpolation interpolation
    )
    {
        byte[] samples = new byte[width * height * channels];
        Rng rng = new(5);
        foreach (ref byte sample in samples.AsSpan())
        {
            sample = (byte)(64 + rng.Next(128)); // cubic sums stay in range, as Pillow cuts what leaves it after each axis
        }

        byte[] result = PictureResize.Fit(
            new RasterImage(width, height, channels, samples),
            new PixelBox(0, 0, width, height),
            new ResizeTarget(newWidth, newHeight),
            interpolation
        );
        for (int i = 0; i < result.Length; i++)
        {
            (int x, int y, int c) = (i / channels % newWidth, i / channels / newWidth, i % channels);
            double expected = 0;
            double[] across = Weights(x, width, newWidth, interpolation),
                down = Weights(y, height, newHeight, interpolation);
            for (int p = 0; p < width * height; p++)
            {
                expected += across[p % width] * down[p / width] * samples[(p * channels) + c];
            }

            // Half a level of rounding an axis; cubic weights carry the first on by up to 1.25.
            Assert.InRange(result[i] - expected, -1.13, 1.13);
        }
    }

    [Fact]
    public void Fit_Box_EqualsTheCutOutPicture()
    {
        byte[] samples = [.. Enumerable.Range(0, 20 * 10 * 3).Select(i => (byte)(i * 73))];
        byte[] cut = new byte[7 * 5 * 3];
        for (int y = 0; y < 5; y++)
        {
            samples.AsSpan((((y + 2) * 20) + 4) * 3, 21).CopyTo(cut.AsSpan(y * 21));
        }

        Assert.Equal(
            PictureResize.Fit(
                new RasterImage(7, 5, 3, cut),
                new PixelBox(0, 0, 7, 5),
                new ResizeTarget(11, 4),
                Interpolation.Bilinear
            ),
            PictureResize.Fit(
                new RasterImage(20, 10, 3, samples),
                new PixelBox(4, 2, 7, 5),
                new ResizeTarget(11, 4),
                Interpolation.Bilinear
            )
        );
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void Fit_PartOfTheResult_EqualsThatPartOfTheWhole(Interpolation interpolation)
    {
        byte[] samples = [.. Enumerable.Range(0, 50 * 40 * 3).Select(i => (byte)(i * 73))];
        RasterImage image = new(50, 40, 3, samples);
        PixelBox all = new(0, 0, 50, 40);
        byte[] whole = PictureResize.Fit(image, all, new ResizeTarget(31, 60), interpolation),
            part = PictureResize.Fit(image, all, new ResizeTarget(31, 60, 9, 20, 12, 17), interpolation);
        for (int y = 0; y < 17; y++)
        {
            Assert.Equal(whole.AsSpan((((y + 20) * 31) + 9) * 3, 36), part.AsSpan(y * 36, 36));
        }
    }

    /// <summary>The weights of all pixels of an axis for a new one, by the definition.</summary>
    private static double[] Weights(int index, int size, int newSize, Interpolation interpolation)
    {
        double scale = (double)size / newSize,
            wide = Math.Max(1, scale),
            center = (index + 0.5) * scale;
        double[] weights =
        [
            .. Enumerable
                .Range(0, size)
                .Select(i => Math.Abs((i + 0.5 - center) / wide))
                .Select(d =>
                    interpolation == Interpolation.Bilinear ? Math.Max(0, 1 - d)
                    : d < 1 ? (1.5 * d * d * d) - (2.5 * d * d) + 1
                    : d < 2 ? (-0.5 * d * d * d) + (2.5 * d * d) - (4 * d) + 2
                    : 0
                ),
        ];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }
}
