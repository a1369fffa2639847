using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fovea.Workbench;

/// <summary>Writes one checkpoint to a stream, front to back.</summary>
internal static class CheckpointWriter
{
    /// <summary>Writes the file and returns its hash, the last 32 bytes written.</summary>
    public static byte[] Write(Stream stream, Checkpoint checkpoint)
    {
        List<(string Name, Tensor Tensor)> tensors =
        [
            .. checkpoint.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, t.Value)),
        ];
        uint[] crcs = [.. tensors.Select(t => CheckpointLayout.Checksum(Bytes(t.Tensor)))];
        int headerBytes = CheckpointLayout.Header(Place(tensors, crcs, 0).Entries, checkpoint.Metadata).Length;
        (List<CheckpointEntry> entries, long end) = Place(tensors, crcs, CheckpointLayout.PreambleBytes + headerBytes);
        byte[] header = CheckpointLayout.Header(entries, checkpoint.Metadata);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long position = 0;
        Put(
            CheckpointLayout.Preamble(
                header.Length,
                end + CheckpointLayout.HashBytes,
                CheckpointLayout.Checksum(header)
            )
        );
        Put(header);
        for (int i = 0; i < entries.Count; i++)
        {
            Put(new byte[entries[i].Offset - position]);
            Put(Bytes(tensors[i].Tensor));
        }

        byte[] digest = hash.GetHashAndReset();
        stream.Write(digest);
        return digest;

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
            position += bytes.Length;
        }
    }

    /// <summary>A tensor's elements as the file holds them: little-endian.</summary>
    internal static ReadOnlySpan<byte> Bytes(Tensor tensor) =>
        tensor.DType switch
        {
            DType.Float32 => LittleEndian(MemoryMarshal.AsBytes(tensor.ToArray<float>().AsSpan()), 4),
            DType.Float64 => LittleEndian(MemoryMarshal.AsBytes(tensor.ToArray<double>().AsSpan()), 8),
            _ => LittleEndian(MemoryMarshal.AsBytes(tensor.ToArray<long>().AsSpan()), 8),
        };

    /// <summary>Swaps elements in place on big-endian machines; does nothing elsewhere.</summary>
    internal static Span<byte> LittleEndian(Span<byte> bytes, int size)
    {
        if (!BitConverter.IsLittleEndian && size == 4)
        {
            Span<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (!BitConverter.IsLittleEndian)
        {
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }

        return bytes;
    }

    private static (List<CheckpointEntry> Entries, long End) Place(
        List<(string Name, Tensor Tensor)> tensors,
        uint[] crcs,
        long start
    )
    {
        List<CheckpointEntry> entries = [];
        long position = start;
        for (int i = 0; i < tensors.Count; i++)
        {
            CheckpointEntry entry = new(
                tensors[i].Name,
                tensors[i].Tensor.DType,
                tensors[i].Tensor.Shape,
                CheckpointLayout.Aligned(position),
                crcs[i]
            );
            entries.Add(entry);
            position = entry.Offset + entry.Bytes;
        }

        return (entries, position);
    }
}
