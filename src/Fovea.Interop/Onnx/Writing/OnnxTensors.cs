using System.Runtime.InteropServices;
using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Fovea.Interop.Onnx;

/// <summary>A tensor of a file that is being written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tensor">Its elements.</param>
/// <param name="Shape">Its sizes in the file.</param>
internal sealed record OnnxTensor(string Name, Tensor Tensor, Shape Shape)
{
    /// <summary>What it is, where a reader could not tell; empty otherwise.</summary>
    public string Mark { get; set; } = "";

    /// <summary>Whether a reader is to learn it although it is no parameter here: a weight that took a normalization in.</summary>
    public bool IsLearned { get; init; }

    /// <summary>Bytes of its elements.</summary>
    public long Bytes => Shape.Count * (Tensor.DType == DType.Float32 ? sizeof(float) : sizeof(long));
}

/// <summary>Tensors as messages.</summary>
internal static class OnnxTensors
{
    /// <summary>Whole numbers.</summary>
    public static Tensor List(params ReadOnlySpan<long> values) => Tensor.From(values, [values.Length]);

    /// <summary>The element type that stands for one of Fovea.</summary>
    public static ElementType TypeOf(DType type) =>
        type switch
        {
            DType.Float32 => ElementType.Float,
            DType.Float64 => ElementType.Double,
            _ => ElementType.Int64,
        };

    /// <summary>The message of a tensor, without its elements.</summary>
    public static TensorProto Head(OnnxTensor tensor)
    {
        TensorProto proto = new() { Name = tensor.Name, DataType = (int)TypeOf(tensor.Tensor.DType) };
        proto.Dims.AddRange(tensor.Shape.Select(s => (long)s));
        if (tensor.Mark.Length > 0)
        {
            proto.DocString = tensor.Mark;
        }

        return proto;
    }

    /// <summary>The message of a tensor with its elements inside.</summary>
    public static TensorProto Whole(OnnxTensor tensor)
    {
        TensorProto proto = Head(tensor);
        proto.RawData = UnsafeByteOperations.UnsafeWrap(BytesOf(tensor.Tensor));
        return proto;
    }

    /// <summary>The elements, lowest byte first.</summary>
    public static byte[] BytesOf(Tensor tensor) =>
        tensor.DType switch
        {
            DType.Float32 => Bytes<float, uint>(tensor.ToArray<float>()),
            DType.Float64 => Bytes<double, ulong>(tensor.ToArray<double>()),
            _ => Bytes<long, ulong>(tensor.ToArray<long>()),
        };

    private static byte[] Bytes<T, TWord>(T[] values)
        where T : unmanaged
        where TWord : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes<T>(values).ToArray();
        ByteOrder.LittleEndian<TWord>(MemoryMarshal.Cast<byte, TWord>(bytes.AsSpan()));
        return bytes;
    }
}
