using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fovea.Interop;

/// <summary>Between the order of bytes in files, little-endian, and that of the machine.</summary>
internal static class ByteOrder
{
    /// <summary>Swaps words in place on big-endian machines; does nothing elsewhere.</summary>
    /// <typeparam name="TWord">ushort, uint or ulong.</typeparam>
    public static void LittleEndian<TWord>(Span<TWord> words)
        where TWord : unmanaged
    {
        if (BitConverter.IsLittleEndian)
        {
            return;
        }

        if (typeof(TWord) == typeof(ushort))
        {
            Span<ushort> two = MemoryMarshal.Cast<TWord, ushort>(words);
            BinaryPrimitives.ReverseEndianness(two, two);
        }
        else if (typeof(TWord) == typeof(uint))
        {
            Span<uint> four = MemoryMarshal.Cast<TWord, uint>(words);
            BinaryPrimitives.ReverseEndianness(four, four);
        }
        else
        {
            Span<ulong> eight = MemoryMarshal.Cast<TWord, ulong>(words);
            BinaryPrimitives.ReverseEndianness(eight, eight);
        }
    }
}
