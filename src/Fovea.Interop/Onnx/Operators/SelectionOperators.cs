namespace Fovea.Interop.Onnx;

/// <summary>What takes parts of a tensor: slices, and elements at positions.</summary>
internal static partial class SelectionOperators
{
    private const int MostPieces = 64;

    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Split") { Graph = Split },
        new("Slice")
        {
            Graph = Slice,
            Specs = SliceSpecs,
            Evaluate = SliceValues,
            Writes = [OnnxWriting.Of<Narrow>(WriteNarrow), OnnxWriting.Of<Flip>(WriteFlip)],
        },
        new("Gather")
        {
            Graph = Gather,
            Specs = c => [new(c[0].Type, Gathered(c))],
            Evaluate = GatherValues,
        },
        new("GatherElements")
        {
            Graph = GatherElements,
            Specs = c => [new(c[0].Type, c[1].Shape)],
            Evaluate = GatherElementValues,
            Writes = [OnnxWriting.Of<Gather>(WriteGather)],
        },
    ];

    private static OnnxValue?[] Split(OnnxCall c)
    {
        Shape x = c[0].Shape;
        int axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        c.RequireNoBatch(x, axis);
        long[]? given = c.Opset < 13 ? c.Node.Ints("split") : c.IntsOf(1, "split");
        int parts = (int)c.Node.Int("num_outputs", c.Node.Outputs.Count),
            size = (x[axis] + parts - 1) / Math.Max(1, parts);
        int[] sizes = given is null
            ? [.. Enumerable.Range(0, parts).Select(i => Math.Clamp(x[axis] - (i * size), 0, size))]
            : Array.ConvertAll(given, s => checked((int)s));
        return [.. c.X().Split(axis, sizes).Select(t => c.Like(t))];
    }

    /// <summary>Start, number and step along each axis that is cut; bounds are clamped as in NumPy.</summary>
    private static List<(int Axis, int Start, int Count, int Step)> Cuts(OnnxCall c)
    {
        Shape x = c[0].Shape;
        bool old = c.Opset < 10;
        long[] starts = (old ? c.Node.Ints("starts") : c.Ints(1)) ?? throw c.Error("needs starts"),
            ends = (old ? c.Node.Ints("ends") : c.Ints(2)) ?? throw c.Error("needs ends");
        int[] axes =
            c.Axes(
                old ? c.Node.Ints("axes")
                    : c.Find(3) is null ? null
                    : c.Ints(3),
                x.Rank
            ) ?? [.. Enumerable.Range(0, starts.Length)];
        long[] steps = old || c.Find(4) is null ? [.. starts.Select(_ => 1L)] : c.Ints(4);
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw c.Error("starts, ends, axes and steps must be as many");
        }

        List<(int, int, int, int)> cuts = [];
        for (int i = 0; i < starts.Length; i++)
        {
            long size = x[axes[i]],
                step = Math.Clamp(steps[i], -int.MaxValue, int.MaxValue),
                low = step < 0 ? -1 : 0,
                high = step < 0 ? size - 1 : size;
            long start = Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], Math.Max(low, 0), Math.Max(high, 0)),
                end = Math.Clamp(ends[i] < 0 ? ends[i] + size : ends[i], low, high);
            if (step == 0)
            {
                throw c.Error("a step must not be 0");
            }

            if (step != 1 || starts[i] < 0 || ends[i] < 0)
            {
                c.RequireNoBatch(x, axes[i]);
            }

            long count = size == 0 ? 0 : (end - start + step - Math.Sign(step)) / step;
            cuts.Add((axes[i], (int)start, (int)Math.Max(0, count), (int)step));
        }

        return cuts;
    }

    private static OnnxValue?[]? Slice(OnnxCall c)
    {
        Tensor x = c.X();
        foreach ((int axis, int start, int count, int step) in Cuts(c))
        {
            int size = x.Shape[axis];
            if (step == 1)
            {
                x = count == size ? x : x.Narrow(axis, start, count);
            }
            else if (step == -1)
            {
                x = x.Flip(axis);
                x = count == size ? x : x.Narrow(axis, size - 1 - start, count);
            }
            else if (step > 1 && size % step == 0 && count > 0 && !c.IsBatch(size))
            {
                int[] grouped = [.. x.Shape.Take(axis), size / step, step, .. x.Shape.Skip(axis + 1)];
                Tensor one = x.Reshape(grouped).Narrow(axis + 1, start % step, 1).Squeeze(axis + 1);
                x = count == size / step ? one : one.Narrow(axis, start / step, count);
            }
            else
            {
                return null;
            }
        }

        return [ReferenceEquals(x, c.X()) ? c[0] : c.Like(x)];
    }

    private static ValueSpec[] SliceSpecs(OnnxCall c) =>
        [new(c[0].Type, Cuts(c).Aggregate(c[0].Shape, (shape, cut) => shape.With(cut.Axis, cut.Count)))];

    private static OnnxValue?[] SliceValues(OnnxCall c)
    {
        OnnxValue x = c[0];
        foreach ((int axis, int start, int count, int step) in Cuts(c))
        {
            x = TakeAlong(x, axis, [.. Enumerable.Range(0, count).Select(i => start + (i * step))]);
        }

        return [x];
    }

    /// <summary>The elements at places along an axis.</summary>
    public static OnnxValue TakeAlong(OnnxValue x, int axis, int[] places)
    {
        Shape shape = x.Shape.With(axis, places.Length);
        int[] sources = new int[checked((int)shape.Count)];
        foreach ((int[] from, int[] to) in AxisRuns.Of(x.Shape, axis).Zip(AxisRuns.Of(shape, axis)))
        {
            for (int i = 0; i < to.Length; i++)
            {
                sources[to[i]] = from[places[i]];
            }
        }

        return Elements.Take(x, sources, shape);
    }

    private static Shape Gathered(OnnxCall c)
    {
        Shape x = c[0].Shape;
        int axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        return Shape.Create([.. x.Take(axis), .. c[1].Shape, .. x.Skip(axis + 1)]);
    }

    /// <summary>Positions; negative ones count from the end.</summary>
    private static int[] Places(OnnxCall c, int axis)
    {
        int size = c[0].Shape[axis];
        long[] places = c.Ints(1);
        if (Array.Exists(places, p => p < 0))
        {
            c.RequireNoBatch(c[0].Shape, axis);
        }

        return Array.ConvertAll(
            places,
            p =>
                p >= -size && p < size
                    ? (int)(p < 0 ? p + size : p)
                    : throw c.Error($"positions must be {-size} to {size - 1}, got {p}")
        );
    }

    private static OnnxValue?[]? Gather(OnnxCall c)
    {
        Tensor x = c.X();
        int axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        if (!c[1].IsReadable || c[1].Shape.Count == 0)
        {
            return null;
        }

        int[] places = Places(c, axis);
        Tensor? taken =
            places.Select((p, i) => p - i).Distinct().Count() == 1 ? x.Narrow(axis, places[0], places.Length)
            : c.Placeholder == 0 && c[0].Type.IsFloat() ? x.Gather(axis, Along(x.Shape, axis, places))
            : places.Length <= MostPieces ? x.Take(axis, places)
            : null;
        return taken is null ? null : [c.Like(c[1].Shape.Rank == 1 ? taken : taken.Reshape(Gathered(c).Sizes))];
    }

    /// <summary>Positions along an axis for every run of elements.</summary>
    private static Tensor Along(Shape x, int axis, int[] places)
    {
        Shape shape = x.With(axis, places.Length);
        long[] all = new long[checked((int)shape.Count)];
        foreach (int[] run in AxisRuns.Of(shape, axis))
        {
            for (int i = 0; i < run.Length; i++)
            {
                all[run[i]] = places[i];
            }
        }

        return Tensor.From<long>(all, shape);
    }

    private static OnnxValue?[] GatherValues(OnnxCall c)
    {
        int axis = c.Axis(c.Node.Int("axis", 0), c[0].Shape.Rank);
        Shape shape = c.ShapeOf([.. Gathered(c).Select(s => (long)s)]);
        OnnxValue taken = TakeAlong(c[0], axis, Places(c, axis));
        return [new OnnxValue(taken.Type, taken.Tensor.Reshape(shape.Sizes))];
    }

    private static OnnxValue?[]? GatherElements(OnnxCall c)
    {
        Shape x = c[0].Shape,
            positions = c[1].Shape;
        int axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        if (!c[1].IsReadable || positions.Rank != x.Rank || positions != x.With(axis, positions[axis]))
        {
            return null;
        }

        long[] places = Array.ConvertAll(Places(c, axis), p => (long)p);
        return [c.Like(c.X().Gather(axis, Tensor.From<long>(places, positions)))];
    }

    private static OnnxValue?[] GatherElementValues(OnnxCall c)
    {
        Shape x = c[0].Shape,
            shape = c[1].Shape;
        int axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        int[] places = Places(c, axis);
        int[] steps = new int[x.Rank];
        for (int i = x.Rank - 1, step = 1; i >= 0; step *= x[i--])
        {
            steps[i] = step;
        }

        int[] sources = new int[places.Length],
            index = new int[x.Rank];
        for (int k = 0; k < sources.Length; k++)
        {
            for (int i = 0; i < index.Length; i++)
            {
                sources[k] += (i == axis ? places[k] : index[i]) * steps[i];
            }

            for (int i = index.Length - 1; i >= 0 && ++index[i] == shape[i]; i--)
            {
                index[i] = 0;
            }
        }

        return [Elements.Take(c[0], sources, shape)];
    }
}
