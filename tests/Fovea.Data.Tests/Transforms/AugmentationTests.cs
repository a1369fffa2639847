namespace Fovea.Data.Tests;

public sealed class AugmentationTests
{
    [Theory]
    [InlineData("crop=4,flip,erase=0.25,mixup=0.2", "crop=4,flip=0.5,erase=0.25,mixup=0.2")]
    [InlineData(" cutmix , crop ", "crop=4,cutmix=1")]
    [InlineData("jitter,scale,window", "jitter=0.03,scale=0.1,window=0.9")]
    [InlineData("hue,color=0.2", "hue=0.1,color=0.2")]
    [InlineData("", "none")]
    [InlineData("none", "none")]
    public void Parse_Text_RoundTrips(string text, string expected)
    {
        using CultureScope scope = new();
        Augmentation parsed = Augmentation.Parse(text);
        Assert.Equal(expected, parsed.ToString());
        Assert.Equal(expected, Augmentation.Parse(parsed.ToString()).ToString());
    }

    [Theory]
    [InlineData(
        "blur",
        "Augmentation: 'blur' does not exist; there are: crop=PIXELS, flip=P, erase=P, resized-crop=SHARE, color=STRENGTH, hue=SHARE, autoaugment=P, randaugment=MAGNITUDE, trivialaugment=P, jitter=STD, scale=STD, window=SHARE, mixup=ALPHA, cutmix=ALPHA."
    )]
    [InlineData("flip,", "Augmentation: '' does not exist")]
    [InlineData("Flip", "Augmentation: 'Flip' does not exist")]
    [InlineData("crop=2.5", "Augmentation: crop=PIXELS must be a whole number from 1 to 1024, got '2.5'.")]
    [InlineData("crop=0", "must be a whole number from 1 to 1024, got '0'")]
    [InlineData("flip=1.5", "Augmentation: flip=P must be a number from 0 to 1, got '1.5'.")]
    [InlineData("mixup=NaN", "Augmentation: mixup=ALPHA must be a number from 0.01 to 10, got 'NaN'.")]
    [InlineData("erase=0,5", "Augmentation: '5' does not exist")]
    [InlineData("erase=", "Augmentation: erase=P must be a number from 0 to 1, got ''.")]
    [InlineData("flip,crop,flip", "Augmentation: each transform may come once, got 'flip' twice in 'flip,crop,flip'.")]
    [InlineData("mixup,cutmix", "Augmentation: a batch can be mixed in one way only, got both mixup and cutmix.")]
    public void Parse_Wrong_SaysWhat(string text, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<ArgumentException>(() => Augmentation.Parse(text)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("flip", "Augmentation: 'flip' works on images [C, H, W], not on series [1, 24].")]
    [InlineData("crop", "Augmentation: 'crop' works on images [C, H, W], not on series [1, 24].")]
    [InlineData("erase", "Augmentation: 'erase' works on images [C, H, W], not on series [1, 24].")]
    [InlineData("cutmix", "Augmentation: 'cutmix' works on images [C, H, W], not on series [1, 24].")]
    [InlineData("window=0.02", "Augmentation: 'window' leaves 0 of 24 points, fewer than 2.")]
    public void Check_NotForSeries_SaysWhy(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => Augmentation.Parse(text).Check([1, 24])).Message);

    [Theory]
    [InlineData("scale", "Augmentation: 'scale' works on series [C, L], not on images [3, 8, 8].")]
    [InlineData("window", "Augmentation: 'window' works on series [C, L], not on images [3, 8, 8].")]
    [InlineData(
        "crop=8",
        "Augmentation: 'crop' shifts by 8 pixels, which must be less than height and width of [3, 8, 8]."
    )]
    public void Check_NotForImages_SaysWhy(string text, string expected) =>
        Assert.Equal(
            expected,
            Assert.Throws<ArgumentException>(() => Augmentation.Parse(text).Check([3, 8, 8])).Message
        );

    [Fact]
    public void Available_EveryName_ParsesWithItsDefault() =>
        Assert.All(
            Augmentation.Available,
            entry =>
                Assert.Equal(
                    Augmentation.Parse(entry.Name).ToString(),
                    Augmentation
                        .Parse(
                            $"{entry.Name}={entry.Default.ToString(System.Globalization.CultureInfo.InvariantCulture)}"
                        )
                        .ToString()
                )
        );
}
