using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Fovea.Files;

/// <summary>Files of a zip archive, with zip64: names, places and sizes from the directory at its end, each checked
/// against the file's own header. Nothing is ever written to disk.</summary>
/// <remarks>The layout: PKWARE's APPNOTE 6.3. An archive is refused where two files overlap or have one name, or a place
/// or size is not within it, so that all stored bytes together are no more than the archive.</remarks>
internal sealed class ZipArchiveReader
{
    private const int LocalHeader = 30;
    private const int Chunk = 1 << 16;

    private readonly ByteSource _source;

    private ZipArchiveReader(ByteSource source, IReadOnlyList<ZipEntry> entries)
    {
        _source = source;
        Entries = entries;
    }

    /// <summary>The files, in the order of the directory.</summary>
    public IReadOnlyList<ZipEntry> Entries { get; }

    /// <summary>Whether bytes begin as those of a zip archive with a file in it, or of an empty one.</summary>
    public static bool Is(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8);

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidDataException">It breaks a rule; the message names the file and the place.</exception>
    public static ZipArchiveReader Read(ByteSource source)
    {
        ZipDirectory directory = ZipDirectory.Find(source);
        List<ZipEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ZipEntry listed in directory.List())
        {
            entries.Add(Locate(source, listed, directory.Start));
            if (!names.Add(listed.Name))
            {
                throw new InvalidDataException($"{source.Name}: the archive has '{Show(listed.Name)}' twice.");
            }
        }

        RefuseOverlaps(source, entries);
        return new ZipArchiveReader(source, entries);
    }

    /// <summary>All bytes of a file that must be short.</summary>
    /// <param name="entry">The file.</param>
    /// <param name="most">The most bytes that it may have.</param>
    public byte[] ReadAll(ZipEntry entry, int most)
    {
        if (entry.Size > most)
        {
            throw new InvalidDataException(
                $"{_source.Name}: '{Show(entry.Name)}' may have up to {most} bytes, it has {entry.Size}."
            );
        }

        Verify(entry); // so that no memory is taken for a size that is not true
        byte[] bytes = new byte[entry.Size];
        using Stream stream = Open(entry);
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A file's bytes, uncompressed.</summary>
    public Stream Open(ZipEntry entry)
    {
        SourceStream packed = new(_source, entry.Start, entry.Packed);
        return entry.Method switch
        {
            ZipEntry.Stored => packed,
            ZipEntry.Deflated => new DeflateStream(packed, CompressionMode.Decompress),
            _ => throw new InvalidDataException(
                $"{_source.Name}: '{Show(entry.Name)}' is compressed by method {entry.Method}; stored (0) and deflated (8) are read."
            ),
        };
    }

    /// <summary>Reads a file without keeping it, and compares size and checksum with the directory's.</summary>
    /// <exception cref="InvalidDataException">They differ, or it cannot be uncompressed.</exception>
    public void Verify(ZipEntry entry)
    {
        Crc32 crc = new();
        byte[] buffer = new byte[Chunk];
        long size = 0;
        using Stream stream = Open(entry);
        try
        {
            for (int got; (got = stream.Read(buffer)) > 0 && size <= entry.Size; size += got)
            {
                crc.Append(buffer.AsSpan(0, got));
            }
        }
        catch (InvalidDataException e) when (entry.Method == ZipEntry.Deflated)
        {
            throw new InvalidDataException($"{_source.Name}: '{Show(entry.Name)}' is damaged: {e.Message}", e);
        }

        if (size != entry.Size)
        {
            throw new InvalidDataException(
                $"{_source.Name}: '{Show(entry.Name)}' must have {entry.Size} bytes by the archive's directory, but {(size < entry.Size ? $"ends after {size}" : "goes on after them")}."
            );
        }

        if (entry.Crc != 0 && entry.Crc != crc.GetCurrentHashAsUInt32())
        {
            throw new InvalidDataException(
                $"{_source.Name}: '{Show(entry.Name)}' does not have the checksum that the archive's directory gives: the file is damaged. Fetch or save it again."
            );
        }
    }

    /// <summary>A name as messages show it: short, and without control characters.</summary>
    public static string Show(string name)
    {
        const int Longest = 100;
        string clean = string.Concat(
            name.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)
        );
        return name.Length > Longest ? clean + "..." : clean;
    }

    /// <summary>The entry with the place of its bytes, which only its own header tells.</summary>
    private static ZipEntry Locate(ByteSource source, ZipEntry entry, long end)
    {
        Span<byte> header = stackalloc byte[LocalHeader];
        if (entry.Header > end - LocalHeader)
        {
            throw Wrong("begins outside of the archive");
        }

        source.Read(entry.Header, header);
        if (!header.StartsWith("PK\u0003\u0004"u8))
        {
            throw Wrong("has no header where the directory says");
        }

        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        int extra = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        long start = entry.Header + LocalHeader + nameBytes + extra;
        if (start > end || entry.Packed > end - start)
        {
            throw Wrong($"has {entry.Packed} bytes by the directory, more than there are");
        }

        byte[] name = new byte[nameBytes];
        source.Read(entry.Header + LocalHeader, name);
        bool sizesFollow = (header[6] & ZipDirectory.SizesFollow) != 0;
        uint packed = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        bool isSame =
            Encoding.UTF8.GetString(name) == entry.Name
            && BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) == entry.Method
            && (sizesFollow || packed == uint.MaxValue || packed == entry.Packed);
        return isSame ? entry with { Start = start } : throw Wrong("has another header than the directory says");

        InvalidDataException Wrong(string problem) =>
            new($"{source.Name}: '{Show(entry.Name)}' {problem}. The archive is damaged.");
    }

    private static void RefuseOverlaps(ByteSource source, List<ZipEntry> entries)
    {
        ZipEntry? before = null;
        foreach (ZipEntry entry in entries.OrderBy(e => e.Header))
        {
            if (before is not null && entry.Header < before.Start + before.Packed)
            {
                throw new InvalidDataException(
                    $"{source.Name}: '{Show(before.Name)}' and '{Show(entry.Name)}' overlap. The archive is damaged or made to harm."
                );
            }

            before = entry;
        }
    }
}
