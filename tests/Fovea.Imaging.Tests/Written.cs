using SkiaSharp;

namespace Fovea.Imaging.Tests;

/// <summary>Picture files that the collection has none of.</summary>
internal static class Written
{
    /// <summary>A picture of waves, [height, width, 3].</summary>
    public static byte[] Waves(int width, int height)
    {
        byte[] samples = new byte[width * height * 3];
        for (int i = 0; i < samples.Length; i++)
        {
            (int x, int y, int c) = (i / 3 % width, i / 3 / width, i % 3);
            samples[i] = (byte)(128 + (60 * Math.Sin((x + (20 * c)) / 17.0)) + (60 * Math.Cos(y / (11.0 + c))));
        }

        return samples;
    }

    /// <summary>Those waves as a file.</summary>
    public static byte[] Encode(int width, int height, SKEncodedImageFormat format, int quality) =>
        Encode(Waves(width, height), width, height, format, quality);

    /// <summary>Samples [height, width, 3] as a file.</summary>
    public static byte[] Encode(byte[] samples, int width, int height, SKEncodedImageFormat format, int quality)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < width * height; i++)
        {
            samples.AsSpan(i * 3, 3).CopyTo(pixels[(i * 4)..]);
            pixels[(i * 4) + 3] = 255;
        }

        using SKData data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>A WebP file of 40 x 30 pixels.</summary>
    public static byte[] WebP(bool lossless) => Encode(40, 30, SKEncodedImageFormat.Webp, lossless ? 100 : 80);

    /// <summary>A GIF of 3 x 2 pixels on a canvas of 4 x 2, red, green and blue by turns; each frame shifts the
    /// colours. Codes are not compressed: a clear code before each fourth.</summary>
    public static byte[] Gif(int frames)
    {
        List<byte> file = [.. "GIF89a"u8, 4, 0, 2, 0, 0x91, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];
        for (int frame = 0; frame < frames; frame++)
        {
            file.AddRange([0x21, 0xF9, 4, 4, 10, 0, 0, 0]);
            file.AddRange([0x2C, 0, 0, 0, 0, 3, 0, 2, 0, 0, 2]);
            byte[] data = Codes([.. Enumerable.Range(0, 6).Select(i => (i + frame) % 3)]);
            file.AddRange([(byte)data.Length, .. data, 0]);
        }

        file.Add(0x3B);
        return [.. file];
    }

    /// <summary>LZW codes of 3 bits: clear (4), the index, and the end (5).</summary>
    private static byte[] Codes(int[] indices)
    {
        List<int> codes = [.. indices.SelectMany(i => new[] { 4, i }), 5];
        byte[] bytes = new byte[((codes.Count * 3) + 7) / 8];
        for (int i = 0; i < codes.Count * 3; i++)
        {
            bytes[i / 8] |= (byte)(((codes[i / 3] >> (i % 3)) & 1) << (i % 8));
        }

        return bytes;
    }

    /// <summary>Four pixels of RGBA, colours as they are, not multiplied by alpha.</summary>
    public static byte[] Colors { get; } = [200, 100, 50, 255, 200, 100, 50, 128, 200, 100, 50, 1, 10, 20, 30, 77];

    /// <summary>Those four pixels as a lossless WebP file.</summary>
    public static byte[] TransparentWebP()
    {
        using SKBitmap bitmap = new(new SKImageInfo(4, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Colors.CopyTo(bitmap.GetPixelSpan());
        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData data = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100))!;
        return data.ToArray();
    }

    /// <summary>A simple WebP file as an extended one with an orientation (RFC 9649, section 2.7).</summary>
    public static byte[] WithExif(byte[] webp, int width, int height, byte orientation)
    {
        byte[] tiff = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
            extended = [.. "VP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, (byte)(width - 1), 0, 0, (byte)(height - 1), 0, 0],
            exif = [.. "EXIF"u8, (byte)tiff.Length, 0, 0, 0, .. tiff];
        byte[] body = [.. "WEBP"u8, .. extended, .. webp.AsSpan(12), .. exif];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }
}
