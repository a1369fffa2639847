namespace Fovea.Workbench.Tests;

public sealed class FilterImageTests
{
    [Fact]
    public void Of_TwoGrayFilters_AreTilesSideBySideWithALineBetween()
    {
        // Two filters of 1 x 2: each weight becomes 8 x 8 pixels. 4 is the largest magnitude.
        Tensor image = FilterImage.Of(Tensor.From([4f, 0f, -4f, 2f], [2, 1, 1, 2]));

        Assert.Equal([1, 8, 33], image.Shape);
        float[] row = image.ToArray()[..33];
        Assert.Equal([1f, 0.5f, 1f, 0f, 0.75f], new[] { 0, 8, 16, 17, 25 }.Select(x => row[x]));
    }

    [Fact]
    public void Of_ThreeChannels_IsInColour()
    {
        Tensor image = FilterImage.Of(Tensor.From([1f, -1f, 0f], [1, 3, 1, 1]));

        Assert.Equal([3, 16, 16], image.Shape);
        Assert.Equal([1f, 0f, 0.5f], new[] { 0, 256, 512 }.Select(i => image.ToArray()[i]));
    }

    [Fact]
    public void Of_TwoChannels_HasARowForEachFilter()
    {
        Tensor image = FilterImage.Of(Tensor.From([1f, -1f, 0.5f, 0f], [2, 2, 1, 1]));

        Assert.Equal([1, 33, 33], image.Shape);
        float[] pixels = image.ToArray();
        Assert.Equal([1f, 0f, 0.75f, 0.5f], new[] { 0, 17, 17 * 33, (17 * 33) + 17 }.Select(i => pixels[i]));
    }

    [Fact]
    public void Of_SeriesFilters_HaveARowForEachChannel()
    {
        Tensor image = FilterImage.Of(Tensor.From([1f, 0f, -1f, 1f], [1, 2, 2]));

        Assert.Equal([1, 16, 16], image.Shape);
        float[] pixels = image.ToArray();
        Assert.Equal([1f, 0.5f, 0f, 1f], new[] { 0, 8, 8 * 16, (8 * 16) + 8 }.Select(i => pixels[i]));
    }

    [Fact]
    public void Of_ZerosOrManyFilters_IsGrayAndBounded()
    {
        Assert.All(FilterImage.Of(Tensor.Zeros([1, 1, 3, 3])).ToArray(), p => Assert.Equal(0.5f, p));
        Assert.Equal([1, (64 * 16) - 1, (16 * 16) - 1], FilterImage.Of(Tensor.Zeros([500, 40, 3, 3])).Shape);
    }
}
