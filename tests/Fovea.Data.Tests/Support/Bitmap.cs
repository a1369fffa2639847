using System.Buffers.Binary;

namespace Fovea.Data.Tests;

/// <summary>Reads the BMP files that hold the truth about PngSuite: 32 bits a pixel, blue first, bottom row
/// first.</summary>
internal sealed class Bitmap
{
    private readonly byte[] _bytes;
    private readonly int _start;

    public Bitmap(string path)
    {
        _bytes = File.ReadAllBytes(path);
        _start = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(10));
        Width = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(18));
        Height = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(22));
        Assert.Equal(32, BinaryPrimitives.ReadInt16LittleEndian(_bytes.AsSpan(28)));
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Red, green, blue and alpha, 0..255.</summary>
    public (int R, int G, int B, int A) this[int x, int y]
    {
        get
        {
            int at = _start + ((((Height - 1 - y) * Width) + x) * 4);
            return (_bytes[at + 2], _bytes[at + 1], _bytes[at], _bytes[at + 3]);
        }
    }
}
