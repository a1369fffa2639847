using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Workbench;

/// <summary>Reads one checkpoint from a stream: everything is checked before anything is handed out, sizes before
/// memory is taken.</summary>
internal sealed class CheckpointReader(Stream stream, string file) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    public void Dispose() => _hash.Dispose();

    /// <summary>Reads the whole file.</summary>
    public Checkpoint Read()
    {
        byte[] header = ReadHeader();
        (List<CheckpointEntry> entries, JsonObject metadata) = Parse(header);
        CheckPlaces(entries);
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        foreach (CheckpointEntry entry in entries)
        {
            Take(new byte[entry.Offset - _position], $"bytes before tensor '{entry.Name}'");
            tensors.Add(entry.Name, ReadTensor(entry));
        }

        CheckHash();
        return new Checkpoint(metadata, tensors);
    }

    /// <summary>Checks length and hash without keeping anything.</summary>
    public void Verify()
    {
        ReadHeader();
        byte[] buffer = new byte[1 << 16];
        while (_position < stream.Length - CheckpointLayout.HashBytes)
        {
            Take(
                buffer.AsSpan(0, (int)Math.Min(buffer.Length, stream.Length - CheckpointLayout.HashBytes - _position)),
                "data"
            );
        }

        CheckHash();
    }

    private byte[] ReadHeader()
    {
        const int Smallest = CheckpointLayout.PreambleBytes + CheckpointLayout.HashBytes;
        if (stream.Length < Smallest)
        {
            throw Damaged(
                "length",
                $"at least {Smallest} bytes",
                $"{stream.Length} bytes",
                "The file was cut short or is no checkpoint."
            );
        }

        byte[] preamble = new byte[CheckpointLayout.PreambleBytes];
        Take(preamble, "preamble");
        if (!preamble.AsSpan(0, 8).SequenceEqual(CheckpointLayout.Magic))
        {
            throw Damaged(
                "byte 0",
                "the mark FOVEACKP",
                System.Convert.ToHexString(preamble, 0, 8),
                "The file is no checkpoint of this program."
            );
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(preamble.AsSpan(8));
        int headerBytes = BinaryPrimitives.ReadInt32LittleEndian(preamble.AsSpan(12));
        long fileBytes = BinaryPrimitives.ReadInt64LittleEndian(preamble.AsSpan(16));
        if (version != CheckpointLayout.Version)
        {
            throw Damaged(
                "byte 8, format version",
                CheckpointLayout.Version,
                version,
                "A newer program wrote it, or it is damaged; update this program."
            );
        }

        if (fileBytes != stream.Length)
        {
            throw Damaged(
                "byte 16, file length",
                $"{fileBytes} bytes",
                $"{stream.Length} bytes",
                "The file was cut short or is damaged."
            );
        }

        if (headerBytes < 2 || headerBytes > CheckpointLayout.LargestHeader || headerBytes > fileBytes - Smallest)
        {
            throw Damaged(
                "byte 12, header length",
                $"2 to {Math.Min(CheckpointLayout.LargestHeader, fileBytes - Smallest)}",
                headerBytes
            );
        }

        byte[] header = new byte[headerBytes];
        Take(header, "header");
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(preamble.AsSpan(24));
        return CheckpointLayout.Checksum(header) == crc
            ? header
            : throw Damaged("header, checksum", $"{crc:x8}", $"{CheckpointLayout.Checksum(header):x8}");
    }

    private (List<CheckpointEntry> Entries, JsonObject Metadata) Parse(byte[] header)
    {
        try
        {
            JsonObject root = JsonNode.Parse(header)!.AsObject();
            List<CheckpointEntry> entries = [.. root["tensors"]!.AsArray().Select(t => ParseEntry(t!.AsObject()))];
            JsonObject metadata = root["metadata"]!.AsObject();
            root.Remove("metadata");
            return (entries, metadata);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or NullReferenceException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or OverflowException
                        or ShapeException
            )
        {
            throw new CheckpointException(
                $"{file}: header: expected the list of tensors as JSON, found something else ({e.Message}).",
                e
            );
        }
    }

    private static CheckpointEntry ParseEntry(JsonObject entry) =>
        new(
            entry["name"]!.GetValue<string>(),
            Enum.Parse<DType>(entry["dtype"]!.GetValue<string>()),
            Shape.Create([.. entry["shape"]!.AsArray().Select(s => s!.GetValue<int>())]),
            long.Parse(entry["offset"]!.GetValue<string>(), NumberStyles.None, CultureInfo.InvariantCulture),
            uint.Parse(entry["crc"]!.GetValue<string>(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        );

    private void CheckPlaces(List<CheckpointEntry> entries)
    {
        Int128 end = _position;
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (CheckpointEntry entry in entries)
        {
            long start = CheckpointLayout.Aligned((long)end);
            Int128 bytes = (Int128)entry.Shape.Count * (entry.DType == DType.Float32 ? 4 : 8);
            if (
                entry.Offset != start
                || bytes > Array.MaxLength
                || start + bytes > stream.Length - CheckpointLayout.HashBytes
                || !names.Add(entry.Name)
            )
            {
                throw Damaged(
                    $"tensor '{entry.Name}'",
                    $"one place at byte {start} within the file",
                    $"{bytes} bytes at byte {entry.Offset}"
                );
            }

            end = start + bytes;
        }

        if (end != stream.Length - CheckpointLayout.HashBytes)
        {
            throw Damaged(
                "end of the last tensor",
                $"byte {stream.Length - CheckpointLayout.HashBytes}",
                $"byte {end}"
            );
        }
    }

    private Tensor ReadTensor(CheckpointEntry entry) =>
        entry.DType switch
        {
            DType.Float32 => ReadElements<float>(entry),
            DType.Float64 => ReadElements<double>(entry),
            _ => ReadElements<long>(entry),
        };

    private Tensor ReadElements<T>(CheckpointEntry entry)
        where T : unmanaged =>
        Tensor.Create<T>(
            entry.Shape,
            elements =>
            {
                Span<byte> bytes = MemoryMarshal.AsBytes(elements);
                Take(bytes, $"tensor '{entry.Name}'");
                if (CheckpointLayout.Checksum(bytes) is uint crc && crc != entry.Crc)
                {
                    throw Damaged($"tensor '{entry.Name}', checksum", $"{entry.Crc:x8}", $"{crc:x8}");
                }

                CheckpointWriter.LittleEndian(bytes, entry.DType == DType.Float32 ? 4 : 8);
            }
        );

    private void CheckHash()
    {
        byte[] digest = _hash.GetHashAndReset();
        byte[] stored = new byte[CheckpointLayout.HashBytes];
        stream.ReadExactly(stored);
        if (!digest.AsSpan().SequenceEqual(stored))
        {
            throw Damaged(
                "whole file, SHA-256",
                System.Convert.ToHexStringLower(stored, 0, 4) + "...",
                System.Convert.ToHexStringLower(digest, 0, 4) + "..."
            );
        }
    }

    private void Take(Span<byte> bytes, string place)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) is int read && read < bytes.Length)
        {
            throw Damaged(place, $"{bytes.Length} bytes", $"{read} bytes");
        }

        _hash.AppendData(bytes);
        _position += bytes.Length;
    }

    private CheckpointException Damaged(string place, object expected, object found, string hint = "") =>
        CheckpointException.Damaged(file, place, expected, found, hint);
}
