using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Fovea.Mutants;

/// <summary>Makes the checksums of a damaged file right again, where the file still says what they are of: else they
/// would stop a reader before it comes to what is damaged.</summary>
internal static class Checksums
{
    private const int LocalHeader = 30;
    private const int DirectoryRow = 46;
    private const int MostUnpacked = 1 << 20;

    /// <summary>Of the files in a zip archive, in its directory and before each.</summary>
    public static void OfZip(byte[] archive)
    {
        Span<byte> bytes = archive;
        for (int at = 0; ; at++)
        {
            int step = bytes[at..].IndexOf("PK\u0001\u0002"u8);
            if (step < 0 || at + step + DirectoryRow > bytes.Length)
            {
                return;
            }

            at += step;
            Span<byte> row = bytes.Slice(at, DirectoryRow);
            uint local = BinaryPrimitives.ReadUInt32LittleEndian(row[42..]),
                size = BinaryPrimitives.ReadUInt32LittleEndian(row[20..]);
            if (local + (long)LocalHeader > bytes.Length)
            {
                continue;
            }

            Span<byte> head = bytes[(int)local..];
            long start =
                local
                + LocalHeader
                + (long)BinaryPrimitives.ReadUInt16LittleEndian(head[26..])
                + BinaryPrimitives.ReadUInt16LittleEndian(head[28..]);
            if (
                start + size <= bytes.Length
                && Sum(archive, (int)start, (int)size, BinaryPrimitives.ReadUInt16LittleEndian(row[10..])) is { } sum
            )
            {
                BinaryPrimitives.WriteUInt32LittleEndian(row[16..], sum);
                BinaryPrimitives.WriteUInt32LittleEndian(head[14..], sum);
            }
        }
    }

    /// <summary>Of the chunks of a PNG file.</summary>
    public static void OfPng(byte[] file)
    {
        Span<byte> bytes = file;
        int at = 8;
        while (at + 12 <= bytes.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (at + 12L + length > bytes.Length)
            {
                return;
            }

            uint sum = Crc32.HashToUInt32(bytes.Slice(at + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(at + 8 + (int)length)..], sum);
            at += 12 + (int)length;
        }
    }

    /// <summary>Of a stored or a deflated file; null where it cannot be unpacked.</summary>
    private static uint? Sum(byte[] archive, int start, int size, int method)
    {
        if (method == 0)
        {
            return Crc32.HashToUInt32(archive.AsSpan(start, size));
        }

        try
        {
            using DeflateStream packed = new(new MemoryStream(archive, start, size), CompressionMode.Decompress);
            byte[] unpacked = new byte[MostUnpacked];
            int read = packed.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
            return Crc32.HashToUInt32(unpacked.AsSpan(0, read));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
