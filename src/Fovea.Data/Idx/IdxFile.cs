using System.Buffers.Binary;

namespace Fovea.Data;

/// <summary>An IDX file (LeCun): two zero bytes, an element type, a number of axes, their sizes as big-endian 32-bit
/// numbers, then the elements. Only unsigned bytes are taken.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Sizes">Sizes of the axes, outermost first.</param>
/// <param name="Content">The whole file uncompressed.</param>
/// <param name="Start">Where in it the elements start.</param>
internal sealed record IdxFile(string File, int[] Sizes, byte[] Content, int Start)
{
    private const byte UnsignedByte = 0x08;

    /// <summary>The elements.</summary>
    public ReadOnlySpan<byte> Elements => Content.AsSpan(Start);

    /// <summary>Whether a file's first bytes are those of IDX, after gzip or not.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4
        && bytes[0] == 0
        && bytes[1] == 0
        && bytes[2] is >= 0x08 and <= 0x0E
        && bytes[3] is >= 1 and <= 8;

    /// <summary>Reads a file with the given number of axes.</summary>
    public static IdxFile Read(string file, int rank)
    {
        byte[] bytes = FileBytes.Read(file);
        return Parse(file, bytes, rank);
    }

    /// <summary>As <see cref="Read"/>, from bytes.</summary>
    public static IdxFile Parse(string file, byte[] bytes, int rank)
    {
        int header = 4 + (4 * rank);
        GzipMember? member = GzipMember.Is(bytes) ? new GzipMember(file, bytes) : null;
        byte[] head = member?.Head(FileKind.HeadBytes) ?? bytes[..Math.Min(bytes.Length, FileKind.HeadBytes)];
        int[] sizes = ReadSizes(file, head, rank);
        long size = header + ElementCount(file, sizes);
        if (member is not null)
        {
            return new IdxFile(file, sizes, member.Inflate(size), header);
        }

        return bytes.Length == size
            ? new IdxFile(file, sizes, bytes, header)
            : throw DataFormatException.In(
                file,
                $"the header's sizes {string.Join("x", sizes)} make a file of {size} bytes, but it has {bytes.Length}."
            );
    }

    private static int[] ReadSizes(string file, byte[] head, int rank)
    {
        if (!Is(head))
        {
            if (FileKind.Of(head) is { } kind)
            {
                throw DataFormatException.In(file, $"not an IDX file: {kind.Sentence}");
            }

            throw DataFormatException.AtByte(
                file,
                0,
                $"not an IDX file: it must start with two zero bytes, an element type and a number of axes, but starts with {Convert.ToHexString(head.AsSpan(0, Math.Min(4, head.Length)))}."
            );
        }

        if (head[2] != UnsignedByte)
        {
            throw DataFormatException.AtByte(
                file,
                2,
                $"elements must be unsigned bytes (0x08), got type 0x{head[2]:x2}."
            );
        }

        if (head[3] != rank)
        {
            throw DataFormatException.AtByte(
                file,
                3,
                $"{(rank == 1 ? "labels have 1 axis" : "images have 3 axes (count, height, width)")}, got {head[3]}."
            );
        }

        if (head.Length < 4 + (4 * rank))
        {
            throw DataFormatException.AtByte(
                file,
                4,
                $"the header must have {4 + (4 * rank)} bytes, but the content ends after {head.Length}."
            );
        }

        int[] sizes = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4 + (4 * i)));
            sizes[i] = size is >= 1 and <= int.MaxValue
                ? (int)size
                : throw DataFormatException.AtByte(
                    file,
                    4 + (4 * i),
                    $"sizes must be 1 to {int.MaxValue}, got {size}."
                );
        }

        return sizes;
    }

    private static long ElementCount(string file, int[] sizes)
    {
        long count = 1;
        foreach (int size in sizes)
        {
            count *= size;
            if (count > FileBytes.LargestFile)
            {
                throw DataFormatException.AtByte(
                    file,
                    4,
                    $"at most {FileBytes.LargestFile} elements are taken, the header claims {string.Join("x", sizes)}."
                );
            }
        }

        return count / sizes[0] <= ItemLimits.MostValues
            ? count
            : throw DataFormatException.AtByte(
                file,
                8,
                $"an item may have up to {ItemLimits.MostValues} values, the header claims {string.Join("x", sizes[1..])} an item."
            );
    }
}
