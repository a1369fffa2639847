using Fovea.Files;

namespace Fovea.Interop;

/// <summary>How the elements of a tensor are written.</summary>
/// <param name="Name">The name in headers, e.g. <c>BF16</c>.</param>
/// <param name="Stored">What it stands for.</param>
internal sealed record SafetensorsType(string Name, StoredType Stored)
{
    /// <summary>Bytes of an element.</summary>
    public int Bytes => Stored.Bytes;

    private static SafetensorsType F32 { get; } = new("F32", StoredType.Float32);

    private static SafetensorsType F64 { get; } = new("F64", StoredType.Float64);

    private static SafetensorsType I64 { get; } = new("I64", StoredType.Int64);

    /// <summary>All that are read.</summary>
    public static IReadOnlyList<SafetensorsType> All { get; } =
    [
        F32,
        F64,
        I64,
        new("F16", StoredType.Float16),
        new("BF16", StoredType.BFloat16),
        new("I32", StoredType.Int32),
        new("I16", StoredType.Int16),
        new("I8", StoredType.Int8),
        new("U64", StoredType.UInt64),
        new("U32", StoredType.UInt32),
        new("U16", StoredType.UInt16),
        new("U8", StoredType.UInt8),
        new("BOOL", StoredType.Bool),
    ];

    /// <summary>How elements of a type are written.</summary>
    public static SafetensorsType Of(DType dtype) =>
        dtype switch
        {
            DType.Float32 => F32,
            DType.Float64 => F64,
            _ => I64,
        };
}

/// <summary>A tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its elements are written.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">Byte after the last.</param>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, Shape Shape, long Begin, long End);
