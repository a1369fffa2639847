using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;

namespace Fovea.Workbench;

/// <summary>One tensor's place in a checkpoint file.</summary>
internal sealed record CheckpointEntry(string Name, DType DType, Shape Shape, long Offset, uint Crc)
{
    public long Bytes => Shape.Count * (DType == DType.Float32 ? 4 : 8);
}

/// <summary>The fixed parts of the format.</summary>
/// <remarks>
/// <code>
/// 0   8  "FOVEACKP"
/// 8   4  format version, 1                      all numbers little-endian
/// 12  4  bytes of the header
/// 16  8  bytes of the whole file
/// 24  4  CRC-32C of the header
/// 28  4  0
/// 32     header, JSON in UTF-8: {"tensors":[{"name","dtype","shape","offset","crc"}],"metadata":{...}}
///        tensors, each at the next multiple of 64, zeros between
/// -32 32 SHA-256 of everything before
/// </code>
/// </remarks>
internal static class CheckpointLayout
{
    public const int Version = 1;
    public const int PreambleBytes = 32;
    public const int HashBytes = 32;
    public const int Alignment = 64;
    public const int LargestHeader = 64 << 20;

    public static ReadOnlySpan<byte> Magic => "FOVEACKP"u8;

    /// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4).</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, bytes);

    public static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    public static byte[] Preamble(int headerBytes, long fileBytes, uint headerCrc)
    {
        byte[] preamble = new byte[PreambleBytes];
        Magic.CopyTo(preamble);
        BinaryPrimitives.WriteInt32LittleEndian(preamble.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(preamble.AsSpan(12), headerBytes);
        BinaryPrimitives.WriteInt64LittleEndian(preamble.AsSpan(16), fileBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(preamble.AsSpan(24), headerCrc);
        return preamble;
    }

    public static byte[] Header(IEnumerable<CheckpointEntry> entries, JsonObject metadata)
    {
        JsonArray tensors = [];
        foreach (CheckpointEntry entry in entries)
        {
            tensors.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = entry.Name,
                        ["dtype"] = entry.DType.ToString(),
                        ["shape"] = new JsonArray([.. entry.Shape.Select(s => (JsonNode)s)]),
                        ["offset"] = entry.Offset.ToString("D16", CultureInfo.InvariantCulture), // fixed width: the header's length must not depend on it
                        ["crc"] = entry.Crc.ToString("x8", CultureInfo.InvariantCulture),
                    }
            );
        }

        JsonObject header = new() { ["tensors"] = tensors, ["metadata"] = metadata.DeepClone() };
        return Encoding.UTF8.GetBytes(header.ToJsonString());
    }
}
