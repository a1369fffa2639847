using System.Buffers.Binary;

namespace Fovea.Data;

/// <summary>What a picture file is, by its first bytes.</summary>
public enum ImageFormat
{
    /// <summary>None of those known here.</summary>
    None,

    /// <summary>PNG, ISO/IEC 15948.</summary>
    Png,

    /// <summary>JPEG, ISO/IEC 10918-1.</summary>
    Jpeg,

    /// <summary>GIF 87a or 89a.</summary>
    Gif,

    /// <summary>WebP, RFC 9649.</summary>
    WebP,

    /// <summary>A Windows bitmap.</summary>
    Bmp,

    /// <summary>TIFF 6.0; not read.</summary>
    Tiff,
}

/// <summary>Reads picture files. The format is told by the first bytes, not by the name.</summary>
/// <remarks>PNG is read here, in managed code. Further formats are read by decoders that a program adds once at its start:
/// <c>Photographs.Register()</c> of Fovea.Imaging adds JPEG, WebP, GIF and BMP. There is no search for decoders, so
/// trimmed and natively compiled programs behave the same.</remarks>
public static class ImageFile
{
    /// <summary>The most pixels of a picture where nothing else is asked for.</summary>
    public const long DefaultMostPixels = 100_000_000;

    private static volatile IImageDecoder[] _decoders = [];

    private static readonly Lock Gate = new();

    /// <summary>Adds a decoder for the whole process; a second one of the same type changes nothing.</summary>
    /// <param name="decoder">The decoder; those added earlier are asked first.</param>
    public static void Register(IImageDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        lock (Gate)
        {
            if (!_decoders.Any(d => d.GetType() == decoder.GetType()))
            {
                _decoders = [.. _decoders, decoder];
            }
        }
    }

    /// <summary>Whether a file that starts so can be read as a picture.</summary>
    /// <param name="head">Its first 512 bytes, or all of a shorter one.</param>
    public static bool CanRead(ReadOnlySpan<byte> head) => IsPng(head) || Decoder(head) is not null;

    /// <summary>Reads a file, turned upright by its EXIF orientation.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostPixels">The most pixels it may have, 1 up; compared with its header before memory is
    /// taken.</param>
    /// <exception cref="DataFormatException">The file cannot be read, is damaged, too large, or no picture of a format that
    /// is read.</exception>
    public static RasterImage Read(string path, long mostPixels = DefaultMostPixels)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Decode(FileBytes.Read(path), path, mostPixels);
    }

    /// <summary>Decodes a file's content, turned upright by its EXIF orientation.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="mostPixels">As for <see cref="Read"/>.</param>
    /// <exception cref="DataFormatException">As <see cref="Read"/>.</exception>
    public static RasterImage Decode(byte[] bytes, string name = "image", long mostPixels = DefaultMostPixels)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(name);
        if (IsPng(bytes))
        {
            PngDecoder png = new(name, bytes, mostPixels);
            return ExifOrientation.Upright(png.Image, ExifOrientation.OfTiff(png.Exif));
        }

        ReadOnlySpan<byte> head = bytes.AsSpan(0, Math.Min(bytes.Length, FileKind.HeadBytes));
        return Decoder(head) is { } decoder
            ? decoder.Decode(bytes, name, mostPixels)
            : throw DataFormatException.In(
                name,
                FileKind.Of(bytes) is { } kind
                    ? $"not a picture that can be read: {kind.Sentence}"
                    : $"not a picture: expected a PNG{(_decoders.Length > 0 ? ", JPEG, WebP, GIF or BMP" : "")} file, but it starts with {Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length)))}."
            );
    }

    /// <summary>The format of a file by its first bytes.</summary>
    /// <param name="head">Its first 512 bytes, or all of a shorter one.</param>
    public static ImageFormat FormatOf(ReadOnlySpan<byte> head) =>
        IsPng(head) ? ImageFormat.Png
        : head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ImageFormat.Jpeg
        : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? ImageFormat.Gif
        : head.StartsWith("RIFF"u8) && head.Length >= 12 && head[8..].StartsWith("WEBP"u8) ? ImageFormat.WebP
        : head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) ? ImageFormat.Tiff
        : IsBitmap(head) ? ImageFormat.Bmp
        : ImageFormat.None;

    /// <summary>Two letters are not enough: a text may start with them. The reserved bytes are 0 and the size of the
    /// second header is one of the few there are.</summary>
    private static bool IsBitmap(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("BM"u8)
        && bytes.Length >= 18
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..]) == 0
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) is 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124;

    /// <summary>Whether bytes start as a PNG file does.</summary>
    internal static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith(PngChunks.Signature);

    private static IImageDecoder? Decoder(ReadOnlySpan<byte> head)
    {
        foreach (IImageDecoder decoder in _decoders)
        {
            if (decoder.CanDecode(head))
            {
                return decoder;
            }
        }

        return null;
    }
}
