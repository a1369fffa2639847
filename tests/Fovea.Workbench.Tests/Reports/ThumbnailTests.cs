using System.Buffers.Binary;
using Fovea.Data;

namespace Fovea.Workbench.Tests.Reports;

public sealed class ThumbnailTests
{
    [Theory]
    [InlineData(1, 28, 28, 28, 28)] // small ones stay
    [InlineData(3, 224, 224, 64, 64)]
    [InlineData(3, 100, 400, 16, 64)]
    [InlineData(4, 1, 1000, 1, 64)]
    public void Of_Pictures_AreAtMost64PixelsASide(int channels, int height, int width, int rows, int columns)
    {
        byte[] file = Thumbnail.Of(new float[channels * height * width], [channels, height, width]);
        Assert.Equal(columns, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)));
        Assert.Equal(rows, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20)));
    }

    [Fact]
    public void Of_APictureTwiceAsLarge_TakesMeansOfFour()
    {
        float[] values = new float[128 * 128];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((i % 128) + (i / 128)) % 2; // a chess board: every mean is a half
        }

        Assert.Equal(
            PngEncoder.Encode([.. Enumerable.Repeat(0.5f, 64 * 64)], 1, 64, 64),
            Thumbnail.Of(values, [1, 128, 128])
        );
    }

    [Fact]
    public void Of_ASeries_IsItsCurve()
    {
        // Rising from corner to corner: column x is dark at row 63 - x, and at the row of the column before.
        float[] expected = [.. Enumerable.Repeat(1f, 64 * 64)];
        for (int x = 0; x < 64; x++)
        {
            expected[((63 - x) * 64) + x] = 0;
            if (x > 0)
            {
                expected[((64 - x) * 64) + x] = 0;
            }
        }

        float[] line = [.. Enumerable.Range(0, 64).Select(i => i * 2f)];
        Assert.Equal(PngEncoder.Encode(expected, 1, 64, 64), Thumbnail.Of(line, [1, 64]));
    }

    [Fact]
    public void Of_ASeriesWithGaps_HasAPicture() =>
        Assert.NotEmpty(Thumbnail.Of([float.NaN, 1, float.PositiveInfinity, 2], [1, 4]));

    [Fact]
    public void Of_AnotherLength_SaysBoth() =>
        Assert.Contains(
            "[1, 2, 2] has 4 values, got 3",
            Assert.Throws<ArgumentException>(() => Thumbnail.Of(new float[3], [1, 2, 2])).Message,
            StringComparison.Ordinal
        );
}
