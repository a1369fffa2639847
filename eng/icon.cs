// Draws the packages' icon, a PNG of 128 x 128 pixels: dotnet run eng/icon.cs -- eng/icon.png
// A grid of units, brighter and warmer towards the centre, as the fovea of an eye sees sharpest in the middle.
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

const int Side = 128;
const int Cells = 7;
const double Pitch = 16;
const double Edge = (Side - Cells * Pitch) / 2;
byte[] rows = new byte[Side * (1 + 4 * Side)]; // each row begins with its filter, 0
for (int y = 0; y < Side; y++)
{
    for (int x = 0; x < Side; x++)
    {
        Pixel(x, y).CopyTo(rows, y * (1 + 4 * Side) + 1 + 4 * x);
    }
}

using FileStream file = File.Create(args[0]);
file.Write([0x89, .. "PNG\r\n\x1a\n"u8]);
byte[] header = new byte[13];
BinaryPrimitives.WriteInt32BigEndian(header, Side);
BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
header[8] = 8; // bits
header[9] = 6; // red, green, blue, alpha
Chunk("IHDR", header);
using MemoryStream packed = new();
using (ZLibStream zlib = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
{
    zlib.Write(rows);
}

Chunk("IDAT", packed.ToArray());
Chunk("IEND", []);

// The mean of 4 x 4 points, so that edges are smooth.
static byte[] Pixel(int x, int y)
{
    double[] sum = new double[4];
    for (int i = 0; i < 16; i++)
    {
        (double r, double g, double b, double a) = Colour(x + (i % 4 + 0.5) / 4, y + (i / 4 + 0.5) / 4);
        sum[0] += r * a;
        sum[1] += g * a;
        sum[2] += b * a;
        sum[3] += a;
    }

    return
    [
        .. sum.Take(3).Select(s => (byte)Math.Round(sum[3] > 0 ? 255 * s / sum[3] : 0)),
        (byte)Math.Round(255 * sum[3] / 16),
    ];
}

static (double R, double G, double B, double A) Colour(double x, double y)
{
    if (!Inside(x - Side / 2.0, y - Side / 2.0, Side / 2.0, 24))
    {
        return (0, 0, 0, 0);
    }

    double column = Math.Floor((x - Edge) / Pitch),
        row = Math.Floor((y - Edge) / Pitch);
    double cx = Edge + (column + 0.5) * Pitch,
        cy = Edge + (row + 0.5) * Pitch;
    double far = Math.Sqrt((column - 3) * (column - 3) + (row - 3) * (row - 3)) / 3; // 0 in the middle, 1 at an edge
    if (far > 1.2 || !Inside(x - cx, y - cy, 6.2, 2.5))
    {
        return (0.07, 0.09, 0.16, 1);
    }

    double t = Math.Exp(-2.2 * far * far);
    return (0.16 + 0.84 * t, 0.24 + 0.52 * t, 0.47 - 0.17 * t, 1);
}

// Whether a point lies in a square around 0 with round corners.
static bool Inside(double x, double y, double half, double radius)
{
    double dx = Math.Max(Math.Abs(x) - half + radius, 0),
        dy = Math.Max(Math.Abs(y) - half + radius, 0);
    return dx * dx + dy * dy <= radius * radius;
}

void Chunk(string type, byte[] content)
{
    byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. content, 0, 0, 0, 0];
    BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
    BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(^4..), Crc32(chunk.AsSpan(4..^4)));
    file.Write(chunk);
}

static uint Crc32(ReadOnlySpan<byte> bytes)
{
    uint crc = uint.MaxValue;
    foreach (byte b in bytes)
    {
        crc ^= b;
        for (int bit = 0; bit < 8; bit++)
        {
            crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320);
        }
    }

    return ~crc;
}
