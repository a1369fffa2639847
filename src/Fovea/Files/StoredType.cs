using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fovea.Files;

/// <summary>Fills a span with the next bytes of a file.</summary>
internal delegate void NextBytes(Span<byte> destination);

/// <summary>How numbers are written in files of arrays, and what they become here.</summary>
/// <param name="Name">The common name, e.g. <c>bfloat16</c>.</param>
/// <param name="Bytes">Bytes of an element.</param>
/// <param name="DType">What elements become: 16-bit floats Float32, integers and truth values Int64.</param>
internal sealed record StoredType(string Name, int Bytes, DType DType)
{
    /// <summary>Most elements of a tensor of a file: a block of memory has at most 2^31 floats.</summary>
    public const long MostElements = 1L << 30;

    private const int Chunk = 1 << 18; // elements read at a time

    public static StoredType Float32 { get; } = new("float32", 4, DType.Float32);

    public static StoredType Float64 { get; } = new("float64", 8, DType.Float64);

    public static StoredType Float16 { get; } = new("float16", 2, DType.Float32);

    public static StoredType BFloat16 { get; } = new("bfloat16", 2, DType.Float32);

    public static StoredType Int8 { get; } = new("int8", 1, DType.Int64);

    public static StoredType Int16 { get; } = new("int16", 2, DType.Int64);

    public static StoredType Int32 { get; } = new("int32", 4, DType.Int64);

    public static StoredType Int64 { get; } = new("int64", 8, DType.Int64);

    public static StoredType UInt8 { get; } = new("uint8", 1, DType.Int64);

    public static StoredType UInt16 { get; } = new("uint16", 2, DType.Int64);

    public static StoredType UInt32 { get; } = new("uint32", 4, DType.Int64);

    public static StoredType UInt64 { get; } = new("uint64", 8, DType.Int64);

    public static StoredType Bool { get; } = new("bool", 1, DType.Int64);

    /// <summary>Whether elements are kept as they are written.</summary>
    public bool IsKept => this == Float32 || this == Float64 || this == Int64;

    /// <summary>A tensor of the next elements of a file.</summary>
    /// <param name="shape">Its sizes; the caller has checked that the file has so many bytes.</param>
    /// <param name="bigEndian">Whether the highest byte comes first.</param>
    /// <param name="next">Gives the bytes.</param>
    /// <exception cref="OverflowException">A uint64 does not fit Int64.</exception>
    public Tensor Read(Shape shape, bool bigEndian, NextBytes next) =>
        DType switch
        {
            DType.Float32 => Tensor.Create<float>(shape, to => Fill(to, bigEndian, next)),
            DType.Float64 => Tensor.Create<double>(shape, to => Fill(to, bigEndian, next)),
            _ => Tensor.Create<long>(shape, to => Fill(to, bigEndian, next)),
        };

    private void Fill<T>(Span<T> elements, bool bigEndian, NextBytes next)
        where T : unmanaged, INumber<T>
    {
        byte[] buffer = IsKept ? [] : new byte[(int)Math.Min(Chunk, (long)elements.Length) * Bytes];
        for (int at = 0; at < elements.Length; at += Chunk)
        {
            Span<T> part = elements.Slice(at, Math.Min(Chunk, elements.Length - at));
            Span<byte> bytes = IsKept ? MemoryMarshal.AsBytes(part) : buffer.AsSpan(0, part.Length * Bytes);
            next(bytes);
            if (bigEndian == BitConverter.IsLittleEndian)
            {
                Swap(bytes);
            }

            if (!IsKept)
            {
                Widen(bytes, part);
            }
        }
    }

    private void Swap(Span<byte> bytes)
    {
        switch (Bytes)
        {
            case 2:
                Span<ushort> two = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(two, two);
                break;
            case 4:
                Span<uint> four = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(four, four);
                break;
            case 8:
                Span<ulong> eight = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(eight, eight);
                break;
            default:
                break;
        }
    }

    private void Widen<T>(ReadOnlySpan<byte> bytes, Span<T> to)
        where T : unmanaged, INumber<T>
    {
        switch (Name)
        {
            case "float16":
                Each<Half, T>(bytes, to);
                break;
            case "bfloat16":
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = T.CreateChecked(BitConverter.UInt32BitsToSingle((uint)halves[i] << 16));
                }

                break;
            case "bool":
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = bytes[i] != 0 ? T.One : T.Zero;
                }

                break;
            default:
                WidenInteger(bytes, to);
                break;
        }
    }

    private void WidenInteger<T>(ReadOnlySpan<byte> bytes, Span<T> to)
        where T : unmanaged, INumber<T>
    {
        switch (Name)
        {
            case "int8":
                Each<sbyte, T>(bytes, to);
                break;
            case "int16":
                Each<short, T>(bytes, to);
                break;
            case "int32":
                Each<int, T>(bytes, to);
                break;
            case "uint8":
                Each<byte, T>(bytes, to);
                break;
            case "uint16":
                Each<ushort, T>(bytes, to);
                break;
            case "uint32":
                Each<uint, T>(bytes, to);
                break;
            default:
                Each<ulong, T>(bytes, to);
                break;
        }
    }

    private static void Each<TFrom, T>(ReadOnlySpan<byte> bytes, Span<T> to)
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<TFrom> from = MemoryMarshal.Cast<byte, TFrom>(bytes);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = T.CreateChecked(from[i]);
        }
    }
}
