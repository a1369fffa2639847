namespace Fovea.Interop.Onnx;

/// <summary>The element types of ONNX tensors that are read, with the numbers they have in files.</summary>
internal enum ElementType
{
    /// <summary>None.</summary>
    Undefined = 0,

    /// <summary>32-bit float.</summary>
    Float = 1,

    /// <summary>8 bits without sign.</summary>
    UInt8 = 2,

    /// <summary>8 bits with sign.</summary>
    Int8 = 3,

    /// <summary>16 bits without sign.</summary>
    UInt16 = 4,

    /// <summary>16 bits with sign.</summary>
    Int16 = 5,

    /// <summary>32 bits with sign.</summary>
    Int32 = 6,

    /// <summary>64 bits with sign.</summary>
    Int64 = 7,

    /// <summary>Truth values.</summary>
    Bool = 9,

    /// <summary>16-bit float of IEEE 754.</summary>
    Float16 = 10,

    /// <summary>64-bit float.</summary>
    Double = 11,

    /// <summary>32 bits without sign.</summary>
    UInt32 = 12,

    /// <summary>64 bits without sign.</summary>
    UInt64 = 13,

    /// <summary>The upper half of a 32-bit float.</summary>
    BFloat16 = 16,

    /// <summary>4 bits without sign.</summary>
    UInt4 = 21,

    /// <summary>4 bits with sign.</summary>
    Int4 = 22,
}

/// <summary>What each element type is carried in, and which numbers it holds.</summary>
/// <remarks>A tensor of Fovea has three element types. A value of an ONNX network is such a tensor and the type that the file
/// names: 16-bit floats are carried as Float32, integers and truth values as Int64, 64 bits without sign by their bits.</remarks>
internal static class ElementTypes
{
    private static readonly string[] Others =
    [
        "undefined",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "string",
        "",
        "",
        "",
        "",
        "",
        "complex64",
        "complex128",
        "",
        "float8e4m3fn",
        "float8e4m3fnuz",
        "float8e5m2",
        "float8e5m2fnuz",
        "",
        "",
        "float4e2m1",
        "float8e8m0",
        "uint2",
        "int2",
    ];

    /// <summary>The type of a number in a file; null where it is not read.</summary>
    public static ElementType? Known(int number) =>
        number > 0 && Enum.IsDefined((ElementType)number) ? (ElementType)number : null;

    /// <summary>The name that a number of a file has in the format's own words.</summary>
    public static string NameOf(int number) =>
        Known(number) is { } type ? NameOf(type)
        : number >= 0 && number < Others.Length ? Others[number]
        : $"type {number}";

    /// <summary>The name in the format's own words.</summary>
    public static string NameOf(ElementType type) => type.ToString().ToLowerInvariant();

    /// <summary>Whether it is a floating type.</summary>
    public static bool IsFloat(this ElementType type) =>
        type is ElementType.Float or ElementType.Double or ElementType.Float16 or ElementType.BFloat16;

    /// <summary>What it is carried in.</summary>
    public static DType Carrier(this ElementType type) =>
        type == ElementType.Double ? DType.Float64
        : type.IsFloat() ? DType.Float32
        : DType.Int64;

    /// <summary>The type of a tensor that comes from outside.</summary>
    public static ElementType Of(DType type) =>
        type switch
        {
            DType.Float32 => ElementType.Float,
            DType.Float64 => ElementType.Double,
            _ => ElementType.Int64,
        };

    /// <summary>Bits of an element in a file.</summary>
    public static int Bits(this ElementType type) =>
        type switch
        {
            ElementType.UInt4 or ElementType.Int4 => 4,
            ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 8,
            ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 16,
            ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 32,
            _ => 64,
        };

    /// <summary>The nearest number that a floating type holds.</summary>
    public static double Round(this ElementType type, double value) =>
        type switch
        {
            ElementType.Float => (float)value,
            ElementType.Float16 => (double)(Half)value,
            ElementType.BFloat16 => BFloat(value),
            _ => value,
        };

    /// <summary>The nearest number with the upper 16 bits of a 32-bit float, the even one of two.</summary>
    private static double BFloat(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return double.IsFinite(value)
            ? BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000)
            : (float)value;
    }

    /// <summary>An integer as a type holds it: the lowest bits, as overflow leaves them.</summary>
    public static long Wrap(this ElementType type, Int128 value) =>
        type switch
        {
            ElementType.Bool => value != 0 ? 1 : 0,
            ElementType.UInt8 => (byte)value,
            ElementType.Int8 => (sbyte)value,
            ElementType.UInt16 => (ushort)value,
            ElementType.Int16 => (short)value,
            ElementType.UInt32 => (uint)value,
            ElementType.Int32 => (int)value,
            ElementType.UInt4 => (long)(value & 15),
            ElementType.Int4 => (long)((value & 15) ^ 8) - 8,
            _ => unchecked((long)value),
        };

    /// <summary>A carried integer as the number it is.</summary>
    public static Int128 Number(this ElementType type, long carried) =>
        type == ElementType.UInt64 ? unchecked((ulong)carried) : carried;

    /// <summary>The smallest and the largest number of an integer type.</summary>
    public static (Int128 Low, Int128 High) Range(this ElementType type) =>
        type switch
        {
            ElementType.Bool => (0, 1),
            ElementType.UInt4 or ElementType.UInt8 or ElementType.UInt16 or ElementType.UInt32 or ElementType.UInt64 =>
                (0, (Int128.One << type.Bits()) - 1),
            _ => (-(Int128.One << (type.Bits() - 1)), (Int128.One << (type.Bits() - 1)) - 1),
        };
}
