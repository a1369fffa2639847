using System.Buffers.Binary;
using System.Text;

namespace Fovea.Data;

/// <summary>What a file is that is not what was expected, told by its first bytes.</summary>
/// <param name="Name">Such as <c>a JPEG image</c>.</param>
/// <param name="Hint">What to do about it, a sentence.</param>
internal sealed record FileKind(string Name, string Hint)
{
    /// <summary>How many bytes of a file's start are enough to tell.</summary>
    public const int HeadBytes = 512;

    private const string ToPng = "Convert it to PNG.";

    /// <summary>For the end of a message.</summary>
    public string Sentence => $"the file is {Name}. {Hint}";

    /// <summary>The kind of a file by its first bytes, or null where it is none of those known here.</summary>
    /// <param name="bytes">The whole file or its first <see cref="HeadBytes"/> bytes.</param>
    public static FileKind? Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return new FileKind("empty", "There is nothing in it to read.");
        }

        return OfImage(bytes) is { } image
                ? new FileKind(
                    image,
                    PngImage.IsPng(bytes) ? "A single image is an input of a trained network, not a data set." : ToPng
                )
            : GzipMember.Is(bytes) ? new FileKind("compressed with gzip", "Decompress it first.")
            : bytes.StartsWith("PK\x03\x04"u8) || bytes.StartsWith("PK\x05\x06"u8)
                ? new FileKind("a zip archive", "Unpack it first.")
            : bytes.StartsWith("version https://git-lfs"u8)
                ? new FileKind(
                    "a Git LFS pointer, a text that stands for the real file",
                    "Fetch that with 'git lfs pull'."
                )
            : IsHtml(bytes) ? new FileKind("an HTML page", "A download has saved a page instead of the file.")
            : null;
    }

    private static string? OfImage(ReadOnlySpan<byte> bytes) =>
        PngImage.IsPng(bytes) ? "a PNG image"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "a JPEG image"
        : bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) ? "a GIF image"
        : bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..].StartsWith("WEBP"u8) ? "a WebP image"
        : bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) ? "a TIFF image"
        : IsBitmap(bytes) ? "a BMP image"
        : null;

    /// <summary>Two letters are not enough: a text may start with them. The reserved bytes are 0 and the size of the
    /// second header is one of the few there are.</summary>
    private static bool IsBitmap(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("BM"u8)
        && bytes.Length >= 18
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..]) == 0
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) is 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124;

    private static bool IsHtml(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = (
            bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes
        ).TrimStart(" \t\r\n"u8);
        return StartsWith(text, "<!doctype html"u8) || StartsWith(text, "<html"u8) || StartsWith(text, "<head"u8);
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);
}
