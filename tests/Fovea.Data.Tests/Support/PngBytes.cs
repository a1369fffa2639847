using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Fovea.Data.Tests;

/// <summary>Writes PNG files, right ones and wrong ones.</summary>
internal static class PngBytes
{
    public static byte[] Header(int width, int height, byte depth, byte color, byte interlace = 0)
    {
        byte[] data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9], data[12]) = (depth, color, interlace);
        return Chunk("IHDR", data);
    }

    public static byte[] Chunk(string type, params byte[] data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 4);
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(
            chunk.AsSpan(8 + data.Length),
            Crc32.HashToUInt32(chunk.AsSpan(4, 4 + data.Length))
        );
        return chunk;
    }

    public static byte[] Data(params byte[] rows)
    {
        using MemoryStream stream = new();
        using (ZLibStream zlib = new(stream, CompressionLevel.SmallestSize))
        {
            zlib.Write(rows);
        }

        return Chunk("IDAT", stream.ToArray());
    }

    /// <summary>A file of the given chunks, with signature and end.</summary>
    public static byte[] File(params byte[][] chunks) =>
        [.. PngChunks.Signature, .. chunks.SelectMany(c => c), .. Chunk("IEND")];
}
