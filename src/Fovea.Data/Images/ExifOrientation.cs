using System.Buffers.Binary;

namespace Fovea.Data;

/// <summary>How a camera was held, by tag 0x0112 of EXIF (CIPA DC-008), and pictures turned by it.</summary>
public static class ExifOrientation
{
    private const int Tag = 0x0112;

    /// <summary>The orientation that a block of EXIF data states.</summary>
    /// <param name="tiff">The block, from <c>II</c> or <c>MM</c> on.</param>
    /// <returns>1 to 8; 1, upright, where the block is empty, damaged, or says nothing.</returns>
    public static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        long directory = little
            ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory + 2 > tiff.Length)
        {
            return 1;
        }

        int entries = Short(tiff, (int)directory, little);
        for (long at = directory + 2; entries > 0 && at + 12 <= tiff.Length; entries--, at += 12)
        {
            if (Short(tiff, (int)at, little) == Tag)
            {
                int value = Short(tiff, (int)at + 8, little);
                return value is >= 1 and <= 8 ? value : 1;
            }
        }

        return 1;
    }

    /// <summary>Turns a picture that was stored with an orientation.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">1 upright, 2 mirrored, 3 upside down, 4 mirrored and upside down, 5 transposed, 6 to be
    /// turned clockwise, 7 transposed over the other diagonal, 8 to be turned counter-clockwise.</param>
    /// <returns>The picture as seen; itself for 1.</returns>
    /// <exception cref="ArgumentException">The orientation is not 1 to 8.</exception>
    public static RasterImage Upright(RasterImage image, int orientation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (orientation is < 1 or > 8)
        {
            throw new ArgumentException($"ExifOrientation: an orientation is 1 to 8, got {orientation}.");
        }

        if (orientation == 1)
        {
            return image;
        }

        bool transposed = orientation >= 5;
        (int width, int height) = transposed ? (image.Height, image.Width) : (image.Width, image.Height);
        int channels = image.Channels;
        ReadOnlySpan<byte> source = image.Samples;
        byte[] result = new byte[source.Length];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += channels)
            {
                (int column, int row) = Source(orientation, x, y, image.Width - 1, image.Height - 1);
                int from = ((row * image.Width) + column) * channels;
                for (int c = 0; c < channels; c++)
                {
                    result[to + c] = source[from + c];
                }
            }
        }

        return new RasterImage(width, height, channels, result) { Frames = image.Frames };
    }

    /// <summary>Where the pixel seen at (x, y) is stored.</summary>
    private static (int X, int Y) Source(int orientation, int x, int y, int lastX, int lastY) =>
        orientation switch
        {
            2 => (lastX - x, y),
            3 => (lastX - x, lastY - y),
            4 => (x, lastY - y),
            5 => (y, x),
            6 => (y, lastY - x),
            7 => (lastX - y, lastY - x),
            _ => (lastX - y, x),
        };

    private static int Short(ReadOnlySpan<byte> bytes, int at, bool little) =>
        little
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..])
            : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
