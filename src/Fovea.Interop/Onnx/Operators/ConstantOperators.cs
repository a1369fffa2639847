namespace Fovea.Interop.Onnx;

/// <summary>What makes values of shapes and numbers: the arithmetic of sizes begins here.</summary>
internal static class ConstantOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Constant") { Evaluate = Constant },
        new("Shape") { Graph = Sizes },
        new("Size") { Graph = c => [OnnxValue.Of(ElementType.Int64, [c[0].Shape.Count], []).AsKnown()] },
        new("ConstantOfShape") { Graph = Filled },
        new("Range") { Evaluate = Range },
        new("EyeLike") { Specs = c => [new(TypeOf(c), c[0].Shape)], Evaluate = Eye },
    ];

    private static OnnxValue?[] Constant(OnnxCall c)
    {
        if (c.Node.Tensor("value") is { } tensor)
        {
            return [new TensorReader(null).Read(tensor, c.Node.Subject)];
        }

        OnnxValue? value =
            c.Node.Ints("value_ints") is { } ints ? OnnxValue.List(ints)
            : c.Node.Floats("value_floats") is { } floats
                ? OnnxValue.Of(ElementType.Float, Array.ConvertAll(floats, f => (double)f), [floats.Length])
            : c.Node.Has("value_int") ? OnnxValue.Of(ElementType.Int64, [c.Node.Int("value_int", 0)], [])
            : c.Node.Has("value_float") ? OnnxValue.Of(ElementType.Float, [c.Node.Float("value_float", 0.0)], [])
            : null;
        return [value ?? throw c.Error("is neither a tensor nor numbers; texts and sparse tensors are not read")];
    }

    /// <summary>The sizes from start to end, both clamped to the axes there are.</summary>
    private static OnnxValue?[] Sizes(OnnxCall c)
    {
        Shape shape = c[0].Shape;
        int start = Bound(c.Node.Int("start", 0), shape.Rank),
            end = Bound(c.Node.Int("end", shape.Rank), shape.Rank);
        long[] sizes = [.. shape.Skip(start).Take(Math.Max(0, end - start)).Select(s => (long)s)];
        return [OnnxValue.List(sizes).AsKnown()];
    }

    private static int Bound(long axis, int rank) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);

    private static OnnxValue?[] Filled(OnnxCall c)
    {
        OnnxValue value = c.Node.Tensor("value") is { } tensor
            ? new TensorReader(null).Read(tensor, c.Node.Subject)
            : OnnxValue.Of(ElementType.Float, [0.0], [1]);
        if (value.Shape.Count != 1)
        {
            throw c.Error($"its value must be one number, got {value.Shape}");
        }

        long[] sizes = c.Ints(0);
        Shape shape = c.ShapeOf(sizes);
        if (Array.Exists(sizes, c.IsBatch))
        {
            return [new OnnxValue(value.Type, value.Tensor.Reshape([]).Expand(shape.Sizes))];
        }

        Tensor filled = Tensor.Zeros(shape, value.Tensor.DType);
        filled.Fill(value.Type.IsFloat() ? value.Reals()[0] : value.Integers()[0]);
        return [new OnnxValue(value.Type, filled)];
    }

    private static OnnxValue?[] Range(OnnxCall c)
    {
        double start = c.Number(0, 0.0),
            limit = c.Number(1, 0.0),
            delta = c.Number(2, 1.0),
            steps = Math.Ceiling((limit - start) / delta);
        if (delta == 0.0 || !double.IsFinite(steps))
        {
            throw c.Error($"cannot step from {start} to {limit} by {delta}");
        }

        Shape shape = c.ShapeOf([(long)Math.Max(0.0, steps)]);
        return [OnnxValue.Of(c[0].Type, [.. Enumerable.Range(0, shape[0]).Select(i => start + (i * delta))], shape)];
    }

    private static ElementType TypeOf(OnnxCall c) =>
        c.Node.Has("dtype")
            ? ElementTypes.Known((int)c.Node.Int("dtype", 1)) ?? throw c.Error("its element type is not read")
            : c[0].Type;

    private static OnnxValue?[] Eye(OnnxCall c)
    {
        Shape shape = c[0].Shape;
        if (shape.Rank != 2)
        {
            throw c.Error($"needs a matrix, got {shape}");
        }

        double[] values = new double[shape.Count];
        long shift = c.Node.Int("k", 0);
        for (int row = 0; row < shape[0]; row++)
        {
            if (row + shift >= 0 && row + shift < shape[1])
            {
                values[(row * shape[1]) + row + shift] = 1.0;
            }
        }

        return [OnnxValue.Of(TypeOf(c), values, shape)];
    }
}
