using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fovea.Interop;

/// <summary>Reads one safetensors file from its beginning to its end.</summary>
/// <param name="stream">The file.</param>
/// <param name="file">For messages.</param>
internal sealed class SafetensorsReader(Stream stream, string file)
{
    private const long LongestHeader = 100_000_000;
    private const int Chunk = 1 << 18; // elements read at a time

    /// <summary>All tensors, in the order of their bytes.</summary>
    /// <exception cref="ModelFormatException">The file breaks a rule of the format.</exception>
    public IReadOnlyDictionary<string, Tensor> Read()
    {
        long length = stream.Length;
        byte[] header = ReadHeader(length);
        IReadOnlyList<SafetensorsEntry> entries = new SafetensorsHeader(
            file,
            length - SafetensorsHeader.PreambleBytes - header.Length
        ).Parse(header);
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in entries)
        {
            tensors.Add(entry.Name, ReadTensor(entry));
        }

        return tensors;
    }

    private byte[] ReadHeader(long length)
    {
        byte[] preamble = new byte[SafetensorsHeader.PreambleBytes];
        int got = stream.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false);
        if (got < preamble.Length)
        {
            throw new ModelFormatException(
                $"{file}: a safetensors file begins with 8 bytes for the length of its header, this one has {got}. The file was cut short or is no safetensors file."
            );
        }

        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(preamble);
        long most = Math.Min(LongestHeader, length - preamble.Length);
        if (bytes > (ulong)Math.Max(0, most))
        {
            throw new ModelFormatException(
                $"{file}, byte 0: the header's length may be up to {most} (at most {LongestHeader}, and within the file), got {bytes}. {Kind(preamble)}"
            );
        }

        byte[] header = new byte[(int)bytes];
        Take(header, "the header");
        return header;
    }

    private Tensor ReadTensor(SafetensorsEntry entry) =>
        entry.Type.DType switch
        {
            DType.Float32 when entry.Type == SafetensorsType.F32 => Tensor.Create<float>(
                entry.Shape,
                elements => ReadWords<float, uint>(elements, entry.Name)
            ),
            DType.Float32 => Tensor.Create<float>(entry.Shape, elements => ReadHalves(elements, entry)),
            DType.Float64 => Tensor.Create<double>(
                entry.Shape,
                elements => ReadWords<double, ulong>(elements, entry.Name)
            ),
            _ => Tensor.Create<long>(entry.Shape, elements => ReadWords<long, ulong>(elements, entry.Name)),
        };

    private void ReadWords<T, TWord>(Span<T> elements, string name)
        where T : unmanaged
        where TWord : unmanaged
    {
        for (int at = 0; at < elements.Length; at += Chunk)
        {
            Span<T> part = elements.Slice(at, Math.Min(Chunk, elements.Length - at));
            Take(MemoryMarshal.AsBytes(part), name);
            ByteOrder.LittleEndian(MemoryMarshal.Cast<T, TWord>(part));
        }
    }

    private void ReadHalves(Span<float> elements, SafetensorsEntry entry)
    {
        ushort[] words = new ushort[Math.Min(Chunk, elements.Length)];
        for (int at = 0; at < elements.Length; at += Chunk)
        {
            Span<float> part = elements.Slice(at, Math.Min(Chunk, elements.Length - at));
            Span<ushort> read = words.AsSpan(0, part.Length);
            Take(MemoryMarshal.AsBytes(read), entry.Name);
            ByteOrder.LittleEndian(read);
            for (int i = 0; i < read.Length; i++)
            {
                part[i] =
                    entry.Type == SafetensorsType.F16
                        ? (float)BitConverter.UInt16BitsToHalf(read[i])
                        : BitConverter.UInt32BitsToSingle((uint)read[i] << 16);
            }
        }
    }

    private void Take(Span<byte> bytes, string what)
    {
        int got = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length)
        {
            throw new ModelFormatException(
                $"{file}: the file ends within '{SafetensorsHeader.Show(what)}': it became shorter while it was read."
            );
        }
    }

    private static string Kind(ReadOnlySpan<byte> start) =>
        start.StartsWith("version "u8) ? "It looks like a Git LFS pointer: fetch the file itself."
        : start.StartsWith("PK\u0003\u0004"u8)
            ? "It looks like a zip archive, as PyTorch's .pth files are: save it as safetensors."
        : start.StartsWith("<"u8) ? "It looks like a web page: a download has saved a page instead of the file."
        : "The file was cut short or is no safetensors file.";
}
