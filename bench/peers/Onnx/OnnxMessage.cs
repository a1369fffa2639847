using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fovea.Peers.Onnx;

/// <summary>A message of the ONNX format as it grows: fields by the numbers of onnx.proto, in the encoding of protocol
/// buffers.</summary>
internal sealed class OnnxMessage
{
    private const int Varint = 0,
        Bytes = 2,
        Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Adds a whole number.</summary>
    public OnnxMessage Add(int field, long value)
    {
        Write((ulong)((field << 3) | Varint));
        Write(unchecked((ulong)value));
        return this;
    }

    /// <summary>Adds a float.</summary>
    public OnnxMessage Add(int field, float value)
    {
        Write((ulong)((field << 3) | Fixed32));
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    /// <summary>Adds text.</summary>
    public OnnxMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds a message.</summary>
    public OnnxMessage Add(int field, OnnxMessage value) => Add(field, value._bytes.WrittenSpan);

    /// <summary>Adds bytes.</summary>
    public OnnxMessage Add(int field, ReadOnlySpan<byte> value)
    {
        Write((ulong)((field << 3) | Bytes));
        Write((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>The message so far.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>Seven bits a byte, lowest first.</summary>
    private void Write(ulong number)
    {
        Span<byte> bytes = _bytes.GetSpan(10);
        int count = 0;
        for (; number >= 0x80; number >>= 7)
        {
            bytes[count++] = (byte)(number | 0x80);
        }

        bytes[count++] = (byte)number;
        _bytes.Advance(count);
    }
}
