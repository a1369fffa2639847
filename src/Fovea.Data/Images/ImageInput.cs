namespace Fovea.Data;

/// <summary>Makes any decoded image fit a network's input.</summary>
public static class ImageInput
{
    /// <summary>Converts and resizes an image to an item.</summary>
    /// <remarks>
    /// In this order: transparent parts are laid over white; RGB to gray by 0.299 R + 0.587 G + 0.114 B (Rec. 601), or
    /// gray to RGB by repeating;
    /// then each axis is brought to its size, its own way, so proportions are not kept: shrinking averages the covered
    /// area,
    /// growing interpolates linearly between pixel centres. Values stay 0..1: apply <see cref="Preprocessing"/>
    /// afterwards.
    /// </remarks>
    /// <param name="image">The image.</param>
    /// <param name="itemShape">[1, H, W] or [3, H, W], each size 1 or more, at most 67108864 values (2^26) in
    /// all.</param>
    /// <returns>As many values as the item shape has elements, last axis fastest.</returns>
    /// <exception cref="ShapeException">The item shape is not that of an image with 1 or 3 channels, or has too many
    /// values.</exception>
    public static float[] Fit(PngImage image, Shape itemShape)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (itemShape.Rank != 3 || itemShape[0] is not (1 or 3) || itemShape[1] < 1 || itemShape[2] < 1)
        {
            throw new ShapeException($"ImageInput.Fit: an image fits items [1, H, W] or [3, H, W], got {itemShape}.");
        }

        if (itemShape.Count > ItemLimits.MostValues)
        {
            throw new ShapeException(
                $"ImageInput.Fit: an item may have up to {ItemLimits.MostValues} values, {itemShape} has {itemShape.Count}."
            );
        }

        float[] values = new float[itemShape.Count];
        for (int c = 0; c < itemShape[0]; c++)
        {
            float[] sized = AxisResize.Fit(
                Channel(image, c, itemShape[0]),
                image.Height,
                image.Width,
                itemShape[1],
                itemShape[2]
            );
            sized.CopyTo(values, c * sized.Length);
        }

        return values;
    }

    /// <summary>One channel of the item before resizing: the image's own samples where nothing has to be
    /// changed.</summary>
    private static ReadOnlySpan<float> Channel(PngImage image, int channel, int itemChannels)
    {
        int plane = image.Width * image.Height;
        bool color = image.Channels >= 3;
        if (color && itemChannels == 1)
        {
            return Gray(image, plane);
        }

        ReadOnlySpan<float> samples = image.Samples.Slice(color ? channel * plane : 0, plane);
        return image.Channels is 2 or 4 ? OverWhite(samples, image.Samples[^plane..]) : samples;
    }

    private static float[] OverWhite(ReadOnlySpan<float> samples, ReadOnlySpan<float> alpha)
    {
        float[] result = new float[samples.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = OverWhite(samples[i], alpha[i]);
        }

        return result;
    }

    private static float OverWhite(float sample, float alpha) => (sample * alpha) + 1 - alpha;

    private static float[] Gray(PngImage image, int plane)
    {
        ReadOnlySpan<float> red = image.Samples[..plane],
            green = image.Samples.Slice(plane, plane),
            blue = image.Samples.Slice(2 * plane, plane);
        ReadOnlySpan<float> alpha = image.Samples[^plane..];
        bool transparent = image.Channels == 4;
        float[] gray = new float[plane];
        for (int i = 0; i < plane; i++)
        {
            gray[i] = transparent
                ? (0.299f * OverWhite(red[i], alpha[i]))
                    + (0.587f * OverWhite(green[i], alpha[i]))
                    + (0.114f * OverWhite(blue[i], alpha[i]))
                : (0.299f * red[i]) + (0.587f * green[i]) + (0.114f * blue[i]);
        }

        return gray;
    }
}
