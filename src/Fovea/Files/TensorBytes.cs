using System.Runtime.InteropServices;

namespace Fovea.Files;

/// <summary>Elements of tensors as files have them.</summary>
internal static class TensorBytes
{
    /// <summary>Writes the elements, the lowest byte first.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        switch (tensor.DType)
        {
            case DType.Float32:
                WriteWords(stream, MemoryMarshal.Cast<float, uint>(tensor.AsReadOnlySpan<float>()));
                break;
            case DType.Float64:
                WriteWords(stream, MemoryMarshal.Cast<double, ulong>(tensor.AsReadOnlySpan<double>()));
                break;
            default:
                WriteWords(stream, MemoryMarshal.Cast<long, ulong>(tensor.AsReadOnlySpan<long>()));
                break;
        }
    }

    private static void WriteWords<TWord>(Stream stream, ReadOnlySpan<TWord> words)
        where TWord : unmanaged
    {
        const int Chunk = 1 << 18;
        TWord[] part = new TWord[Math.Min(Chunk, words.Length)];
        for (int at = 0; at < words.Length; at += Chunk)
        {
            Span<TWord> copy = part.AsSpan(0, Math.Min(Chunk, words.Length - at));
            words.Slice(at, copy.Length).CopyTo(copy);
            if (!BitConverter.IsLittleEndian)
            {
                StoredType.Swap(MemoryMarshal.AsBytes(copy), Marshal.SizeOf<TWord>());
            }

            stream.Write(MemoryMarshal.AsBytes(copy));
        }
    }
}
