namespace Fovea.Files;

/// <summary>A file within a zip archive.</summary>
/// <param name="Name">Its full name, with folders.</param>
/// <param name="Method">How it is compressed; see the constants.</param>
/// <param name="Crc">Its checksum; 0 where none was recorded.</param>
/// <param name="Packed">Bytes that it takes in the archive.</param>
/// <param name="Size">Bytes that it has.</param>
/// <param name="Header">Where its own header begins.</param>
/// <param name="Start">Where its bytes begin.</param>
internal sealed record ZipEntry(string Name, int Method, uint Crc, long Packed, long Size, long Header, long Start)
{
    /// <summary>Not compressed.</summary>
    public const int Stored = 0;

    /// <summary>Compressed with deflate.</summary>
    public const int Deflated = 8;
}
