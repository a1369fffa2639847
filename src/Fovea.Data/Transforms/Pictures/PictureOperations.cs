namespace Fovea.Data;

/// <summary>The changes that augmentation policies are made of (Cubuk et al. 2019, table 6).</summary>
internal enum PictureOperation
{
    Identity,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    Brightness,
    Color,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
    Invert,
}

/// <summary>Computes them on 8 bits a sample, as Pillow's ImageEnhance and ImageOps do; what comes in from outside is
/// black.</summary>
internal static class PictureOperations
{
    /// <summary>Applies one.</summary>
    /// <param name="picture">1 or 3 channels.</param>
    /// <param name="operation">Which.</param>
    /// <param name="magnitude">Shear: columns a row; translate: pixels; rotate: degrees counter-clockwise; brightness to
    /// sharpness: the factor less 1; posterize: bits kept; solarize: the first level that is inverted; else not
    /// used.</param>
    public static RasterImage Apply(RasterImage picture, PictureOperation operation, double magnitude) =>
        operation switch
        {
            PictureOperation.ShearX => PictureWarp.Affine(picture, 1, magnitude, 0, 0, 1, 0),
            PictureOperation.ShearY => PictureWarp.Affine(picture, 1, 0, 0, magnitude, 1, 0),
            PictureOperation.TranslateX => PictureWarp.Affine(picture, 1, 0, -(int)magnitude, 0, 1, 0),
            PictureOperation.TranslateY => PictureWarp.Affine(picture, 1, 0, 0, 0, 1, -(int)magnitude),
            PictureOperation.Rotate => PictureWarp.Rotate(picture, magnitude),
            PictureOperation.Brightness => Blend(picture, new byte[picture.Samples.Length], 1 + magnitude),
            PictureOperation.Color => Blend(picture, Gray(picture), 1 + magnitude),
            PictureOperation.Contrast => Blend(picture, Mean(picture), 1 + magnitude),
            PictureOperation.Sharpness => Blend(picture, PictureWarp.Smooth(picture), 1 + magnitude),
            PictureOperation.Posterize => Map(picture, v => (byte)(v & (0xFF << (8 - (int)magnitude)))),
            PictureOperation.Solarize => Map(picture, v => (byte)(v < magnitude ? v : 255 - v)),
            PictureOperation.AutoContrast => MapByChannel(picture, Stretched),
            PictureOperation.Equalize => MapByChannel(picture, Equalized),
            PictureOperation.Invert => Map(picture, v => (byte)(255 - v)),
            _ => picture,
        };

    /// <summary>From another picture (0) to this one (1) and beyond, cut to the range, fractions dropped.</summary>
    private static RasterImage Blend(RasterImage picture, byte[] other, double factor)
    {
        float f = (float)factor;
        ReadOnlySpan<byte> samples = picture.Samples;
        for (int i = 0; i < other.Length; i++)
        {
            other[i] = (byte)Math.Clamp(other[i] + (f * (samples[i] - other[i])), 0, 255);
        }

        return new RasterImage(picture.Width, picture.Height, picture.Channels, other);
    }

    private static byte[] Gray(RasterImage picture) => picture.To(1).To(picture.Channels).Samples.ToArray();

    private static byte[] Mean(RasterImage picture)
    {
        long sum = 0;
        RasterImage gray = picture.To(1);
        foreach (byte sample in gray.Samples)
        {
            sum += sample;
        }

        byte[] result = new byte[picture.Samples.Length];
        Array.Fill(result, (byte)(((double)sum / gray.Samples.Length) + 0.5));
        return result;
    }

    private static RasterImage Map(RasterImage picture, Func<int, byte> change)
    {
        byte[] table = [.. Enumerable.Range(0, 256).Select(change)];
        return MapByChannel(picture, _ => table);
    }

    /// <summary>Replaces levels by a table made from the histogram of each channel.</summary>
    private static RasterImage MapByChannel(RasterImage picture, Func<int[], byte[]?> tableOf)
    {
        byte[] result = picture.Samples.ToArray();
        for (int c = 0; c < picture.Channels; c++)
        {
            int[] histogram = new int[256];
            for (int i = c; i < result.Length; i += picture.Channels)
            {
                histogram[result[i]]++;
            }

            if (tableOf(histogram) is not { } table)
            {
                continue;
            }

            for (int i = c; i < result.Length; i += picture.Channels)
            {
                result[i] = table[result[i]];
            }
        }

        return new RasterImage(picture.Width, picture.Height, picture.Channels, result);
    }

    /// <summary>The lowest level to 0, the highest to 255.</summary>
    private static byte[]? Stretched(int[] histogram)
    {
        int low = Array.FindIndex(histogram, n => n > 0),
            high = Array.FindLastIndex(histogram, n => n > 0);
        double scale = 255.0 / (high - low),
            offset = -low * scale;
        return high <= low
            ? null
            : [.. Enumerable.Range(0, 256).Select(v => (byte)Math.Clamp((v * scale) + offset, 0, 255))];
    }

    /// <summary>Levels by their rank, so that each is as frequent as another.</summary>
    private static byte[]? Equalized(int[] histogram)
    {
        int last = histogram[Array.FindLastIndex(histogram, n => n > 0)],
            step = (histogram.Sum() - last) / 255;
        if (step == 0)
        {
            return null;
        }

        byte[] table = new byte[256];
        int sum = step / 2;
        for (int v = 0; v < table.Length; v++)
        {
            table[v] = (byte)Math.Min(255, sum / step);
            sum += histogram[v];
        }

        return table;
    }
}
