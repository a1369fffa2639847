namespace Fovea.Interop.Onnx;

/// <summary>Arithmetic on values element by element, with broadcasting: in 64-bit floats, or in integers wide enough for every
/// integer type.</summary>
internal static class Elements
{
    /// <summary>The shape of several together.</summary>
    /// <exception cref="ModelFormatException">They do not broadcast.</exception>
    public static Shape Broadcast(OnnxCall call, params IEnumerable<Shape> shapes)
    {
        Shape all = [];
        foreach (Shape shape in shapes)
        {
            all =
                Shape.Broadcast(all, shape)
                ?? throw call.Error($"shapes do not broadcast: {string.Join(", ", call.Given.Select(i => i.Shape))}");
        }

        return call.Placeholder > 0 ? all : call.ShapeOf(Array.ConvertAll(all.Sizes.ToArray(), s => (long)s));
    }

    /// <summary>For each element of a shape the position of the element that broadcasting takes there.</summary>
    public static int[] Sources(Shape from, Shape to)
    {
        int[] sources = new int[checked((int)to.Count)];
        int[] steps = new int[to.Rank];
        int step = 1;
        for (int axis = from.Rank - 1; axis >= 0; axis--)
        {
            steps[axis + to.Rank - from.Rank] = from[axis] == 1 ? 0 : step;
            step *= from[axis];
        }

        int[] index = new int[to.Rank];
        int position = 0;
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i] = position;
            for (int axis = to.Rank - 1; axis >= 0; axis--)
            {
                position += steps[axis];
                if (++index[axis] < to.Sizes[axis])
                {
                    break;
                }

                position -= steps[axis] * index[axis];
                index[axis] = 0;
            }
        }

        return sources;
    }

    /// <summary>A function of each element.</summary>
    public static OnnxValue Map(
        OnnxValue x,
        ElementType type,
        Func<double, double> real,
        Func<Int128, Int128>? integer = null
    )
    {
        if (x.Type.IsFloat() || integer is null)
        {
            return OnnxValue.Of(type, Array.ConvertAll(x.Reals(), v => real(v)), x.Shape);
        }

        long[] results = Array.ConvertAll(x.Integers(), v => type.Wrap(integer(x.Type.Number(v))));
        return OnnxValue.Of(type, results, x.Shape);
    }

    /// <summary>A function of two elements each.</summary>
    public static OnnxValue Pair(
        OnnxCall call,
        OnnxValue a,
        OnnxValue b,
        ElementType type,
        Func<double, double, double>? real,
        Func<Int128, Int128, Int128>? integer
    )
    {
        Shape shape = Broadcast(call, a.Shape, b.Shape);
        int[] fromA = Sources(a.Shape, shape),
            fromB = Sources(b.Shape, shape);
        if (real is not null && (integer is null || a.Type.IsFloat() || b.Type.IsFloat()))
        {
            double[] x = a.Reals(),
                y = b.Reals(),
                results = new double[fromA.Length];
            for (int i = 0; i < results.Length; i++)
            {
                results[i] = real(x[fromA[i]], y[fromB[i]]);
            }

            return OnnxValue.Of(type, results, shape);
        }

        if (integer is null || a.Type.IsFloat() || b.Type.IsFloat())
        {
            throw call.Error("takes integers or truth values");
        }

        long[] p = a.Integers(),
            q = b.Integers(),
            wrapped = new long[fromA.Length];
        for (int i = 0; i < wrapped.Length; i++)
        {
            wrapped[i] = type.Wrap(integer(a.Type.Number(p[fromA[i]]), b.Type.Number(q[fromB[i]])));
        }

        return OnnxValue.Of(type, wrapped, shape);
    }

    /// <summary>The elements at positions, in their order.</summary>
    public static OnnxValue Take(OnnxValue x, int[] positions, Shape shape)
    {
        switch (x.Tensor.DType)
        {
            case DType.Float32:
                float[] floats = x.Tensor.ToArray<float>();
                return new OnnxValue(x.Type, Tensor.From<float>(Array.ConvertAll(positions, p => floats[p]), shape));
            case DType.Float64:
                double[] doubles = x.Tensor.ToArray<double>();
                return new OnnxValue(x.Type, Tensor.From<double>(Array.ConvertAll(positions, p => doubles[p]), shape));
            default:
                long[] integers = x.Integers();
                return new OnnxValue(x.Type, Tensor.From<long>(Array.ConvertAll(positions, p => integers[p]), shape));
        }
    }
}
