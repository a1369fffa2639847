namespace Fovea.Interop;

/// <summary>How the elements of a tensor are written.</summary>
/// <param name="Name">The name in headers, e.g. <c>BF16</c>.</param>
/// <param name="Bytes">Bytes of an element.</param>
/// <param name="DType">What they become.</param>
internal sealed record SafetensorsType(string Name, int Bytes, DType DType)
{
    public static SafetensorsType F32 { get; } = new("F32", 4, DType.Float32);

    public static SafetensorsType F64 { get; } = new("F64", 8, DType.Float64);

    public static SafetensorsType I64 { get; } = new("I64", 8, DType.Int64);

    public static SafetensorsType F16 { get; } = new("F16", 2, DType.Float32);

    public static SafetensorsType BF16 { get; } = new("BF16", 2, DType.Float32);

    /// <summary>All that are read.</summary>
    public static IReadOnlyList<SafetensorsType> All { get; } = [F32, F64, I64, F16, BF16];

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
