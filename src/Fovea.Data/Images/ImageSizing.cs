using System.Globalization;

namespace Fovea.Data;

/// <summary>How pictures of any size become items of one size. It travels with the preprocessing, so that a prediction
/// sees what training saw.</summary>
/// <param name="ShortSide">Pixels that the shorter side is brought to before the middle is cut out, 1 up; 0: each side is
/// brought to its size by itself, so proportions are not kept.</param>
/// <param name="Interpolation">The filter.</param>
public sealed record ImageSizing(int ShortSide, Interpolation Interpolation = Interpolation.Bilinear)
{
    /// <summary>Each side by itself.</summary>
    public static ImageSizing Stretch { get; } = new(0);

    /// <summary>The usual rule for photographs: the shorter side to 256 for items of 224 pixels, and in this proportion for
    /// others; the middle is cut out.</summary>
    /// <param name="itemShape">[C, H, W].</param>
    public static ImageSizing Usual(Shape itemShape) =>
        new((int)Math.Round(Math.Max(itemShape[1], itemShape[2]) * 256 / 224.0, MidpointRounding.AwayFromZero));

    /// <summary>Brings a picture to an item's size and channels.</summary>
    /// <remarks>The shorter side becomes exactly <see cref="ShortSide"/>, the longer one ShortSide * long / short, rounded
    /// down. The cut begins at half the remainder, halves rounded to even; where the item is larger, black is added around.
    /// Channels are converted by <see cref="RasterImage.To"/> first.</remarks>
    /// <param name="image">The picture.</param>
    /// <param name="itemShape">[1, H, W] or [3, H, W].</param>
    /// <param name="destination">As many values as the item has: 0..1, [C, H, W], last axis fastest.</param>
    /// <exception cref="ShapeException">The item shape is not that of a picture with 1 or 3 channels, or has too many
    /// values.</exception>
    public void Apply(RasterImage image, Shape itemShape, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImageInput.Check(itemShape);
        ImageInput.ToPlanes(Bytes(image, itemShape), itemShape[0], destination);
    }

    /// <summary>For people, e.g. <c>short side to 256, middle 224 x 224</c>.</summary>
    /// <param name="itemShape">[C, H, W].</param>
    public string Describe(Shape itemShape) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(ShortSide == 0 ? "each side resized to" : $"short side resized to {ShortSide}, middle cut out to")} {itemShape[1]} x {itemShape[2]}"
        );

    /// <summary>The item as bytes [H, W, C].</summary>
    internal byte[] Bytes(RasterImage image, Shape itemShape)
    {
        int height = itemShape[1],
            width = itemShape[2];
        image = image.To(itemShape[0]);
        PixelBox whole = new(0, 0, image.Width, image.Height);
        if (ShortSide == 0)
        {
            return PictureResize.Fit(image, whole, width, height, Interpolation);
        }

        (int newWidth, int newHeight) =
            image.Width <= image.Height
                ? (ShortSide, Long(image.Height, image.Width))
                : (Long(image.Width, image.Height), ShortSide);
        byte[] sized = PictureResize.Fit(image, whole, newWidth, newHeight, Interpolation);
        return Middle(sized, newWidth, newHeight, width, height, image.Channels);
    }

    private int Long(int longSide, int shortSide) => checked((int)((long)ShortSide * longSide / shortSide));

    private static byte[] Middle(byte[] source, int width, int height, int newWidth, int newHeight, int channels)
    {
        if (width == newWidth && height == newHeight)
        {
            return source;
        }

        byte[] result = new byte[newWidth * newHeight * channels];
        (int left, int right) = Around(width, newWidth);
        (int top, int bottom) = Around(height, newHeight);
        int across = Math.Min(width, newWidth) * channels;
        for (int y = 0; y < Math.Min(height, newHeight); y++)
        {
            source
                .AsSpan((((y + top) * width) + left) * channels, across)
                .CopyTo(result.AsSpan((((y + bottom) * newWidth) + right) * channels));
        }

        return result;

        // (first taken of the source, first written of the result)
        static (int From, int To) Around(int size, int newSize) =>
            size >= newSize
                ? ((int)Math.Round((size - newSize) / 2.0, MidpointRounding.ToEven), 0)
                : (0, (newSize - size) / 2);
    }
}
