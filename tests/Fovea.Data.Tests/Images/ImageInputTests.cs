namespace Fovea.Data.Tests;

public sealed class ImageInputTests
{
    private static RasterImage Image(byte color, int width, int height, params byte[] samples)
    {
        int row = samples.Length / height;
        return ImageFile.Decode(
            PngBytes.File(
                PngBytes.Header(width, height, 8, color),
                PngBytes.Data([
                    .. Enumerable.Range(0, height).SelectMany(y => (byte[])[0, .. samples.AsSpan(y * row, row)]),
                ])
            )
        );
    }

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1.01f / 255);
        }
    }

    [Fact]
    public void Fit_SameShape_ChangesNothing() =>
        Near([0, 0.2f, 0.4f, 1], ImageInput.Fit(Image(0, 2, 2, 0, 51, 102, 255), [1, 2, 2]));

    [Fact]
    public void Fit_ColorToGray_WeighsByRec601() =>
        Near(
            [0.299f, 0.587f, 0.114f, 1],
            ImageInput.Fit(Image(2, 4, 1, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255), [1, 1, 4])
        );

    [Fact]
    public void Fit_GrayToColor_Repeats() =>
        Near([0.2f, 1, 0.2f, 1, 0.2f, 1], ImageInput.Fit(Image(0, 2, 1, 51, 255), [3, 1, 2]));

    [Fact]
    public void Fit_Transparency_IsLaidOverWhite()
    {
        Near([1, 0.6f, 0], ImageInput.Fit(Image(4, 3, 1, 0, 0, 0, 102, 0, 255), [1, 1, 3]));
        Near([1, 0.6f, 1], ImageInput.Fit(Image(6, 1, 1, 255, 0, 255, 102), [3, 1, 1]));
        Near([0.299f + (0.587f * 0.6f) + 0.114f], ImageInput.Fit(Image(6, 1, 1, 255, 0, 255, 102), [1, 1, 1]));
    }

    [Fact]
    public void Fit_Growing_InterpolatesBetweenCentres()
    {
        Near([0, 0.25f, 0.75f, 1], ImageInput.Fit(Image(0, 2, 1, 0, 255), [1, 1, 4]));
        Near([0.2f, 0.2f, 0.2f], ImageInput.Fit(Image(0, 1, 1, 51), [1, 3, 1]));
    }

    [Theory]
    [InlineData(1, 200_000)]
    [InlineData(200_000, 1)]
    public void Fit_LongThinImage_TakesLittleMemory(int width, int height)
    {
        byte[] rows = new byte[height * (width + 1)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (byte)(i % (width + 1) != 0 && i >= (rows.Length + 1) / 2 ? 255 : 0); // black, then white
        }

        RasterImage image = ImageFile.Decode(PngBytes.File(PngBytes.Header(width, height, 8, 0), PngBytes.Data(rows)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        float[] item = ImageInput.Fit(image, width == 1 ? [1, 10, 1000] : [1, 1000, 10]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20); // the other axis first would take 800 MB
        float[] along = [.. Enumerable.Range(0, 10).Select(i => item[width == 1 ? i * 1000 : i])];
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], along.Select(v => (float)Math.Round(v)));
        Near(along, [.. Enumerable.Range(0, 10).Select(i => item[width == 1 ? (i * 1000) + 999 : i + 9990])]);
    }

    [Fact]
    public void Fit_EitherAxisFirst_GivesTheSame()
    {
        byte[] samples = [.. Enumerable.Range(0, 60).Select(i => (byte)(i * 37))];
        byte[] turned = [.. Enumerable.Range(0, 60).Select(i => samples[(i % 5 * 12) + (i / 5)])];
        float[] wide = ImageInput.Fit(Image(0, 12, 5, samples), [1, 7, 4]),
            tall = ImageInput.Fit(Image(0, 5, 12, turned), [1, 4, 7]);
        Near(wide, [.. Enumerable.Range(0, 28).Select(i => tall[(i % 4 * 7) + (i / 4)])]);
    }

    [Fact]
    public void Fit_ItemTooLarge_SaysItsSize() =>
        Assert.Contains(
            "An item may have up to 67108864 values, [1, 8192, 8193] has 67117056",
            Assert.Throws<ShapeException>(() => ImageInput.Fit(Image(0, 1, 1, 51), [1, 8192, 8193])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Fit_NotAnImageShape_SaysTheShape() =>
        Assert.Contains(
            "A picture fits items [1, H, W] (gray) or [3, H, W] (RGB), but this network's items are [2, 4, 4]",
            Assert.Throws<ShapeException>(() => ImageInput.Fit(Image(0, 1, 1, 51), [2, 4, 4])).Message,
            StringComparison.Ordinal
        );
}
