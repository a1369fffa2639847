namespace Fovea.Data.Tests;

/// <summary>The changes of policies against values worked out by hand from the definitions of Pillow's ImageEnhance and
/// ImageOps.</summary>
public sealed class PictureOperationsTests
{
    private static byte[] Gray(PictureOperation operation, double magnitude, int width, params byte[] samples) =>
        PictureOperations
            .Apply(new RasterImage(width, samples.Length / width, 1, samples), operation, magnitude)
            .Samples.ToArray();

    private static byte[] Color(PictureOperation operation, double magnitude, params byte[] samples) =>
        PictureOperations
            .Apply(new RasterImage(samples.Length / 3, 1, 3, samples), operation, magnitude)
            .Samples.ToArray();

    [Fact]
    public void Brightness_ScalesAndCuts() =>
        Assert.Equal([0, 150, 255], Gray(PictureOperation.Brightness, 0.5, 3, 0, 100, 200));

    [Fact] // away from the mean of the gray picture, 100
    public void Contrast_SpreadsAroundTheMean() =>
        Assert.Equal([25, 100, 175], Gray(PictureOperation.Contrast, 0.5, 3, 50, 100, 150));

    [Fact] // pure red is 76 of gray
    public void Color_OfMinusOne_IsGray() =>
        Assert.Equal([76, 76, 76, 9, 9, 9], Color(PictureOperation.Color, -1, 255, 0, 0, 9, 9, 9));

    [Fact] // (5 * 130 + 8 * 0) / 13 = 50; sharpness 2 is 130 + (130 - 50)
    public void Sharpness_OfOnePoint_GoesAwayFromItsSmoothedValue()
    {
        byte[] point = new byte[9];
        point[4] = 130;
        Assert.Equal(50, Gray(PictureOperation.Sharpness, -1, 3, point)[4]);
        Assert.Equal(210, Gray(PictureOperation.Sharpness, 1, 3, point)[4]);
        Assert.Equal(0, Gray(PictureOperation.Sharpness, 1, 3, point)[0]); // the border stays
    }

    [Fact]
    public void Posterize_KeepsTheHighBits() =>
        Assert.Equal([0xF0, 0x10, 0x00], Gray(PictureOperation.Posterize, 4, 3, 0xFF, 0x1F, 0x0F));

    [Fact]
    public void Solarize_InvertsFromTheThresholdOn() =>
        Assert.Equal([99, 155, 0], Gray(PictureOperation.Solarize, 100, 3, 99, 100, 255));

    [Fact]
    public void Invert_IsTheComplement() => Assert.Equal([255, 0], Gray(PictureOperation.Invert, 0, 2, 0, 255));

    [Fact]
    public void AutoContrast_StretchesEachChannelToTheWholeRange()
    {
        Assert.Equal([0, 127, 255], Gray(PictureOperation.AutoContrast, 0, 3, 50, 100, 150));
        Assert.Equal([7, 7], Gray(PictureOperation.AutoContrast, 0, 2, 7, 7));
    }

    [Fact] // 256 pixels of two levels: step (256 - 128) / 255 = 0 leaves all; of 512: (512 - 256) / 255 = 1
    public void Equalize_ReplacesLevelsByTheirRank()
    {
        byte[] few = [.. Enumerable.Range(0, 256).Select(i => (byte)(i % 2 == 0 ? 10 : 20))],
            many = [.. Enumerable.Range(0, 512).Select(i => (byte)(i % 2 == 0 ? 10 : 20))];
        Assert.Equal(few, Gray(PictureOperation.Equalize, 0, 16, few));
        Assert.Equal([0, 255], Gray(PictureOperation.Equalize, 0, 16, many).Take(2)); // ranks 0 and 256, cut
    }

    [Fact]
    public void Translate_MovesAndFillsWithBlack()
    {
        Assert.Equal([0, 1, 2], Gray(PictureOperation.TranslateX, 1.9, 3, 1, 2, 3));
        Assert.Equal([3, 4, 0, 0], Gray(PictureOperation.TranslateY, -1, 2, 1, 2, 3, 4));
    }

    [Fact] // a quarter counter-clockwise: the right column becomes the top row
    public void Rotate_Quarter_TurnsCounterClockwise() =>
        Assert.Equal([2, 4, 1, 3], Gray(PictureOperation.Rotate, 90, 2, 1, 2, 3, 4));

    [Fact] // column from x + 0.5 + 1 * (y + 0.5): row 0 shifts by half a pixel and is cut down, row 1 by one and a half
    public void Shear_ShiftsRowsByTheirHeight() =>
        Assert.Equal([2, 3, 0, 6, 0, 0], Gray(PictureOperation.ShearX, 1, 3, 1, 2, 3, 4, 5, 6));

    [Theory]
    [InlineData("autoaugment")]
    [InlineData("randaugment")]
    [InlineData("trivialaugment")]
    [InlineData("color")]
    [InlineData("resized-crop")]
    public void Apply_ManySeeds_ChangesMostPicturesToLevelsOfEightBits(string name)
    {
        float[] source = [.. Enumerable.Range(0, 3 * 20 * 24).Select(i => i * 31 % 256 / 255f)];
        ItemTransform transform = Augmentation.Parse(name).Items[0];
        int changed = 0;
        for (ulong seed = 0; seed < 60; seed++)
        {
            float[] item = [.. source],
                again = [.. source];
            transform.Apply(item, [3, 20, 24], new Rng(seed));
            transform.Apply(again, [3, 20, 24], new Rng(seed));
            Assert.Equal(item, again);
            Assert.All(item, v => Assert.Equal(v, (float)Math.Round(v * 255) / 255f));
            changed += item.SequenceEqual(source) ? 0 : 1;
        }

        Assert.InRange(changed, 35, 60);
    }

    [Fact]
    public void RandomResizedCrop_ManyDraws_KeepsShareAndProportions()
    {
        RandomResizedCrop crop = new(0.25);
        Rng rng = new(9);
        double smallest = 1,
            largest = 0;
        for (int i = 0; i < 2000; i++)
        {
            PixelBox box = crop.Box(500, 375, rng);
            Assert.InRange(box.X, 0, 500 - box.Width);
            Assert.InRange(box.Y, 0, 375 - box.Height);
            Assert.InRange((double)box.Width / box.Height, 0.74, 1.35);
            double share = (double)box.Width * box.Height / (500 * 375);
            (smallest, largest) = (Math.Min(smallest, share), Math.Max(largest, share));
        }

        Assert.InRange(smallest, 0.245, 0.27);
        Assert.InRange(largest, 0.9, 1.0);
    }

    [Fact] // no part of 100 x 1 has an allowed proportion and a quarter of its area: the middle, as wide as 4/3 allows
    public void RandomResizedCrop_ThinPicture_TakesTheMiddle() =>
        Assert.Equal(new PixelBox(49, 0, 1, 1), new RandomResizedCrop(0.25).Box(100, 1, new Rng(1)));

    [Fact]
    public void Check_Series_AreRefused() =>
        Assert.Contains(
            "works on images [C, H, W], not on series [1, 50]",
            Assert.Throws<ArgumentException>(() => Augmentation.Parse("trivialaugment").Check([1, 50])).Message,
            StringComparison.Ordinal
        );
}
