using Fovea.Data;
using SkiaSharp;

namespace Fovea.Imaging;

/// <summary>Decodes with Skia's codecs: no colour conversion, colours not multiplied by alpha, first picture of
/// animations, turned upright.</summary>
internal sealed class SkiaDecoder : IImageDecoder
{
    // What may follow a JPEG whose end marker is missing: a whole picture does not depend on it.
    private static readonly byte[] Paddings = [0x00, 0x55, 0xB4];
    private const int PaddingBytes = 4096;

    /// <inheritdoc/>
    public bool CanDecode(ReadOnlySpan<byte> head) =>
        ImageFile.FormatOf(head) is ImageFormat.Jpeg or ImageFormat.WebP or ImageFormat.Gif or ImageFormat.Bmp;

    /// <inheritdoc/>
    public RasterImage Decode(ReadOnlySpan<byte> file, string name, long mostPixels)
    {
        ArgumentNullException.ThrowIfNull(name);
        ImageFormat format = ImageFile.FormatOf(file);
        if (format != ImageFormat.Jpeg)
        {
            return Whole(file, name, format, mostPixels);
        }

        JpegMarkers markers = JpegMarkers.Of(file, name);
        return markers.HasEnd ? Whole(file, name, format, mostPixels)
            : markers.IsComplete ? WithoutEnd(file, name, mostPixels)
            : throw Refused(name, "the JPEG file is cut off: passes over the picture are missing.");
    }

    /// <summary>A JPEG without its end marker: whole if the picture does not depend on what follows.</summary>
    private static RasterImage WithoutEnd(ReadOnlySpan<byte> file, string name, long mostPixels)
    {
        RasterImage? first = null;
        foreach (byte padding in Paddings)
        {
            byte[] padded = new byte[file.Length + PaddingBytes + 2];
            int length = file[^1] == 0xFF ? file.Length - 1 : file.Length;
            file[..length].CopyTo(padded);
            padded.AsSpan(length, padded.Length - length - 2).Fill(padding);
            (padded[^2], padded[^1]) = (0xFF, 0xD9);
            RasterImage image = Whole(padded, name, ImageFormat.Jpeg, mostPixels);
            first ??= image;
            if (!first.Samples.SequenceEqual(image.Samples))
            {
                throw Refused(name, "the JPEG file is cut off: part of the picture is missing.");
            }
        }

        return first!;
    }

    /// <summary>The refusal of a file.</summary>
    public static DataFormatException Refused(string name, string problem) => new($"{name}: {problem}");

    private static unsafe RasterImage Whole(ReadOnlySpan<byte> file, string name, ImageFormat format, long mostPixels)
    {
        fixed (byte* bytes = file)
        {
            using SKData data = SKData.Create((nint)bytes, file.Length);
            using SKCodec codec =
                SKCodec.Create(data)
                ?? throw Refused(name, $"the {Name(format)} file is damaged or cut off: its header cannot be read.");
            (int width, int height) = (codec.Info.Width, codec.Info.Height);
            if (width < 1 || height < 1 || (long)width * height > Math.Min(mostPixels, Array.MaxLength / 4))
            {
                throw Refused(
                    name,
                    $"width and height must be at least 1 and make at most {mostPixels} pixels, got {width} x {height}."
                );
            }

            int orientation = (int)codec.EncodedOrigin;
            return ExifOrientation.Upright(Pixels(codec, name, format), orientation is >= 1 and <= 8 ? orientation : 1);
        }
    }

    /// <summary>The picture as stored: gray, RGB, or RGB and alpha.</summary>
    private static unsafe RasterImage Pixels(SKCodec codec, string name, ImageFormat format)
    {
        bool gray = codec.Info.ColorType == SKColorType.Gray8,
            opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        SKImageInfo target = new(
            width,
            height,
            gray ? SKColorType.Gray8 : SKColorType.Rgba8888,
            opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul
        );
        byte[] samples = new byte[(long)width * height * (gray ? 1 : 4)];
        fixed (byte* to = samples)
        {
            RequireSuccess(codec.GetPixels(target, (nint)to), name, format);
        }

        (int channels, samples) =
            gray ? (1, samples)
            : opaque ? (3, WithoutAlpha(samples))
            : (4, samples);
        return new RasterImage(width, height, channels, samples) { Frames = Math.Max(1, codec.FrameCount) };
    }

    private static void RequireSuccess(SKCodecResult result, string name, ImageFormat format)
    {
        if (result != SKCodecResult.Success)
        {
            throw Refused(
                name,
                result == SKCodecResult.IncompleteInput
                    ? $"the {Name(format)} file is cut off: part of the picture is missing."
                    : $"the {Name(format)} file is damaged, or of a kind that is not read."
            );
        }
    }

    private static string Name(ImageFormat format) =>
        format == ImageFormat.WebP ? "WebP" : format.ToString().ToUpperInvariant();

    private static byte[] WithoutAlpha(byte[] source)
    {
        byte[] result = new byte[source.Length / 4 * 3];
        for (int from = 0, to = 0; to < result.Length; from += 4, to += 3)
        {
            result[to] = source[from];
            result[to + 1] = source[from + 1];
            result[to + 2] = source[from + 2];
        }

        return result;
    }
}
