namespace Fovea.Data.Tests;

/// <summary>Which pixels a resized picture is made of, against whole-number arithmetic.</summary>
public sealed class ImagePositionsTests
{
    private const int Largest = 60;

    [Fact]
    public void Fit_AnyWidths_ReadsThePixelsThatWholeNumbersSay()
    {
        for (int width = 2; width <= Largest; width++)
        {
            float[][] responses = [.. Enumerable.Range(0, width).Select(_ => Array.Empty<float>())];
            for (int newWidth = 1; newWidth <= 3 * Largest; newWidth++)
            {
                if (newWidth == width)
                {
                    continue;
                }

                for (int pixel = 0; pixel < width; pixel++)
                {
                    responses[pixel] = Response(width, pixel, newWidth);
                }

                AssertWeights(width, newWidth, responses);
            }
        }
    }

    /// <summary>What a picture of one row gives that is white at one pixel and black elsewhere.</summary>
    private static float[] Response(int width, int pixel, int newWidth)
    {
        float[] row = new float[width];
        row[pixel] = 1;
        return AxisResize.Fit(row, 1, width, 1, newWidth);
    }

    private static void AssertWeights(int width, int newWidth, float[][] responses)
    {
        for (int x = 0; x < newWidth; x++)
        {
            for (int pixel = 0; pixel < width; pixel++)
            {
                (long numerator, long denominator) =
                    newWidth < width ? Covered(width, newWidth, x, pixel) : Nearness(width, newWidth, x, pixel);
                float expected = (float)((double)numerator / denominator),
                    actual = responses[pixel][x];
                if (
                    numerator == 0 || numerator == denominator ? actual != expected : Math.Abs(actual - expected) > 1e-6
                )
                {
                    Assert.Fail($"{width} to {newWidth}: pixel {x} takes {actual:R} of {pixel}, not {expected:R}");
                }
            }
        }
    }

    /// <summary>The share of the new pixel's area that an old pixel makes up, both measured in units of 1 / (width *
    /// newWidth).</summary>
    private static (long Numerator, long Denominator) Covered(int width, int newWidth, int x, int pixel) =>
        (
            Math.Max(
                0,
                Math.Min((x + 1L) * width, (pixel + 1L) * newWidth) - Math.Max((long)x * width, (long)pixel * newWidth)
            ),
            width
        );

    /// <summary>1 less the distance of an old pixel's centre from the new one's, the new one kept within the outermost
    /// centres.</summary>
    private static (long Numerator, long Denominator) Nearness(int width, int newWidth, int x, int pixel)
    {
        long unit = 2L * newWidth,
            place = Math.Clamp((((2L * x) + 1) * width) - newWidth, 0, (width - 1) * unit);
        return (Math.Max(0, unit - Math.Abs(place - (pixel * unit))), unit);
    }
}
