using System.Buffers.Binary;
using System.IO.Hashing;

namespace Fovea.Workbench;

/// <summary>The frame of a record in an event file: length (8 bytes), its checksum (4), data, their checksum (4), all
/// little-endian.</summary>
/// <remarks>The TFRecord format: tensorflow/core/lib/io/record_writer.h.</remarks>
internal static class EventRecord
{
    private const int LengthBytes = 8;
    private const int ChecksumBytes = 4;

    /// <summary>A record around data, to be written at once: a reader waits for the rest of half a record.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> data)
    {
        byte[] record = new byte[LengthBytes + ChecksumBytes + data.Length + ChecksumBytes];
        Span<byte> length = record.AsSpan(0, LengthBytes);
        BinaryPrimitives.WriteInt64LittleEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(LengthBytes), Checksum(length));
        data.CopyTo(record.AsSpan(LengthBytes + ChecksumBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - ChecksumBytes), Checksum(data));
        return record;
    }

    /// <summary>CRC-32C, turned by 15 bits and moved by a constant, so that data which hold their own checksum do not have a
    /// simple one.</summary>
    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, data);
        return uint.RotateRight(crc, 15) + 0xA282EAD8;
    }
}
