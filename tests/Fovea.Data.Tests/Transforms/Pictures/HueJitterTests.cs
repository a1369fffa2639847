namespace Fovea.Data.Tests;

/// <summary>The hue against values worked out by hand from the formula of HSV, and against Python's colorsys.</summary>
public sealed class HueJitterTests
{
    private static byte[] Turn(double share, params byte[] samples) =>
        HueJitter.Turn(new RasterImage(samples.Length / 3, 1, 3, samples), share).Samples.ToArray();

    [Fact] // 200, 100, 50: value 200, least 50, hue (100 - 50) / 150 = 1/3 of a sector from red
    public void Turn_ByHand_MovesTheHueAlone()
    {
        Assert.Equal([50, 200, 100], Turn(1 / 3.0, 200, 100, 50)); // red's place is green's: 2 1/3 sectors
        Assert.Equal([100, 50, 200], Turn(-1 / 3.0, 200, 100, 50));
        Assert.Equal([200, 50, 75], Turn(-1 / 12.0, 200, 100, 50)); // 5 5/6 sectors: blue is 50 + 150 / 6
        Assert.Equal([50, 150, 200], Turn(0.5, 200, 100, 50)); // 3 1/3 sectors: green is 50 + 150 * 2/3
        Assert.Equal([80, 10, 210], Turn(0.1, 10, 60, 210)); // 3.75 + 0.6 sectors: red is 10 + 200 * 0.35
    }

    [Theory] // colorsys.hsv_to_rgb(h + share, s, v), rounded
    [InlineData(0.45, new byte[] { 130, 183, 14 }, new byte[] { 16, 14, 183 })]
    [InlineData(-0.3, new byte[] { 127, 26, 80 }, new byte[] { 26, 60, 127 })]
    [InlineData(0.3, new byte[] { 190, 240, 126 }, new byte[] { 126, 213, 240 })]
    [InlineData(-0.02, new byte[] { 52, 127, 6 }, new byte[] { 67, 127, 6 })]
    [InlineData(0.3, new byte[] { 208, 143, 93 }, new byte[] { 93, 208, 120 })]
    [InlineData(-0.5, new byte[] { 64, 67, 0 }, new byte[] { 3, 0, 67 })]
    [InlineData(-0.1, new byte[] { 107, 110, 84 }, new byte[] { 110, 97, 84 })]
    public void Turn_Colour_EqualsColorsys(double share, byte[] from, byte[] expected) =>
        Assert.Equal(expected, Turn(share, from));

    [Fact]
    public void Turn_GrayOrNothing_LeavesThePictureAsItIs()
    {
        byte[] all = [.. Enumerable.Range(0, 3 * 512).Select(i => (byte)((i * 37) + (i / 256)))];
        Assert.Equal(all, Turn(0, all));
        Assert.Equal([0, 0, 0, 77, 77, 77, 255, 255, 255], Turn(0.3, 0, 0, 0, 77, 77, 77, 255, 255, 255));
    }

    [Fact] // pure red turned by up to 0.05 of the circle, 0.3 of a sector: green or blue up to 0.3 * 255 = 76.5
    public void Apply_ManySeeds_StaysWithinTheStrengthBothWays()
    {
        HueJitter jitter = new(0.05);
        double green = 0,
            blue = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            float[] item = [1, 0, 0];
            jitter.Apply(item, [3, 1, 1], new Rng(seed));
            Assert.Equal(1, item[0]);
            (green, blue) = (Math.Max(green, item[1]), Math.Max(blue, item[2]));
        }

        Assert.True(green is > 0.25 and <= 0.302, $"green reaches {green}");
        Assert.True(blue is > 0.25 and <= 0.302, $"blue reaches {blue}");
    }

    [Fact]
    public void Refusal_GrayImages_AreNamed()
    {
        Assert.Null(new HueJitter(0.1).Refusal([3, 32, 32]));
        Assert.Equal(
            "changes colours, so it works on images of 3 channels, not on [1, 28, 28]",
            new HueJitter(0.1).Refusal([1, 28, 28])
        );
        Assert.NotNull(new HueJitter(0.1).Refusal([3, 100]));
    }
}
