using System.Buffers.Binary;

namespace Fovea.Data;

/// <summary>The IHDR chunk of a PNG: sizes, sample depth and colour type, checked against the standard and the reader's
/// limits.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="BitDepth">1, 2, 4, 8 or 16 bits a stored sample.</param>
/// <param name="Color">0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha.</param>
/// <param name="Interlaced">Stored in the seven passes of Adam7.</param>
internal sealed record PngHeader(int Width, int Height, int BitDepth, int Color, bool Interlaced)
{
    public const int Palette = 3;

    // (first column, first row, column step, row step) of the passes of Adam7.
    private static readonly (int X, int Y, int DX, int DY)[] Adam7 =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    /// <summary>Samples stored for a pixel.</summary>
    public int StoredChannels =>
        Color switch
        {
            0 or Palette => 1,
            2 => 3,
            4 => 2,
            _ => 4,
        };

    /// <summary>Bytes between a byte and the one filters call its left neighbour.</summary>
    public int FilterStep => Math.Max(1, StoredChannels * BitDepth / 8);

    /// <summary>The passes that have pixels: first column and row, steps, and sizes.</summary>
    public IEnumerable<PngPass> Passes
    {
        get
        {
            foreach ((int x, int y, int dx, int dy) in Interlaced ? Adam7 : [(0, 0, 1, 1)])
            {
                int width = (Width - x + dx - 1) / dx,
                    height = (Height - y + dy - 1) / dy;
                if (width > 0 && height > 0)
                {
                    yield return new PngPass(
                        x,
                        y,
                        dx,
                        dy,
                        width,
                        height,
                        (int)((((long)width * StoredChannels * BitDepth) + 7) / 8)
                    );
                }
            }
        }
    }

    /// <summary>Bytes of the uncompressed image data, filter bytes included.</summary>
    public long DataBytes => Passes.Sum(pass => (long)pass.Height * (pass.RowBytes + 1));

    /// <summary>Reads the chunk's 13 bytes.</summary>
    public static PngHeader Parse(string file, long offset, ReadOnlySpan<byte> data, long mostPixels)
    {
        if (data.Length != 13)
        {
            throw DataFormatException.AtByte(file, offset, $"the header IHDR must have 13 bytes, got {data.Length}.");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data),
            height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue || (long)width * height > mostPixels)
        {
            throw DataFormatException.AtByte(
                file,
                offset,
                $"width and height must be at least 1 and make at most {mostPixels} pixels, got {width} x {height}."
            );
        }

        (int depth, int color) = (data[8], data[9]);
        bool fits = color switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            Palette => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!fits)
        {
            throw DataFormatException.AtByte(
                file,
                offset + 8,
                $"bit depth {depth} with colour type {color} is not allowed by the PNG standard."
            );
        }

        return data[10] == 0 && data[11] == 0 && data[12] <= 1
            ? new PngHeader((int)width, (int)height, depth, color, data[12] == 1)
            : throw DataFormatException.AtByte(
                file,
                offset + 10,
                $"compression and filter method must be 0 and interlace method 0 or 1, got {data[10]}, {data[11]}, {data[12]}."
            );
    }
}

/// <summary>One pass over an image: which pixels it has.</summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY, int Width, int Height, int RowBytes);
