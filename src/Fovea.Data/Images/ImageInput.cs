namespace Fovea.Data;

/// <summary>Makes any decoded image fit a network's input.</summary>
public static class ImageInput
{
    /// <summary>Converts and resizes an image to an item.</summary>
    /// <remarks>
    /// In this order: transparent parts are laid over white; RGB to gray by 0.299 R + 0.587 G + 0.114 B (Rec. 601), or gray to RGB by repeating;
    /// then each axis is brought to its size, its own way, so proportions are not kept: shrinking averages the covered area,
    /// growing interpolates linearly between pixel centres. Values stay 0..1: apply <see cref="Preprocessing"/> afterwards.
    /// </remarks>
    /// <param name="image">The image.</param>
    /// <param name="itemShape">[1, H, W] or [3, H, W].</param>
    /// <returns>As many values as the item shape has elements, last axis fastest.</returns>
    /// <exception cref="ShapeException">The item shape is not that of an image with 1 or 3 channels.</exception>
    public static float[] Fit(PngImage image, Shape itemShape)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (itemShape.Rank != 3 || itemShape[0] is not (1 or 3) || itemShape[1] < 1 || itemShape[2] < 1 || itemShape.Count > 1 << 28)
        {
            throw new ShapeException($"ImageInput.Fit: an image fits items [1, H, W] or [3, H, W], got {itemShape}.");
        }

        int plane = image.Width * image.Height;
        float[] colors = OverWhite(image.Samples, image.Channels, plane);
        float[] values = new float[itemShape.Count];
        for (int c = 0; c < itemShape[0]; c++)
        {
            float[] channel = itemShape[0] == 1 && image.Channels >= 3 ? Gray(colors, plane) : colors.AsSpan(image.Channels >= 3 ? c * plane : 0, plane).ToArray();
            float[] narrow = AxisResize.Rows(channel, image.Height, image.Width, itemShape[2]);
            float[] sized = AxisResize.Columns(narrow, image.Height, itemShape[2], itemShape[1]);
            sized.CopyTo(values, c * sized.Length);
        }

        return values;
    }

    private static float[] OverWhite(ReadOnlySpan<float> samples, int channels, int plane)
    {
        int colors = channels >= 3 ? 3 : 1;
        float[] result = samples[..(colors * plane)].ToArray();
        for (int i = 0; channels is 2 or 4 && i < result.Length; i++)
        {
            float alpha = samples[(colors * plane) + (i % plane)];
            result[i] = (result[i] * alpha) + 1 - alpha;
        }

        return result;
    }

    private static float[] Gray(float[] colors, int plane)
    {
        float[] gray = new float[plane];
        for (int i = 0; i < plane; i++)
        {
            gray[i] = (0.299f * colors[i]) + (0.587f * colors[plane + i]) + (0.114f * colors[(2 * plane) + i]);
        }

        return gray;
    }
}
