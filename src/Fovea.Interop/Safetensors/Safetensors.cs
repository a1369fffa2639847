using System.Buffers.Binary;
using System.Text;
using Fovea.Files;

namespace Fovea.Interop;

/// <summary>Tensors by name in files of the safetensors format, as other programs read and write weights.</summary>
/// <remarks>
/// <para>The format (https://github.com/huggingface/safetensors): 8 bytes for the length of the header, little-endian;
/// the header, JSON with type, shape and place of
/// every tensor; then the elements, last axis fastest. Nothing in a file can run.</para>
/// <para>Read are F32, F64 and I64 as they are, F16 and BF16 as Float32, and the other integers and BOOL as Int64; 8-bit
/// floats and complex numbers are refused. A file is read once, front to back, and memory is
/// taken only for what the file has; a file that breaks a rule gives nothing.</para>
/// </remarks>
public static class Safetensors
{
    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors by name, in the order of the file. F16 and BF16 become Float32, integers and BOOL Int64.</returns>
    /// <exception cref="ModelFormatException">The file cannot be read, breaks a rule of the format, or has elements of
    /// another type.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ModelFiles.Open(path, Read).Tensors;
    }

    /// <summary>Writes tensors. The file appears whole or not at all; one that was there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Tensors by name; Float32, Float64 or Int64.</param>
    /// <exception cref="ArgumentException">A name is <c>__metadata__</c>, is no valid Unicode or is longer than 10,922
    /// bytes, or a tensor has more than 2^30 elements.</exception>
    /// <exception cref="ModelFormatException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Check(name, tensor);
        }

        ModelFiles.Write(path, stream => SafetensorsWriter.Write(stream, tensors));
    }

    /// <summary>Whether a file begins as one of this format.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="length">Its length.</param>
    internal static bool Is(ReadOnlySpan<byte> head, long length) =>
        head.Length > SafetensorsHeader.PreambleBytes
        && head[SafetensorsHeader.PreambleBytes] == (byte)'{'
        && BinaryPrimitives.ReadUInt64LittleEndian(head) <= (ulong)(length - SafetensorsHeader.PreambleBytes);

    /// <summary>Reads from a source.</summary>
    internal static WeightsFile Read(ByteSource source)
    {
        using SourceStream stream = new(source, 0, source.Length);
        SafetensorsReader reader = new(stream, source.Name);
        return new WeightsFile(source.Name, "safetensors", reader.Read(), ConvertedTypes.Notes(reader.Converted));
    }

    /// <summary>Reads a stream from its beginning; what it throws itself is passed on.</summary>
    internal static IReadOnlyDictionary<string, Tensor> Read(Stream stream, string file) =>
        new SafetensorsReader(stream, file).Read();

    private static void Check(string name, Tensor tensor)
    {
        string? problem =
            name == SafetensorsHeader.Metadata ? "the name is reserved by the format"
            : name.EnumerateRunes().Contains(Rune.ReplacementChar)
                ? "the name has half of a surrogate pair, or U+FFFD, which stands for one"
            : Encoding.UTF8.GetByteCount(name) * 6L > SafetensorsHeader.LongestName ? "the name is too long" // a byte may be escaped by 6
            : null;
        if (problem is not null)
        {
            throw new ArgumentException(
                $"Safetensors: tensor '{ShortName.Of(name)}': {problem}. Give the tensor another name.",
                nameof(name)
            );
        }

        if (tensor.Count > StoredType.MostElements)
        {
            throw new ArgumentException(
                $"Safetensors: tensor '{ShortName.Of(name)}' of shape {tensor.Shape} has {tensor.Count:N0} elements; a tensor of a file may have up to {StoredType.MostElements:N0}. Split it.",
                nameof(tensor)
            );
        }
    }
}
