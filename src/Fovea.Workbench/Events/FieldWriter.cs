using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fovea.Workbench;

/// <summary>Writes the fields of a message of Protocol Buffers: a number and a kind, then the value
/// (protobuf.dev/programming-guides/encoding).</summary>
internal sealed class FieldWriter
{
    private const int Varint = 0;
    private const int EightBytes = 1;
    private const int Delimited = 2;
    private const int FourBytes = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>The bytes of one message.</summary>
    public static ReadOnlySpan<byte> Message(Action<FieldWriter> write)
    {
        FieldWriter writer = new();
        write(writer);
        return writer.Bytes;
    }

    /// <summary>A whole number; a negative one takes ten bytes.</summary>
    public void Integer(int field, long value)
    {
        Tag(field, Varint);
        Raw((ulong)value);
    }

    /// <summary>A Float64.</summary>
    public void Double(int field, double value)
    {
        Tag(field, EightBytes);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
    }

    /// <summary>A Float32.</summary>
    public void Float(int field, float value)
    {
        Tag(field, FourBytes);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
    }

    /// <summary>Text, in UTF-8.</summary>
    public void Text(int field, string value) => Blob(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes as they are.</summary>
    public void Blob(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited);
        Raw((ulong)value.Length);
        _bytes.Write(value);
    }

    /// <summary>A message within this one.</summary>
    public void Message(int field, Action<FieldWriter> write) => Blob(field, Message(write));

    private void Tag(int field, int kind) => Raw((ulong)((field << 3) | kind));

    private void Raw(ulong value)
    {
        Span<byte> bytes = _bytes.GetSpan(10);
        int count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[count++] = (byte)(value | 0x80);
        }

        bytes[count++] = (byte)value;
        _bytes.Advance(count);
    }
}
