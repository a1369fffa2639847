namespace Fovea.Data.Tests;

/// <summary>Short side and middle, by torchvision's whole-number rules.</summary>
public sealed class ImageSizingTests
{
    private static float[] Apply(int width, int height, int shortSide, int crop, Func<int, int, int> sample)
    {
        byte[] samples = [.. Enumerable.Range(0, width * height).Select(i => (byte)sample(i % width, i / width))];
        return ImageInput.Fit(new RasterImage(width, height, 1, samples), [1, crop, crop], new ImageSizing(shortSide));
    }

    [Theory] // remainders 9 and 11: halves round to even, so the cut begins at 4 and 6
    [InlineData(19, 10, 4)]
    [InlineData(21, 10, 6)]
    [InlineData(20, 10, 5)]
    public void Apply_OddRemainder_BeginsAtTheEvenHalf(int size, int crop, int first)
    {
        float[] item = Apply(size, size, size, crop, (x, y) => (10 * x) + y);
        Assert.Equal(((10 * first) + first) / 255f, item[0]);
    }

    [Theory]
    [InlineData(166, 166, 256)] // 255 by a float scale
    [InlineData(500, 375, 256)]
    [InlineData(375, 500, 256)]
    [InlineData(1, 3, 5)]
    public void Apply_ShortSide_IsExactSoTheWholeShortSideFits(int width, int height, int shortSide)
    {
        float[] item = Apply(width, height, shortSide, shortSide, (_, _) => 200);
        Assert.All(item, v => Assert.Equal(200 / 255f, v)); // any missing row or column would be black
    }

    [Fact]
    public void Apply_SmallPicture_IsPaddedWithBlackEvenly() =>
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0], Apply(2, 2, 2, 4, (_, _) => 255));

    [Fact]
    public void Usual_Of224_Is256() => Assert.Equal(256, ImageSizing.Usual([3, 224, 224]).ShortSide);

    [Theory] // by proportion 256 x 25,600,000 pixels: only the middle is made
    [InlineData(1, 100_000)]
    [InlineData(100_000, 1)]
    public void Apply_ThinLongPicture_TakesLittleMemory(int width, int height)
    {
        RasterImage image = new(width, height, 1, new byte[width * height]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ImageInput.Fit(image, [3, 224, 224], new ImageSizing(256));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }
}
