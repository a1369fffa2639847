using System.Buffers.Binary;

namespace Fovea.Data;

/// <summary>The CRC of gzip and PNG: polynomial 0xEDB88320 reflected (ISO 3309), eight bytes a step (Kounavis and Berry
/// 2005).</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = BuildTables();

    /// <summary>The checksum of bytes, continued from the checksum of those before them (0 at the start).</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[] t = Tables;
        crc = ~crc;
        while (bytes.Length >= 8)
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc =
                t[(7 * 256) + (byte)low]
                ^ t[(6 * 256) + (byte)(low >> 8)]
                ^ t[(5 * 256) + (byte)(low >> 16)]
                ^ t[(4 * 256) + (low >> 24)]
                ^ t[(3 * 256) + (byte)high]
                ^ t[(2 * 256) + (byte)(high >> 8)]
                ^ t[256 + (byte)(high >> 16)]
                ^ t[high >> 24];
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = t[(byte)crc ^ b] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] BuildTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ (0xEDB88320 & (0u - (value & 1)));
            }

            tables[i] = value;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint before = tables[i - 256];
            tables[i] = (before >> 8) ^ tables[(byte)before];
        }

        return tables;
    }
}
