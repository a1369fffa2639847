using System.Buffers.Binary;
using Fovea.Files;

namespace Fovea.Interop;

/// <summary>Reads one safetensors file from its beginning to its end.</summary>
/// <param name="stream">The file.</param>
/// <param name="file">For messages.</param>
internal sealed class SafetensorsReader(Stream stream, string file)
{
    private const long LongestHeader = 100_000_000;

    private readonly Dictionary<string, int> _converted = new(StringComparer.Ordinal);

    /// <summary>Types that were converted, with the number of tensors.</summary>
    public IReadOnlyDictionary<string, int> Converted => _converted;

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
                $"{file}, byte 0: the header's length may be up to {most} (at most {LongestHeader}, and within the file), got {bytes}. The file was cut short or is no safetensors file.{FileLooks.Hint(preamble)}"
            );
        }

        byte[] header = new byte[(int)bytes];
        Take(header, "the header");
        return header;
    }

    private Tensor ReadTensor(SafetensorsEntry entry)
    {
        StoredType type = entry.Type.Stored;
        ConvertedTypes.Count(_converted, type);
        try
        {
            return type.Read(entry.Shape, bigEndian: false, bytes => Take(bytes, entry.Name));
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException(
                $"{file}: tensor '{ShortName.Of(entry.Name)}' has a number above 2^63 - 1, which does not fit Int64.",
                e
            );
        }
    }

    private void Take(Span<byte> bytes, string what)
    {
        int got = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length)
        {
            throw new ModelFormatException(
                $"{file}: the file ends within '{ShortName.Of(what)}': it became shorter while it was read."
            );
        }
    }
}
