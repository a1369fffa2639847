namespace Fovea.Data;

/// <summary>Cuts a random part out of a picture and brings it to the item's size (Szegedy et al. 2015): a share of the
/// area, width to height between 3/4 and 4/3. Of an image folder it is cut from the picture itself, not from the resized
/// item.</summary>
/// <param name="smallest">The smallest share of the area, above 0 to 1; 0.08 is usual.</param>
public sealed class RandomResizedCrop(double smallest) : PictureTransform
{
    private const int Attempts = 10;
    private const double Widest = 4.0 / 3.0;

    /// <inheritdoc/>
    public override string Name => "resized-crop";

    /// <inheritdoc/>
    public override double Amount => smallest;

    /// <summary>Cuts a part out of a picture of any size.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="item">The item, [C, H, W], 0..1.</param>
    /// <param name="itemShape">Its shape, 1 or 3 channels.</param>
    /// <param name="rng">The stream of this item in this epoch.</param>
    internal void Cut(RasterImage picture, Span<float> item, Shape itemShape, Rng rng)
    {
        PixelBox box = Box(picture.Width, picture.Height, rng);
        picture = picture.To(itemShape[0]);
        byte[] sized = PictureResize.Fit(
            picture,
            box,
            new ResizeTarget(itemShape[2], itemShape[1]),
            Interpolation.Bilinear
        );
        ImageInput.ToPlanes(sized, itemShape[0], item);
    }

    /// <inheritdoc/>
    protected override RasterImage Change(RasterImage picture, Rng rng) =>
        new(
            picture.Width,
            picture.Height,
            picture.Channels,
            PictureResize.Fit(
                picture,
                Box(picture.Width, picture.Height, rng),
                new ResizeTarget(picture.Width, picture.Height),
                Interpolation.Bilinear
            )
        );

    /// <summary>Tries shares and proportions, uniform in the logarithm of the latter; where none fits, the largest middle
    /// part of an allowed proportion.</summary>
    internal PixelBox Box(int width, int height, Rng rng)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = (smallest + ((1 - smallest) * rng.NextDouble())) * width * height,
                aspect = Math.Exp(((2 * rng.NextDouble()) - 1) * Math.Log(Widest));
            int across = (int)Math.Round(Math.Sqrt(area * aspect)),
                down = (int)Math.Round(Math.Sqrt(area / aspect));
            if (across >= 1 && across <= width && down >= 1 && down <= height)
            {
                return new PixelBox(rng.Next(width - across + 1), rng.Next(height - down + 1), across, down);
            }
        }

        int w = Math.Min(width, Math.Max(1, (int)Math.Round(height * Widest))),
            h = Math.Min(height, Math.Max(1, (int)Math.Round(width * Widest)));
        return new PixelBox((width - w) / 2, (height - h) / 2, w, h);
    }
}
