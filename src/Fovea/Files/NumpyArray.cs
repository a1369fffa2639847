namespace Fovea.Files;

/// <summary>Arrays of NumPy: <c>.npy</c>, and the archives <c>.npz</c> of them.</summary>
internal static class NumpyArray
{
    private const string Suffix = ".npy";

    /// <summary>Reads a <c>.npy</c> file.</summary>
    /// <exception cref="InvalidDataException">It breaks a rule, or elements are of a kind that is not read.</exception>
    public static (Tensor Tensor, StoredType Type) Read(ByteSource source)
    {
        using SourceStream stream = new(source, 0, source.Length);
        return Read(stream, source.Name, source.Length);
    }

    /// <summary>The arrays of an archive, by name without <c>.npy</c>.</summary>
    /// <remarks>The name is that within the archive, with folders; nothing is written to disk.</remarks>
    public static IEnumerable<(string Name, ZipEntry Entry)> List(ByteSource source, ZipArchiveReader archive)
    {
        foreach (ZipEntry entry in archive.Entries.Where(e => !e.Name.EndsWith('/')))
        {
            yield return entry.Name.EndsWith(Suffix, StringComparison.Ordinal)
                ? (entry.Name[..^Suffix.Length], entry)
                : throw new InvalidDataException(
                    $"{source.Name}: an archive of NumPy has arrays (*{Suffix}) only; it has '{ShortName.Of(entry.Name)}'."
                );
        }
    }

    /// <summary>The header of an array of an archive.</summary>
    public static NumpyHeader HeaderOf(ByteSource source, ZipArchiveReader archive, ZipEntry entry)
    {
        using Stream stream = archive.Open(entry);
        string place = Place(source, entry);
        return NumpyHeader.Read(place, bytes => Fill(stream, place, bytes));
    }

    /// <summary>Reads an array of an archive. Its size and checksum are compared first, without keeping it.</summary>
    public static (Tensor Tensor, StoredType Type) Read(ByteSource source, ZipArchiveReader archive, ZipEntry entry)
    {
        archive.Verify(entry);
        using Stream stream = archive.Open(entry);
        return Read(stream, Place(source, entry), entry.Size);
    }

    /// <summary>The bytes of the elements of an array of an archive, as they lie in it.</summary>
    public static byte[] ReadBytes(ByteSource source, ZipArchiveReader archive, ZipEntry entry)
    {
        archive.Verify(entry);
        using Stream stream = archive.Open(entry);
        string name = Place(source, entry);
        NumpyHeader header = Header(stream, name, entry.Size);
        byte[] bytes = new byte[header.Shape.Count * header.Type.Bytes];
        Fill(stream, name, bytes);
        return bytes;
    }

    private static (Tensor, StoredType) Read(Stream stream, string name, long length)
    {
        NumpyHeader header = Header(stream, name, length);
        bool isTurned = header.IsFortran && header.Shape.Rank > 1;
        Shape stored = isTurned ? Shape.Create([.. header.Shape.Reverse()]) : header.Shape;
        try
        {
            Tensor tensor = header.Type.Read(stored, header.IsBigEndian, to => Fill(stream, name, to));
            return (isTurned ? tensor.Permute([.. Enumerable.Range(0, stored.Rank).Reverse()]) : tensor, header.Type);
        }
        catch (OverflowException e)
        {
            throw new InvalidDataException($"{name}: a number is above 2^63 - 1, which does not fit Int64.", e);
        }
    }

    /// <summary>The header, once it fits the length.</summary>
    private static NumpyHeader Header(Stream stream, string name, long length)
    {
        NumpyHeader header = NumpyHeader.Read(name, bytes => Fill(stream, name, bytes));
        long bytes = header.Shape.Count * header.Type.Bytes;
        if (length - header.Bytes != bytes)
        {
            throw new InvalidDataException(
                $"{name}: {header.Type.Name} of shape ({string.Join(", ", header.Shape)}) takes {bytes} bytes, and {length - header.Bytes} follow the header. The file was cut short or is damaged."
            );
        }

        return header;
    }

    private static string Place(ByteSource source, ZipEntry entry) => $"{source.Name}, '{ShortName.Of(entry.Name)}'";

    private static void Fill(Stream stream, string name, Span<byte> bytes)
    {
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException(
                $"{name}: the file ends within the array. It was cut short or is damaged.",
                e
            );
        }
    }
}
