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
            return PictureResize.Fit(image, whole, new ResizeTarget(width, height), Interpolation);
        }

        (long newWidth, long newHeight) =
            image.Width <= image.Height
                ? (ShortSide, Long(image.Height, image.Width))
                : (Long(image.Width, image.Height), (long)ShortSide);
        (long x, int left, int across) = Middle(newWidth, width);
        (long y, int top, int down) = Middle(newHeight, height);
        byte[] middle = PictureResize.Fit(
            image,
            whole,
            new ResizeTarget(newWidth, newHeight, x, y, across, down),
            Interpolation
        );
        return across == width && down == height ? middle : Padded(middle, (left, top), (across, down), itemShape);
    }

    private long Long(int longSide, int shortSide) => (long)ShortSide * longSide / shortSide;

    /// <summary>Which pixels of an axis are taken: the first, where they begin in the item, and how many.</summary>
    private static (long From, int To, int Taken) Middle(long size, int newSize) =>
        size >= newSize
            ? ((long)Math.Round((size - newSize) / 2.0, MidpointRounding.ToEven), 0, newSize)
            : (0, (int)(newSize - size) / 2, (int)size);

    private static byte[] Padded(byte[] source, (int X, int Y) begin, (int Width, int Height) taken, Shape itemShape)
    {
        int channels = itemShape[0],
            row = taken.Width * channels;
        byte[] result = new byte[itemShape.Count];
        for (int y = 0; y < taken.Height; y++)
        {
            int to = (((y + begin.Y) * itemShape[2]) + begin.X) * channels;
            source.AsSpan(y * row, row).CopyTo(result.AsSpan(to));
        }

        return result;
    }
}
