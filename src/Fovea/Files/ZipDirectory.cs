using System.Buffers.Binary;
using System.Text;

namespace Fovea.Files;

/// <summary>The directory at the end of a zip archive.</summary>
/// <param name="Source">The archive.</param>
/// <param name="Start">Where the directory begins.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Count">Number of files.</param>
internal sealed record ZipDirectory(ByteSource Source, long Start, long Size, long Count)
{
    /// <summary>The flag of a file whose sizes follow its bytes.</summary>
    public const int SizesFollow = 8;

    private const int EndRecord = 22;
    private const int Zip64End = 56;
    private const int Zip64Locator = 20;
    private const int Header = 46;
    private const int LongestComment = ushort.MaxValue;
    private const long LargestDirectory = 1 << 28;
    private const int Encrypted = 1;

    /// <summary>Finds the directory.</summary>
    /// <exception cref="InvalidDataException">There is none, or its place cannot be.</exception>
    public static ZipDirectory Find(ByteSource source)
    {
        int tail = (int)Math.Min(source.Length, EndRecord + LongestComment);
        byte[] bytes = new byte[tail];
        source.Read(source.Length - tail, bytes);
        int[] ends = [.. EndsIn(bytes)];
        if (ends.Length != 1)
        {
            throw new InvalidDataException(
                ends.Length == 0
                    ? $"{source.Name}: a zip archive without the directory at its end: the file was cut short, e.g. as the disk was full. Fetch or save it again."
                    : $"{source.Name}: a zip archive with {ends.Length} ends; it is damaged or made to harm."
            );
        }

        ReadOnlySpan<byte> end = bytes.AsSpan(ends[0]);
        long place = source.Length - tail + ends[0];
        ZipDirectory found = new(
            source,
            BinaryPrimitives.ReadUInt32LittleEndian(end[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(end[10..])
        );
        bool isLarge = found is { Start: uint.MaxValue } or { Size: uint.MaxValue } or { Count: ushort.MaxValue };
        if ((isLarge ? Zip64(source, place) : null) is { } zip64)
        {
            (found, place) = zip64;
        }

        return
            found.Start <= place
            && found.Size <= Math.Min(LargestDirectory, place - found.Start)
            && found.Count <= found.Size / Header
            ? found
            : throw new InvalidDataException(
                $"{source.Name}: the zip directory of {found.Count} files and {found.Size} bytes at byte {found.Start} cannot be: it must end at byte {place}. The file is damaged."
            );
    }

    /// <summary>The files, without the places of their bytes.</summary>
    /// <exception cref="InvalidDataException">An entry breaks a rule.</exception>
    public IEnumerable<ZipEntry> List()
    {
        byte[] bytes = new byte[Size];
        Source.Read(Start, bytes);
        int at = 0;
        for (long i = 0; i < Count; i++)
        {
            if (bytes.Length - at < Header || !bytes.AsSpan(at).StartsWith("PK\u0001\u0002"u8))
            {
                throw Wrong(at, $"the zip directory must have an entry here ({Count} in all)");
            }

            int name = Word(bytes, at + 28),
                extra = Word(bytes, at + 30),
                comment = Word(bytes, at + 32);
            if (bytes.Length - at - Header < name + extra + comment)
            {
                throw Wrong(at, "the zip directory ends within an entry");
            }

            yield return Entry(bytes.AsSpan(at, Header + name + extra), name, at);
            at += Header + name + extra + comment;
        }
    }

    private ZipEntry Entry(ReadOnlySpan<byte> bytes, int nameBytes, int at)
    {
        string name = Encoding.UTF8.GetString(bytes.Slice(Header, nameBytes));
        long size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            packed = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            header = BinaryPrimitives.ReadUInt32LittleEndian(bytes[42..]);
        if (size == uint.MaxValue || packed == uint.MaxValue || header == uint.MaxValue)
        {
            ReadOnlySpan<byte> large = Zip64Extra(bytes[(Header + nameBytes)..]);
            bool isThere = Take(ref size, ref large) && Take(ref packed, ref large) && Take(ref header, ref large);
            if (!isThere)
            {
                throw Wrong(at, $"'{ShortName.Of(name)}' lacks its zip64 sizes");
            }
        }

        int method = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        string? problem =
            (bytes[8] & Encrypted) != 0 ? "is encrypted"
            : size < 0 || packed < 0 || header < 0 ? "has a size above 2^63"
            : method == ZipEntry.Stored && size != packed ? $"is stored, but has {size} bytes in {packed}"
            : null;
        return problem is null
            ? new ZipEntry(name, method, BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]), packed, size, header, 0)
            : throw Wrong(at, $"'{ShortName.Of(name)}' {problem}");
    }

    /// <summary>Where an end record stands whose comment reaches exactly to the end of the file.</summary>
    private static IEnumerable<int> EndsIn(byte[] tail)
    {
        for (int at = tail.Length - EndRecord; at >= 0; at--)
        {
            if (tail.AsSpan(at).StartsWith("PK\u0005\u0006"u8) && at + EndRecord + Word(tail, at + 20) == tail.Length)
            {
                yield return at;
            }
        }
    }

    private static (ZipDirectory Directory, long Place)? Zip64(ByteSource source, long end)
    {
        byte[] locator = new byte[Zip64Locator],
            record = new byte[Zip64End];
        if (end < Zip64Locator + Zip64End)
        {
            return null;
        }

        source.Read(end - Zip64Locator, locator);
        if (!locator.AsSpan().StartsWith("PK\u0006\u0007"u8))
        {
            return null; // the numbers are meant as they are
        }

        long place = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        if (place < 0 || place > end - Zip64Locator - Zip64End)
        {
            throw new InvalidDataException(
                $"{source.Name}: the zip64 end cannot be at byte {place}. The file is damaged."
            );
        }

        source.Read(place, record);
        long count = BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(32)),
            size = BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(40)),
            start = BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48));
        return record.AsSpan().StartsWith("PK\u0006\u0006"u8) && count >= 0 && size >= 0 && start >= 0
            ? (new ZipDirectory(source, start, size, count), place)
            : throw new InvalidDataException(
                $"{source.Name}, byte {place}: this is no zip64 end. The file is damaged."
            );
    }

    /// <summary>The zip64 field of an entry; empty where there is none.</summary>
    private static ReadOnlySpan<byte> Zip64Extra(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra),
                size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4)
            {
                break;
            }

            if (id == 1)
            {
                return extra.Slice(4, size);
            }

            extra = extra[(4 + size)..];
        }

        return [];
    }

    /// <summary>Replaces a number that stands for a longer one.</summary>
    private static bool Take(ref long value, ref ReadOnlySpan<byte> large)
    {
        if (value != uint.MaxValue)
        {
            return true;
        }

        if (large.Length < sizeof(long))
        {
            return false;
        }

        value = BinaryPrimitives.ReadInt64LittleEndian(large);
        large = large[sizeof(long)..];
        return true;
    }

    private static int Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private InvalidDataException Wrong(int at, string problem) =>
        new($"{Source.Name}, byte {Start + at}: {problem}. The archive is damaged.");
}
