namespace Fovea.Interop;

/// <summary>What a file looks like that is not what was expected.</summary>
internal static class FileLooks
{
    /// <summary>A sentence for the end of a message, with a space before it; empty where the bytes say nothing.</summary>
    /// <param name="start">The first bytes.</param>
    public static string Hint(ReadOnlySpan<byte> start) => Of(start) is { } sentence ? $" {sentence}" : "";

    private static string? Of(ReadOnlySpan<byte> start) =>
        start.IsEmpty ? "It is empty."
        : start.StartsWith("version "u8) ? "It looks like a Git LFS pointer: fetch the file itself."
        : start.StartsWith("<"u8) ? "It looks like a web page: a download has saved a page instead of the file."
        : start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "It looks like a PNG image."
        : start is [0xFF, 0xD8, 0xFF, ..] ? "It looks like a JPEG image."
        : start is [0x1F, 0x8B, ..] ? "It is compressed with gzip: decompress it first."
        : start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..] ? "It is HDF5, as Keras writes it, which is not read."
        : start is [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] ? "It looks like a NumPy array."
        : start is [_, _, _, _, _, _, _, _, (byte)'{', ..] ? "It looks like safetensors."
        : start.StartsWith("PK\u0003\u0004"u8) ? "It looks like a zip archive, as PyTorch's and NumPy's files are."
        : null;
}
