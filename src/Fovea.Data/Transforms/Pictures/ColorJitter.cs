namespace Fovea.Data;

/// <summary>Changes brightness, contrast and saturation, each by a factor of its own, in random order. The hue
/// is changed by <see cref="HueJitter"/>.</summary>
/// <param name="strength">Factors are uniform between 1 - strength and 1 + strength; above 0 to 1, 0.4 is
/// usual.</param>
public sealed class ColorJitter(double strength) : PictureTransform
{
    private static readonly PictureOperation[] Operations =
    [
        PictureOperation.Brightness,
        PictureOperation.Contrast,
        PictureOperation.Color,
    ];

    /// <inheritdoc/>
    public override string Name => "color";

    /// <inheritdoc/>
    public override double Amount => strength;

    /// <inheritdoc/>
    protected override RasterImage Change(RasterImage picture, Rng rng)
    {
        foreach (int i in rng.Permutation(Operations.Length))
        {
            double change = ((2 * rng.NextDouble()) - 1) * strength;
            picture = PictureOperations.Apply(picture, Operations[i], change);
        }

        return picture;
    }
}
