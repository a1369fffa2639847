namespace Fovea.Interop.Onnx;

/// <summary>What puts values at positions, or finds positions.</summary>
internal static class ScatterOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("ScatterElements") { Specs = c => [c[0].Spec], Evaluate = ScatterElements },
        new("Scatter") { Specs = c => [c[0].Spec], Evaluate = ScatterElements },
        new("ScatterND") { Specs = c => [c[0].Spec], Evaluate = ScatterBlocks },
        new("GatherND") { Specs = c => [new(c[0].Type, BlocksShape(c))], Evaluate = GatherBlocks },
        new("OneHot") { Specs = c => [new(c[2].Type, HotShape(c))], Evaluate = OneHot },
        new("NonZero") { Evaluate = NonZero },
        new("Compress") { Evaluate = Compress },
        new("Trilu") { Specs = c => [c[0].Spec], Evaluate = Triangle },
    ];

    private static double Combine(OnnxCall c, double old, double value) =>
        c.Node.Text("reduction", "none") switch
        {
            "none" => value,
            "add" => old + value,
            "mul" => old * value,
            "max" => Math.Max(old, value),
            "min" => Math.Min(old, value),
            var other => throw c.Error($"reduction '{other}' is not known"),
        };

    private static int Place(OnnxCall c, long position, int size) =>
        position >= -size && position < size
            ? (int)(position < 0 ? position + size : position)
            : throw c.Error($"positions must be {-size} to {size - 1}, got {position}");

    private static int[] Steps(Shape shape)
    {
        int[] steps = new int[shape.Rank];
        for (int i = shape.Rank - 1, step = 1; i >= 0; step *= shape[i--])
        {
            steps[i] = step;
        }

        return steps;
    }

    private static OnnxValue?[] ScatterElements(OnnxCall c)
    {
        Shape x = c[0].Shape,
            positions = c[1].Shape;
        int axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        if (positions.Rank != x.Rank || positions != c[2].Shape)
        {
            throw c.Error($"positions {positions} and values {c[2].Shape} must have one shape, with the axes of {x}");
        }

        double[] result = c[0].Reals(),
            values = c[2].Reals();
        long[] places = c.Ints(1);
        int[] steps = Steps(x),
            index = new int[x.Rank];
        for (int k = 0; k < places.Length; k++)
        {
            int target = 0;
            for (int i = 0; i < index.Length; i++)
            {
                target += (i == axis ? Place(c, places[k], x[axis]) : index[i]) * steps[i];
            }

            result[target] = Combine(c, result[target], values[k]);
            for (int i = index.Length - 1; i >= 0 && ++index[i] == positions[i]; i--)
            {
                index[i] = 0;
            }
        }

        return [OnnxValue.Of(c[0].Type, result, x)];
    }

    /// <summary>Where each block begins that a list of leading positions names, and how many elements it has.</summary>
    private static (int[] Starts, int Block) Blocks(OnnxCall c, int batch)
    {
        Shape x = c[0].Shape,
            positions = c[1].Shape;
        int depth = positions.Rank == 0 ? 0 : positions[-1];
        if (positions.Rank <= batch || batch + depth > x.Rank)
        {
            throw c.Error($"positions {positions} name more axes than {x} has");
        }

        long[] places = c.Ints(1);
        int[] steps = Steps(x);
        int count = depth == 0 ? 1 : places.Length / depth,
            items = x.Take(batch).Aggregate(1, (a, b) => a * b),
            item = x.Skip(batch).Aggregate(1, (a, b) => a * b);
        int[] starts = new int[count];
        for (int k = 0; k < count; k++)
        {
            starts[k] = k / Math.Max(1, count / Math.Max(1, items)) * item;
            for (int i = 0; i < depth; i++)
            {
                starts[k] += Place(c, places[(k * depth) + i], x[batch + i]) * steps[batch + i];
            }
        }

        return (starts, x.Skip(batch + depth).Aggregate(1, (a, b) => a * b));
    }

    private static OnnxValue?[] ScatterBlocks(OnnxCall c)
    {
        (int[] starts, int block) = Blocks(c, 0);
        double[] result = c[0].Reals(),
            values = c[2].Reals();
        if (values.Length != starts.Length * block)
        {
            throw c.Error($"values {c[2].Shape} do not fit {starts.Length} positions in {c[0].Shape}");
        }

        for (int k = 0; k < values.Length; k++)
        {
            int target = starts[k / block] + (k % block);
            result[target] = Combine(c, result[target], values[k]);
        }

        return [OnnxValue.Of(c[0].Type, result, c[0].Shape)];
    }

    private static Shape BlocksShape(OnnxCall c)
    {
        int batch = (int)c.Node.Int("batch_dims", 0);
        Shape positions = c[1].Shape;
        return Shape.Create([.. positions.SkipLast(1), .. c[0].Shape.Skip(batch + positions[-1])]);
    }

    private static OnnxValue?[] GatherBlocks(OnnxCall c)
    {
        (int[] starts, int block) = Blocks(c, (int)c.Node.Int("batch_dims", 0));
        int[] sources = new int[starts.Length * block];
        for (int k = 0; k < sources.Length; k++)
        {
            sources[k] = starts[k / block] + (k % block);
        }

        return [Elements.Take(c[0], sources, BlocksShape(c))];
    }

    private static (int Axis, int Depth) Hot(OnnxCall c)
    {
        double depth = c.Number(1, 0.0);
        return depth is >= 0 and < 1 << 28
            ? (c.Axis(c.Node.Int("axis", -1), c[0].Shape.Rank + 1), (int)depth)
            : throw c.Error($"depth must be 0 or more, got {depth}");
    }

    private static Shape HotShape(OnnxCall c)
    {
        (int axis, int depth) = Hot(c);
        return c.ShapeOf([
            .. c[0].Shape.Take(axis).Select(s => (long)s),
            depth,
            .. c[0].Shape.Skip(axis).Select(s => (long)s),
        ]);
    }

    private static OnnxValue?[] OneHot(OnnxCall c)
    {
        (int axis, int depth) = Hot(c);
        Shape shape = HotShape(c);
        double[] labels = c[0].Reals(),
            values = c[2].Reals(),
            result = new double[shape.Count];
        Array.Fill(result, values[0]);
        foreach ((int[] run, int i) in AxisRuns.Of(shape, axis).Select((run, i) => (run, i)))
        {
            double label = labels[i] < 0 ? labels[i] + depth : labels[i];
            if (label >= 0 && label < depth)
            {
                result[run[(int)label]] = values[1];
            }
        }

        return [OnnxValue.Of(c[2].Type, result, shape)];
    }

    private static OnnxValue?[] NonZero(OnnxCall c)
    {
        double[] values = c[0].Reals();
        int[] found = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0.0)],
            steps = Steps(c[0].Shape);
        Shape x = c[0].Shape;
        long[] places =
        [
            .. Enumerable.Range(0, x.Rank).SelectMany(axis => found.Select(f => (long)(f / steps[axis] % x[axis]))),
        ];
        return [OnnxValue.Of(ElementType.Int64, places, [x.Rank, found.Length])];
    }

    private static OnnxValue?[] Compress(OnnxCall c)
    {
        OnnxValue x = c[0];
        if (!c.Node.Has("axis"))
        {
            x = new OnnxValue(x.Type, x.Tensor.Reshape(-1));
        }

        int axis = c.Axis(c.Node.Int("axis", 0), x.Shape.Rank);
        int[] kept = [.. c.Ints(1).Select((v, i) => v != 0 ? i : -1).Where(i => i >= 0)];
        return [SelectionOperators.TakeAlong(x, axis, kept)];
    }

    private static OnnxValue?[] Triangle(OnnxCall c)
    {
        Shape x = c[0].Shape;
        if (x.Rank < 2)
        {
            throw c.Error($"needs matrices, got {x}");
        }

        bool upper = c.Node.Flag("upper", true);
        double shift = c.Number(1, 0.0);
        double[] values = c[0].Reals();
        for (int i = 0; i < values.Length; i++)
        {
            int column = i % x[-1],
                row = i / x[-1] % x[-2];
            bool stays = upper ? column >= row + shift : column <= row + shift;
            values[i] = stays ? values[i] : 0.0;
        }

        return [OnnxValue.Of(c[0].Type, values, x)];
    }
}
