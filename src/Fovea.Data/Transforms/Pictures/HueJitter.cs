namespace Fovea.Data;

/// <summary>Turns the hue of a colour picture by a random part of the colour circle; saturation and brightness stay. It is
/// torchvision's <c>ColorJitter(hue=...)</c> and <c>adjust_hue</c>.</summary>
/// <param name="strength">The turn is uniform between -strength and strength, as a share of the circle; above 0 to 0.5,
/// which reaches the opposite colour. 0.1 is usual.</param>
public sealed class HueJitter(double strength) : PictureTransform
{
    private const int Sectors = 6; // of the circle: red, yellow, green, cyan, blue, magenta

    /// <inheritdoc/>
    public override string Name => "hue";

    /// <inheritdoc/>
    public override double Amount => strength;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) =>
        base.Refusal(itemShape)
        ?? (itemShape[0] == 3 ? null : $"changes colours, so it works on images of 3 channels, not on {itemShape}");

    /// <inheritdoc/>
    protected override RasterImage Change(RasterImage picture, Rng rng) =>
        Turn(picture, ((2 * rng.NextDouble()) - 1) * strength);

    /// <summary>Turns the hue of HSV (Smith 1978, hexcone model).</summary>
    /// <param name="picture">3 channels.</param>
    /// <param name="share">Of the circle, from red towards green; 1/3 makes red green, -1/3 red blue.</param>
    internal static RasterImage Turn(RasterImage picture, double share)
    {
        ReadOnlySpan<byte> samples = picture.Samples;
        byte[] result = new byte[samples.Length];
        for (int i = 0; i < samples.Length; i += 3)
        {
            int largest = Math.Max(samples[i], Math.Max(samples[i + 1], samples[i + 2])),
                smallest = Math.Min(samples[i], Math.Min(samples[i + 1], samples[i + 2]));
            double turned = Hue(samples[i], samples[i + 1], samples[i + 2], largest, smallest) + (share * Sectors);
            (double red, double green, double blue) = Color(turned - (Sectors * Math.Floor(turned / Sectors)));
            (result[i], result[i + 1], result[i + 2]) = (Level(red), Level(green), Level(blue));

            byte Level(double part) => (byte)Math.Round(smallest + (part * (largest - smallest)));
        }

        return new RasterImage(picture.Width, picture.Height, 3, result);
    }

    /// <summary>The hue in sectors from red, -1 to 5; 0 of gray.</summary>
    private static double Hue(int red, int green, int blue, int largest, int smallest)
    {
        double range = Math.Max(1, largest - smallest);
        return largest == red ? (green - blue) / range
            : largest == green ? 2 + ((blue - red) / range)
            : 4 + ((red - green) / range);
    }

    /// <summary>The purest colour of a hue in sectors: parts 0 to 1.</summary>
    private static (double Red, double Green, double Blue) Color(double hue) =>
        (
            Math.Clamp(Math.Abs(hue - 3) - 1, 0, 1),
            Math.Clamp(2 - Math.Abs(hue - 2), 0, 1),
            Math.Clamp(2 - Math.Abs(hue - 4), 0, 1)
        );
}
