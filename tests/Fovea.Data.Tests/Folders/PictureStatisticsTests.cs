namespace Fovea.Data.Tests;

public sealed class PictureStatisticsTests
{
    private static PictureFile Picture(string path, int width, int height, int channels = 3) =>
        new(path, "a", ImageFormat.Jpeg, width, height, channels, 1, 0, null);

    [Fact]
    public void Of_Pictures_GivesSizesAndTheOddOnes()
    {
        PictureStatistics statistics = PictureStatistics.Of([
            .. Enumerable.Range(0, 11).Select(i => Picture($"{i}", 100 + i, 200)),
            Picture("thumb", 16, 16),
            Picture("banner", 900, 100),
            Picture("gray", 100, 100, 1),
        ]);
        Assert.Equal(
            (14, 16, 105, 900),
            (statistics.Count, statistics.MinimumWidth, statistics.MedianWidth, statistics.MaximumWidth)
        );
        Assert.Equal((16, 200, 200), (statistics.MinimumHeight, statistics.MedianHeight, statistics.MaximumHeight));
        Assert.Equal([(ImageFormat.Jpeg, 14)], statistics.Formats);
        Assert.Equal(
            [
                "1 picture is smaller than 32 pixels: thumb (16 x 16).",
                "1 picture is more than 4 times as long as wide: banner (900 x 100).",
                "1 picture is gray: gray (100 x 100).",
            ],
            statistics.OddOnes
        );
    }

    [Fact] // where many are gray, none is odd
    public void Of_GrayPictures_AreNotOdd() =>
        Assert.Empty(
            PictureStatistics.Of([.. Enumerable.Range(0, 5).Select(i => Picture($"{i}", 100, 100, 1))]).OddOnes
        );
}
