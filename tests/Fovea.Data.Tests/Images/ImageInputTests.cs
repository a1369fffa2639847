namespace Fovea.Data.Tests;

public sealed class ImageInputTests
{
    private static PngImage Image(byte color, int width, int height, params byte[] samples)
    {
        int row = samples.Length / height;
        return PngImage.Decode(PngBytes.File(PngBytes.Header(width, height, 8, color), PngBytes.Data([.. Enumerable.Range(0, height).SelectMany(y => (byte[])[0, .. samples.AsSpan(y * row, row)])])));
    }

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }
    }

    [Fact]
    public void Fit_SameShape_ChangesNothing() => Near([0, 0.2f, 0.4f, 1], ImageInput.Fit(Image(0, 2, 2, 0, 51, 102, 255), [1, 2, 2]));

    [Fact]
    public void Fit_ColorToGray_WeighsByRec601() =>
        Near([0.299f, 0.587f, 0.114f, 1], ImageInput.Fit(Image(2, 4, 1, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255), [1, 1, 4]));

    [Fact]
    public void Fit_GrayToColor_Repeats() => Near([0.2f, 1, 0.2f, 1, 0.2f, 1], ImageInput.Fit(Image(0, 2, 1, 51, 255), [3, 1, 2]));

    [Fact]
    public void Fit_Transparency_IsLaidOverWhite()
    {
        Near([1, 0.6f, 0], ImageInput.Fit(Image(4, 3, 1, 0, 0, 0, 102, 0, 255), [1, 1, 3]));
        Near([1, 0.6f, 1], ImageInput.Fit(Image(6, 1, 1, 255, 0, 255, 102), [3, 1, 1]));
    }

    [Fact]
    public void Fit_Shrinking_AveragesTheCoveredArea()
    {
        Near([0.3f, 0.8f], ImageInput.Fit(Image(0, 4, 1, 51, 102, 153, 255), [1, 1, 2]));
        Near([(0.2f + (0.4f / 2)) / 1.5f, ((0.4f / 2) + 1f) / 1.5f], ImageInput.Fit(Image(0, 1, 3, 51, 102, 255), [1, 2, 1]));
    }

    [Fact]
    public void Fit_Growing_InterpolatesBetweenCentres()
    {
        Near([0, 0.25f, 0.75f, 1], ImageInput.Fit(Image(0, 2, 1, 0, 255), [1, 1, 4]));
        Near([0.2f, 0.2f, 0.2f], ImageInput.Fit(Image(0, 1, 1, 51), [1, 3, 1]));
    }

    [Fact]
    public void Fit_NotAnImageShape_SaysTheShape() =>
        Assert.Contains("an image fits items [1, H, W] or [3, H, W], got [2, 4, 4]", Assert.Throws<ShapeException>(() => ImageInput.Fit(Image(0, 1, 1, 51), [2, 4, 4])).Message, StringComparison.Ordinal);
}
