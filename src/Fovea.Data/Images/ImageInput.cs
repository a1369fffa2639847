namespace Fovea.Data;

/// <summary>Makes any decoded picture fit a network's input.</summary>
public static class ImageInput
{
    private static readonly float[] Unit = [.. Enumerable.Range(0, 256).Select(i => i / 255f)];

    /// <summary>Converts and resizes a picture to an item.</summary>
    /// <remarks>Values stay 0..1: apply <see cref="Preprocessing"/> afterwards.</remarks>
    /// <param name="image">The picture.</param>
    /// <param name="itemShape">[1, H, W] or [3, H, W], each size 1 or more, at most 67108864 values (2^26) in
    /// all.</param>
    /// <param name="sizing">How it comes to its size; null for <see cref="ImageSizing.Stretch"/>.</param>
    /// <returns>As many values as the item shape has elements, last axis fastest.</returns>
    /// <exception cref="ShapeException">The item shape is not that of an image with 1 or 3 channels, or has too many
    /// values.</exception>
    public static float[] Fit(RasterImage image, Shape itemShape, ImageSizing? sizing = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        Check(itemShape);
        float[] values = new float[itemShape.Count];
        (sizing ?? ImageSizing.Stretch).Apply(image, itemShape, values);
        return values;
    }

    /// <summary>Whether items are pictures that files can be brought to.</summary>
    /// <param name="itemShape">The shape of an item.</param>
    public static bool IsPicture(Shape itemShape) =>
        itemShape.Rank == 3 && itemShape[0] is (1 or 3) && itemShape[1] >= 1 && itemShape[2] >= 1;

    /// <summary>Refuses items that no picture can be brought to.</summary>
    internal static void Check(Shape itemShape)
    {
        if (!IsPicture(itemShape))
        {
            throw new ShapeException(
                $"A picture fits items [1, H, W] (gray) or [3, H, W] (RGB), but this network's items are {itemShape}."
            );
        }

        if (itemShape.Count > ItemLimits.MostValues)
        {
            throw new ShapeException(
                $"An item may have up to {ItemLimits.MostValues} values, {itemShape} has {itemShape.Count}."
            );
        }
    }

    /// <summary>Bytes [H, W, C] to values 0..1 [C, H, W].</summary>
    internal static void ToPlanes(ReadOnlySpan<byte> source, int channels, Span<float> destination)
    {
        int plane = source.Length / channels;
        for (int c = 0; c < channels; c++)
        {
            Span<float> to = destination.Slice(c * plane, plane);
            for (int i = 0, from = c; i < to.Length; i++, from += channels)
            {
                to[i] = Unit[source[from]];
            }
        }
    }
}
