using System.Buffers.Binary;
using System.Text;
using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>A cursor over the bytes of a pickle.</summary>
/// <param name="source">The file.</param>
/// <param name="start">First byte.</param>
/// <param name="end">Byte after the last that may belong to it.</param>
internal sealed class PickleInput(ByteSource source, long start, long end)
{
    private const int BufferBytes = 1 << 16;
    private const int LongestLine = 1 << 16;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly byte[] _buffer = new byte[(int)Math.Clamp(end - start, 1, BufferBytes)];
    private long _bufferStart = start;
    private int _bufferCount;

    /// <summary>How messages name the file.</summary>
    public string Name => source.Name;

    /// <summary>Where the next byte is, from the beginning of the file.</summary>
    public long Position { get; private set; } = start;

    /// <summary>How many bytes are left.</summary>
    public long Left => end - Position;

    /// <summary>The next byte.</summary>
    public byte Byte()
    {
        long at = Position - _bufferStart;
        if (at < 0 || at >= _bufferCount)
        {
            Require(1, "more");
            _bufferStart = Position;
            _bufferCount = (int)Math.Min(_buffer.Length, Left);
            source.Read(_bufferStart, _buffer.AsSpan(0, _bufferCount));
            at = 0;
        }

        Position++;
        return _buffer[at];
    }

    /// <summary>A whole number of 1 to 8 bytes, lowest first, without a sign.</summary>
    public ulong Number(int bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (ulong)Byte() << (8 * i);
        }

        return value;
    }

    /// <summary>A whole number of 4 bytes with a sign.</summary>
    public int Int32() => (int)Number(4);

    /// <summary>A number of double precision, highest byte first.</summary>
    public double Double() => BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(Number(8)));

    /// <summary>Bytes of a length that the file says. The length is checked before memory is taken.</summary>
    /// <param name="length">The length.</param>
    /// <param name="budget">What the memory is taken from.</param>
    public byte[] Bytes(ulong length, PickleBudget budget)
    {
        if (length > int.MaxValue)
        {
            Require(length, $"{length}");
        }

        Require(length, $"{length}");
        budget.Take((long)length + 24);
        byte[] bytes = new byte[length];
        source.Read(Position, bytes);
        Position += bytes.Length;
        return bytes;
    }

    /// <summary>A text in UTF-8 of a length that the file says.</summary>
    public string Text(ulong length, PickleBudget budget)
    {
        byte[] bytes = Bytes(length, budget);
        budget.Take(24 + (2L * bytes.Length));
        return Utf8.GetString(bytes);
    }

    /// <summary>A line, without its end.</summary>
    public string Line()
    {
        long from = Position;
        List<byte> bytes = [];
        for (byte next; (next = Byte()) != '\n'; )
        {
            bytes.Add(next);
            if (bytes.Count > LongestLine)
            {
                throw Wrong(from, $"a line may have up to {LongestLine} bytes");
            }
        }

        return Encoding.Latin1.GetString([.. bytes]).TrimEnd('\r');
    }

    /// <summary>Goes on behind bytes that are not wanted.</summary>
    public void Skip(long bytes)
    {
        Require((ulong)bytes, $"{bytes}");
        Position += bytes;
    }

    /// <summary>A fault at a place.</summary>
    public ModelFormatException Wrong(long at, string problem) =>
        new($"{source.Name}, byte {at}: {problem}. The file is damaged or no checkpoint of PyTorch.");

    private void Require(ulong bytes, string what)
    {
        if (bytes > (ulong)Math.Max(0, Left) || bytes > int.MaxValue)
        {
            throw Wrong(Position, $"the pickle wants {what} bytes here, and {Math.Max(0, Left)} are left");
        }
    }
}
