using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>An element type of PyTorch.</summary>
/// <param name="Name">As <c>torch.</c> has it, e.g. <c>bfloat16</c>.</param>
/// <param name="Bytes">Bytes of an element.</param>
/// <param name="Element">How it is read; null where it is not.</param>
internal sealed record TorchType(string Name, int Bytes, StoredType? Element)
{
    private static readonly Dictionary<string, TorchType> ByDType = new(StringComparer.Ordinal)
    {
        ["float32"] = Of(StoredType.Float32),
        ["float64"] = Of(StoredType.Float64),
        ["float16"] = Of(StoredType.Float16),
        ["bfloat16"] = Of(StoredType.BFloat16),
        ["int8"] = Of(StoredType.Int8),
        ["int16"] = Of(StoredType.Int16),
        ["int32"] = Of(StoredType.Int32),
        ["int64"] = Of(StoredType.Int64),
        ["uint8"] = Of(StoredType.UInt8),
        ["uint16"] = Of(StoredType.UInt16),
        ["uint32"] = Of(StoredType.UInt32),
        ["uint64"] = Of(StoredType.UInt64),
        ["bool"] = Of(StoredType.Bool),
        ["complex32"] = new("complex32", 4, null),
        ["complex64"] = new("complex64", 8, null),
        ["complex128"] = new("complex128", 16, null),
        ["qint8"] = new("qint8", 1, null),
        ["quint8"] = new("quint8", 1, null),
        ["qint32"] = new("qint32", 4, null),
        ["quint4x2"] = new("quint4x2", 1, null),
        ["quint2x4"] = new("quint2x4", 1, null),
        ["float8_e4m3fn"] = new("float8_e4m3fn", 1, null),
        ["float8_e5m2"] = new("float8_e5m2", 1, null),
        ["float8_e4m3fnuz"] = new("float8_e4m3fnuz", 1, null),
        ["float8_e5m2fnuz"] = new("float8_e5m2fnuz", 1, null),
    };

    private static readonly Dictionary<string, string> DTypeOfStorage = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = "float32",
        ["DoubleStorage"] = "float64",
        ["HalfStorage"] = "float16",
        ["BFloat16Storage"] = "bfloat16",
        ["CharStorage"] = "int8",
        ["ShortStorage"] = "int16",
        ["IntStorage"] = "int32",
        ["LongStorage"] = "int64",
        ["ByteStorage"] = "uint8",
        ["BoolStorage"] = "bool",
        ["ComplexFloatStorage"] = "complex64",
        ["ComplexDoubleStorage"] = "complex128",
        ["QInt8Storage"] = "qint8",
        ["QUInt8Storage"] = "quint8",
        ["QInt32Storage"] = "qint32",
        ["QUInt4x2Storage"] = "quint4x2",
        ["QUInt2x4Storage"] = "quint2x4",
    };

    /// <summary>Bytes whose meaning a tensor tells.</summary>
    public static TorchType Untyped { get; } = new("bytes", 1, null);

    /// <summary>The element type of a class of storages; null where it is none.</summary>
    public static TorchType? OfStorage(PickleGlobal type) =>
        type.Name == "UntypedStorage" ? Untyped
        : DTypeOfStorage.TryGetValue(type.Name, out string? dtype) ? ByDType[dtype]
        : null;

    /// <summary>The element type that a value like <c>torch.float32</c> names; null where it names none.</summary>
    public static TorchType? OfDType(object? value) =>
        value is PickleGlobal { Module: "torch" } named ? ByDType.GetValueOrDefault(named.Name) : null;

    private static TorchType Of(StoredType element) => new(element.Name, element.Bytes, element);
}
