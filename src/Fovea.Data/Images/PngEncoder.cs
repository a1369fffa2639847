using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Fovea.Data;

/// <summary>Writes PNG images (ISO/IEC 15948): gray or RGB, 8 bits a sample, no filters.</summary>
public static class PngEncoder
{
    private const byte Gray = 0;
    private const byte Rgb = 2;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The file of an image.</summary>
    /// <param name="samples">[C, H, W], 0-1; what is outside is clamped, what is no number is 0.</param>
    /// <param name="channels">1 gray, 3 RGB.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="width">Pixels of a row, 1 or more.</param>
    /// <exception cref="ArgumentException">The sizes are none of an image, or not those of the samples.</exception>
    public static byte[] Encode(ReadOnlySpan<float> samples, int channels, int height, int width)
    {
        if (channels is not (1 or 3) || height < 1 || width < 1 || samples.Length != (long)channels * height * width)
        {
            throw new ArgumentException(
                $"PngEncoder: needs 1 or 3 channels, a height and a width of 1 or more and as many samples, got [{channels}, {height}, {width}] and {samples.Length} samples."
            );
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, channels == 1 ? Gray : Rgb);

        using MemoryStream file = new();
        file.Write(Signature);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, Compressed(samples, channels, height, width));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compressed(ReadOnlySpan<float> samples, int channels, int height, int width)
    {
        using MemoryStream data = new();
        using (ZLibStream zlib = new(data, CompressionLevel.Optimal))
        {
            byte[] row = new byte[1 + (channels * width)]; // the first byte says: no filter
            for (int y = 0; y < height; y++)
            {
                for (int i = 0; i < channels * width; i++)
                {
                    row[1 + i] = RasterImage.Sample(samples[(((i % channels) * height) + y) * width + (i / channels)]);
                }

                zlib.Write(row);
            }
        }

        return data.ToArray();
    }

    /// <summary>Length, type, data, and the checksum of type and data.</summary>
    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        Crc32 crc = new();
        crc.Append(type);
        crc.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
