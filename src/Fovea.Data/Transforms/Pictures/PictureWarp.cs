namespace Fovea.Data;

/// <summary>Moves and smooths the pixels of a picture.</summary>
internal static class PictureWarp
{
    /// <summary>Takes each pixel from where its centre (x, y) comes from: (a x + b y + c, d x + e y + f); the nearest
    /// pixel, black outside.</summary>
    public static RasterImage Affine(RasterImage picture, double a, double b, double c, double d, double e, double f)
    {
        (int width, int height, int channels) = (picture.Width, picture.Height, picture.Channels);
        ReadOnlySpan<byte> samples = picture.Samples;
        byte[] result = new byte[samples.Length];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += channels)
            {
                double column = Math.Floor((a * (x + 0.5)) + (b * (y + 0.5)) + c),
                    row = Math.Floor((d * (x + 0.5)) + (e * (y + 0.5)) + f);
                if (column >= 0 && column < width && row >= 0 && row < height)
                {
                    int from = (((int)row * width) + (int)column) * channels;
                    samples.Slice(from, channels).CopyTo(result.AsSpan(to));
                }
            }
        }

        return new RasterImage(width, height, channels, result);
    }

    /// <summary>Turns counter-clockwise about the middle.</summary>
    public static RasterImage Rotate(RasterImage picture, double degrees)
    {
        double angle = -degrees * Math.PI / 180,
            cos = Math.Cos(angle),
            sin = Math.Sin(angle),
            x = picture.Width / 2.0,
            y = picture.Height / 2.0;
        return Affine(picture, cos, sin, x - (cos * x) - (sin * y), -sin, cos, y + (sin * x) - (cos * y));
    }

    /// <summary>Each pixel five times and its eight neighbours once, over 13, rounded; the border stays.</summary>
    public static byte[] Smooth(RasterImage picture)
    {
        int channels = picture.Channels,
            stride = picture.Width * channels;
        ReadOnlySpan<byte> s = picture.Samples;
        byte[] result = s.ToArray();
        for (int y = 1; y < picture.Height - 1; y++)
        {
            for (int i = (y * stride) + channels; i < ((y + 1) * stride) - channels; i++)
            {
                int sum = 5 * s[i];
                for (int row = i - stride; row <= i + stride; row += stride)
                {
                    sum += s[row - channels] + s[row + channels] + (row == i ? 0 : s[row]);
                }

                result[i] = (byte)((sum + 6.5) / 13);
            }
        }

        return result;
    }
}
