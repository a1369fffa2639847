namespace Fovea.Interop.Onnx;

/// <summary>Element type and sizes of a value that is not computed yet.</summary>
/// <param name="Type">The type that the file names.</param>
/// <param name="Shape">The sizes.</param>
internal readonly record struct ValueSpec(ElementType Type, Shape Shape);

/// <summary>A value of an ONNX network: a tensor, and the element type that the file names.</summary>
/// <param name="type">The type.</param>
/// <param name="tensor">The elements, in the type's carrier; a learned parameter; or, in a trace, a tensor without
/// elements.</param>
/// <param name="isKnown">Whether it follows from the file alone, or in a trace from shapes.</param>
internal sealed class OnnxValue(ElementType type, Tensor tensor, bool isKnown = false)
{
    /// <summary>The type.</summary>
    public ElementType Type { get; } = type;

    /// <summary>The elements.</summary>
    public Tensor Tensor { get; } =
        tensor.DType == type.Carrier()
            ? tensor
            : throw new ArgumentException($"A value of {type} is carried in {type.Carrier()}, got {tensor.DType}.");

    /// <summary>Whether it follows from the file alone, or in a trace from shapes.</summary>
    public bool IsKnown { get; } = isKnown;

    /// <summary>The sizes.</summary>
    public Shape Shape => Tensor.Shape;

    /// <summary>Whether the elements can be read now: always, but for what a trace stands for.</summary>
    public bool IsReadable => Tensor.HasStorage || Tensor is Parameter or StateBuffer;

    /// <summary>Element type and sizes.</summary>
    public ValueSpec Spec => new(Type, Shape);

    /// <summary>The same value as one that follows from the file.</summary>
    public OnnxValue AsKnown() => IsKnown ? this : new OnnxValue(Type, Tensor, isKnown: true);

    /// <summary>The elements as 64-bit floats.</summary>
    public double[] Reals()
    {
        if (Type.IsFloat())
        {
            return Tensor.ToArray<double>();
        }

        long[] values = Tensor.ToArray<long>();
        return Type == ElementType.UInt64
            ? Array.ConvertAll(values, v => (double)unchecked((ulong)v))
            : Array.ConvertAll(values, v => (double)v);
    }

    /// <summary>The elements as integers; those of floats truncated.</summary>
    public long[] Integers() => Tensor.ToArray<long>();

    /// <summary>A value of 64-bit floats, rounded to the type; of integers, wrapped.</summary>
    public static OnnxValue Of(ElementType type, ReadOnlySpan<double> values, Shape shape)
    {
        switch (type.Carrier())
        {
            case DType.Float64:
                return new OnnxValue(type, Tensor.From(values, shape));
            case DType.Float32:
                float[] floats = new float[values.Length];
                for (int i = 0; i < floats.Length; i++)
                {
                    floats[i] = (float)type.Round(values[i]);
                }

                return new OnnxValue(type, Tensor.From<float>(floats, shape));
            default:
                long[] integers = new long[values.Length];
                for (int i = 0; i < integers.Length; i++)
                {
                    integers[i] =
                        type == ElementType.Bool ? (values[i] != 0.0 ? 1 : 0)
                        : type == ElementType.UInt64 ? unchecked((long)(ulong)values[i])
                        : type.Wrap((Int128)Math.Truncate(double.IsNaN(values[i]) ? 0.0 : values[i]));
                }

                return new OnnxValue(type, Tensor.From<long>(integers, shape));
        }
    }

    /// <summary>A value of integers, wrapped to the type or converted to the floating type.</summary>
    public static OnnxValue Of(ElementType type, ReadOnlySpan<long> values, Shape shape)
    {
        if (type.IsFloat())
        {
            double[] reals = new double[values.Length];
            for (int i = 0; i < reals.Length; i++)
            {
                reals[i] = values[i];
            }

            return Of(type, reals, shape);
        }

        long[] wrapped = new long[values.Length];
        for (int i = 0; i < wrapped.Length; i++)
        {
            wrapped[i] = type.Wrap(values[i]);
        }

        return new OnnxValue(type, Tensor.From<long>(wrapped, shape));
    }

    /// <summary>A list of 64-bit integers.</summary>
    public static OnnxValue List(params ReadOnlySpan<long> values) => Of(ElementType.Int64, values, [values.Length]);
}
