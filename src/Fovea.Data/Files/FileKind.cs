using System.Text;

namespace Fovea.Data;

/// <summary>What a file is that is not what was expected, told by its first bytes.</summary>
/// <param name="Name">Such as <c>a JPEG image</c>.</param>
/// <param name="Hint">What to do about it, a sentence.</param>
internal sealed record FileKind(string Name, string Hint)
{
    /// <summary>How many bytes of a file's start are enough to tell.</summary>
    public const int HeadBytes = 512;

    private const string NotRead =
        "A program reads it with the package Fovea.Imaging and Photographs.Register() at its start; or convert it to PNG.";
    private const string OneImage = "A single image is an input of a trained network, not a data set.";

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
                    ImageFile.CanRead(bytes) ? OneImage
                        : image == "a TIFF image" ? "TIFF is not read; convert it to PNG."
                        : NotRead
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
        ImageFile.FormatOf(bytes) switch
        {
            ImageFormat.None => null,
            ImageFormat.WebP => "a WebP image",
            ImageFormat format => $"a {format.ToString().ToUpperInvariant()} image",
        };

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
