using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Fovea.Interop.Onnx;

/// <summary>Reads the tensors of a file: sizes are checked against the data that is there before memory is taken.</summary>
/// <param name="folder">The model's folder, in which its external data lies; null where there is none.</param>
internal sealed class TensorReader(string? folder)
{
    private const int LargestRank = 64;

    /// <summary>Reads a tensor.</summary>
    /// <param name="proto">The message.</param>
    /// <param name="what">How messages name it.</param>
    /// <exception cref="ModelFormatException">It breaks a rule of the format, or has elements that are not read.</exception>
    public OnnxValue Read(TensorProto proto, string what)
    {
        ElementType type = TypeOf(proto, what);
        if (proto.Segment is not null)
        {
            throw new ModelFormatException($"{what}: tensors in segments are not read.");
        }

        Shape shape = ShapeOf(proto, what);
        if (proto.DataLocation == TensorProto.Types.DataLocation.External)
        {
            byte[] data = ExternalData.Read(folder, proto, BytesOf(type, shape), what);
            return new OnnxValue(type, Decode(type, shape, data), isKnown: true);
        }

        Tensor tensor = proto.HasRawData
            ? Decode(type, shape, Exactly(proto.RawData.Span, BytesOf(type, shape), what))
            : FromFields(proto, type, shape, what);
        return new OnnxValue(type, tensor, isKnown: true);
    }

    /// <summary>Bytes that the sizes of a tensor ask for.</summary>
    /// <exception cref="ModelFormatException">It breaks a rule of the format, or has elements that are not read.</exception>
    public static long BytesOf(TensorProto proto, string file) =>
        BytesOf(TypeOf(proto, Name(proto, file)), ShapeOf(proto, Name(proto, file)));

    /// <summary>The bytes of a tensor that lie in another file.</summary>
    /// <exception cref="ModelFormatException">The place is outside the folder, absent, or too short.</exception>
    public byte[] ExternalBytes(TensorProto proto, string file) =>
        ExternalData.Read(folder, proto, BytesOf(proto, file), Name(proto, file));

    private static string Name(TensorProto proto, string file) => $"{file}: initializer '{proto.Name}'";

    private static ElementType TypeOf(TensorProto proto, string what) =>
        ElementTypes.Known(proto.DataType)
        ?? throw new ModelFormatException(
            $"{what}: elements of {ElementTypes.NameOf(proto.DataType)} are not read. Convert the model to float, double, float16, bfloat16, bool or integers."
        );

    /// <summary>Bytes of a tensor in a file.</summary>
    private static long BytesOf(ElementType type, Shape shape) => checked(((shape.Count * type.Bits()) + 7) / 8);

    private static Shape ShapeOf(TensorProto proto, string what)
    {
        if (proto.Dims.Count > LargestRank)
        {
            throw new ModelFormatException($"{what}: a tensor has at most {LargestRank} axes, got {proto.Dims.Count}.");
        }

        Int128 count = 1;
        int[] sizes = new int[proto.Dims.Count];
        for (int i = 0; i < sizes.Length; i++)
        {
            long size = proto.Dims[i];
            count *= size;
            if (size is < 0 or > int.MaxValue || count > int.MaxValue)
            {
                throw new ModelFormatException(
                    $"{what}: sizes must be 0 or more and give fewer than 2^31 elements, got [{string.Join(", ", proto.Dims)}]."
                );
            }

            sizes[i] = (int)size;
        }

        return Shape.Create(sizes);
    }

    private static ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> data, long bytes, string what) =>
        data.Length == bytes
            ? data
            : throw new ModelFormatException(
                $"{what}: its sizes ask for {bytes:N0} bytes, the file has {data.Length:N0}."
            );

    private static Tensor Decode(ElementType type, Shape shape, ReadOnlySpan<byte> data)
    {
        if (type == ElementType.Float)
        {
            return Copy<float, uint>(shape, data);
        }

        if (type == ElementType.Double)
        {
            return Copy<double, ulong>(shape, data);
        }

        if (type is ElementType.Int64 or ElementType.UInt64)
        {
            return Copy<long, ulong>(shape, data);
        }

        int count = (int)shape.Count;
        if (type.IsFloat())
        {
            float[] floats = new float[count];
            for (int i = 0; i < count; i++)
            {
                ushort bits = BinaryPrimitives.ReadUInt16LittleEndian(data[(2 * i)..]);
                floats[i] = FromBits(type, bits);
            }

            return Tensor.From<float>(floats, shape);
        }

        long[] integers = new long[count];
        for (int i = 0; i < count; i++)
        {
            integers[i] = type.Wrap(
                type.Bits() switch
                {
                    4 => data[i / 2] >> (4 * (i % 2)),
                    8 => data[i],
                    16 => BinaryPrimitives.ReadUInt16LittleEndian(data[(2 * i)..]),
                    _ => BinaryPrimitives.ReadUInt32LittleEndian(data[(4 * i)..]),
                }
            );
        }

        return Tensor.From<long>(integers, shape);
    }

    private static Tensor Copy<T, TWord>(Shape shape, ReadOnlySpan<byte> data)
        where T : unmanaged
        where TWord : unmanaged
    {
        Tensor tensor = Tensor.Zeros(shape, Tensor.DTypeOf<T>());
        Span<T> elements = tensor.AsSpan<T>();
        data.CopyTo(MemoryMarshal.AsBytes(elements));
        ByteOrder.LittleEndian(MemoryMarshal.Cast<T, TWord>(elements));
        return tensor;
    }

    private static float FromBits(ElementType type, ushort bits) =>
        type == ElementType.Float16
            ? (float)BitConverter.UInt16BitsToHalf(bits)
            : BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Elements that stand in the field of their type.</summary>
    private static Tensor FromFields(TensorProto proto, ElementType type, Shape shape, string what)
    {
        switch (type)
        {
            case ElementType.Float:
                return Tensor.From<float>([.. Elements(proto.FloatData, shape, what)], shape);
            case ElementType.Double:
                return Tensor.From<double>([.. Elements(proto.DoubleData, shape, what)], shape);
            case ElementType.Int64:
                return Tensor.From<long>([.. Elements(proto.Int64Data, shape, what)], shape);
            case ElementType.UInt64 or ElementType.UInt32:
                return Tensor.From<long>(
                    [.. Elements(proto.Uint64Data, shape, what).Select(v => type.Wrap(unchecked((long)v)))],
                    shape
                );
            case ElementType.Float16 or ElementType.BFloat16:
                return Tensor.From<float>(
                    [.. Elements(proto.Int32Data, shape, what).Select(v => FromBits(type, unchecked((ushort)v)))],
                    shape
                );
            case ElementType.Int4 or ElementType.UInt4:
                int pairs = (int)((shape.Count + 1) / 2);
                return Decode(
                    type,
                    shape,
                    [.. Elements(proto.Int32Data, [pairs], what).Select(v => unchecked((byte)v))]
                );
            default:
                return Tensor.From<long>([.. Elements(proto.Int32Data, shape, what).Select(v => type.Wrap(v))], shape);
        }
    }

    private static IReadOnlyList<T> Elements<T>(IReadOnlyList<T> field, Shape shape, string what) =>
        field.Count == shape.Count
            ? field
            : throw new ModelFormatException(
                $"{what}: its sizes {shape} ask for {shape.Count:N0} elements, the file has {field.Count:N0}."
            );

    /// <summary>Reads a tensor that has a file of its own, as recorded inputs and outputs have.</summary>
    /// <exception cref="ModelFormatException">The file cannot be read or breaks a rule of the format.</exception>
    public static (string Name, OnnxValue Value) ReadFile(string path)
    {
        TensorProto proto = OnnxReader.Guard(path, () => TensorProto.Parser.ParseFrom(OnnxReader.Limited(path)));
        return (proto.Name, new TensorReader(Path.GetDirectoryName(path)).Read(proto, path));
    }
}
