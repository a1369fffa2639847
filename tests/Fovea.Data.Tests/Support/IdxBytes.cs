using System.Buffers.Binary;
using System.IO.Compression;

namespace Fovea.Data.Tests;

/// <summary>Writes IDX and gzip bytes.</summary>
internal static class IdxBytes
{
    public static byte[] Make(byte[] elements, params int[] sizes)
    {
        byte[] bytes = new byte[4 + (4 * sizes.Length) + elements.Length];
        (bytes[2], bytes[3]) = (0x08, (byte)sizes.Length);
        for (int i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + (4 * i)), sizes[i]);
        }

        elements.CopyTo(bytes, 4 + (4 * sizes.Length));
        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>Images counting up, as small as they can be told apart.</summary>
    public static byte[] Images(int count, int height = 2, int width = 3) =>
        Make([.. Enumerable.Range(0, count * height * width).Select(i => (byte)i)], count, height, width);

    public static byte[] Labels(params byte[] labels) => Make(labels, labels.Length);
}
