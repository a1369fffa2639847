using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Fovea.Data.Tests;

public sealed class PngEncoderTests
{
    [Fact]
    public void Encode_Rgb_HasHeaderRowsAndChecksumsByTheStandard()
    {
        // Channels first: red 0 and 1, green 0.5 and above 1, blue below 0 and no number.
        byte[] file = PngEncoder.Encode([0, 1, 0.5f, 7, -1, float.NaN], 3, 1, 2);

        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        (string Type, byte[] Data)[] chunks = [.. Chunks(file)];
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(c => c.Type));
        Assert.Equal([0, 0, 0, 2, 0, 0, 0, 1, 8, 2, 0, 0, 0], chunks[0].Data);
        Assert.Equal([0, 0, 128, 0, 255, 255, 0], Inflate(chunks[1].Data));
    }

    [Fact]
    public void Encode_Gray_HasARowAfterAnother()
    {
        byte[] file = PngEncoder.Encode([0, 0.2f, 0.4f, 0.6f, 0.8f, 1], 1, 3, 2);

        (string Type, byte[] Data)[] chunks = [.. Chunks(file)];
        Assert.Equal([0, 0, 0, 2, 0, 0, 0, 3, 8, 0, 0, 0, 0], chunks[0].Data);
        Assert.Equal([0, 0, 51, 0, 102, 153, 0, 204, 255], Inflate(chunks[1].Data));
    }

    [Theory]
    [InlineData(2, 1, 1, 2)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(1, 2, 2, 3)]
    public void Encode_WhatIsNoImage_IsRefused(int channels, int height, int width, int samples) =>
        Assert.Contains(
            $"got [{channels}, {height}, {width}] and {samples} samples",
            Assert
                .Throws<ArgumentException>(() => PngEncoder.Encode(new float[samples], channels, height, width))
                .Message,
            StringComparison.Ordinal
        );

    private static IEnumerable<(string Type, byte[] Data)> Chunks(byte[] file)
    {
        for (int at = 8; at < file.Length; )
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            Assert.Equal(
                Crc32.HashToUInt32(file.AsSpan(at + 4, 4 + length)),
                BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length))
            );
            yield return (Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]);
            at += 12 + length;
        }
    }

    private static byte[] Inflate(byte[] data)
    {
        using ZLibStream zlib = new(new MemoryStream(data), CompressionMode.Decompress);
        using MemoryStream rows = new();
        zlib.CopyTo(rows);
        return rows.ToArray();
    }
}
