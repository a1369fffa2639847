using Fovea.Kernels;

namespace Fovea.Interop.Onnx;

/// <summary>Padding in all modes, also negative, which cuts off.</summary>
internal static class PadOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Pad")
        {
            Graph = Graph,
            Specs = c => [new(c[0].Type, Padded(c))],
            Evaluate = Evaluate,
            Writes = [OnnxWriting.Of<Pad>(Write)],
        },
    ];

    /// <summary>Amounts before and behind every axis: an attribute before opset 11, then an input, which may name
    /// axes.</summary>
    private static (int[] Before, int[] After) Amounts(OnnxCall c)
    {
        int rank = c[0].Shape.Rank;
        long[] pads =
            (c.Opset < 11 ? c.Node.Ints("pads") ?? c.Node.Ints("paddings") : c.Ints(1)) ?? throw c.Error("needs pads");
        int[] axes = c.Find(3) is null ? [.. Enumerable.Range(0, rank)] : c.Axes(c.Ints(3), rank)!;
        if (pads.Length != 2 * axes.Length || pads.Any(p => p is < -(1 << 30) or > 1 << 30))
        {
            throw c.Error($"needs {2 * axes.Length} amounts for {axes.Length} axes, got [{string.Join(", ", pads)}]");
        }

        int[] before = new int[rank],
            after = new int[rank];
        for (int i = 0; i < axes.Length; i++)
        {
            (before[axes[i]], after[axes[i]]) = ((int)pads[i], (int)pads[i + axes.Length]);
        }

        return (before, after);
    }

    private static Shape Padded(OnnxCall c)
    {
        (int[] before, int[] after) = Amounts(c);
        return c.ShapeOf([.. c[0].Shape.Select((s, i) => (long)s + before[i] + after[i])]);
    }

    private static double Value(OnnxCall c) => c.Opset < 11 ? c.Node.Float("value", 0.0) : c.Number(2, 0.0);

    /// <summary>The operator of the house pads the last three axes.</summary>
    private static OnnxValue?[]? Graph(OnnxCall c)
    {
        (int[] before, int[] after) = Amounts(c);
        Shape x = c[0].Shape;
        int first = Math.Max(0, x.Rank - 3);
        PaddingMode? mode = c.Node.Text("mode", "constant") switch
        {
            "constant" => PaddingMode.Zeros,
            "reflect" => PaddingMode.Reflect,
            "edge" => PaddingMode.Replicate,
            "wrap" => PaddingMode.Circular,
            _ => null,
        };
        int slack = mode == PaddingMode.Reflect ? 1 : 0;
        bool fits =
            mode is not null
            && x.Rank > 0
            && c[0].Type.IsFloat()
            && !before[..first].Concat(after[..first]).Any(p => p != 0)
            && before.Concat(after).All(p => p >= 0)
            && Enumerable
                .Range(first, x.Rank - first)
                .All(i =>
                    x[i] > 0
                    && (
                        mode is PaddingMode.Zeros or PaddingMode.Replicate
                        || Math.Max(before[i], after[i]) + slack <= x[i]
                    )
                );
        if (!fits)
        {
            return null;
        }

        int axes = Math.Max(1, x.Rank - first - before.Zip(after).Skip(first).TakeWhile(p => p == (0, 0)).Count());
        Padding padding = Padding.Explicit(
            PerAxis.Create(before.AsSpan()[^axes..]),
            PerAxis.Create(after.AsSpan()[^axes..])
        );
        return [c.Like(c.Apply("pad", new PadAttributes(padding, mode!.Value, Value(c), axes), c.X()))];
    }

    private static OnnxValue?[] Evaluate(OnnxCall c)
    {
        (int[] before, _) = Amounts(c);
        Shape x = c[0].Shape,
            y = Padded(c);
        string mode = c.Node.Text("mode", "constant");
        int[][] sources =
        [
            .. Enumerable
                .Range(0, x.Rank)
                .Select(axis =>
                    Enumerable.Range(0, y[axis]).Select(i => Source(c, mode, i - before[axis], x[axis])).ToArray()
                ),
        ];
        double[] values = c[0].Reals(),
            results = new double[y.Count];
        double constant = Value(c);
        int[] index = new int[x.Rank];
        for (int i = 0; i < results.Length; i++)
        {
            int from = 0;
            for (int axis = 0; axis < index.Length && from >= 0; axis++)
            {
                int source = sources[axis][index[axis]];
                from = source < 0 ? -1 : (from * x[axis]) + source;
            }

            results[i] = from < 0 ? constant : values[from];
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == y[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return [OnnxValue.Of(c[0].Type, results, y)];
    }

    /// <summary>Where a position takes its value from; -1 for the constant.</summary>
    private static int Source(OnnxCall c, string mode, int position, int size)
    {
        if (position >= 0 && position < size)
        {
            return position;
        }

        if (size == 0 && mode != "constant")
        {
            throw c.Error("an axis without elements can be padded with a constant only");
        }

        int period = Math.Max(1, 2 * (size - 1));
        return mode switch
        {
            "constant" => -1,
            "edge" => Math.Clamp(position, 0, size - 1),
            "wrap" => ((position % size) + size) % size,
            "reflect" => size - 1 - Math.Abs(size - 1 - (((position % period) + period) % period)),
            _ => throw c.Error($"mode '{mode}' is not known"),
        };
    }

    /// <summary>Padding of the last axes.</summary>
    /// <param name="use">Where the node goes.</param>
    /// <param name="x">What is padded.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="before">Amounts in front of the last axes.</param>
    /// <param name="after">Amounts behind them.</param>
    /// <param name="mode">What the padding holds.</param>
    /// <param name="value">The number, where that is one.</param>
    public static string Write(
        OnnxUse use,
        string x,
        SymbolicShape shape,
        int[] before,
        int[] after,
        PaddingMode mode,
        double value = 0.0
    )
    {
        if (mode == PaddingMode.Circular && use.Opset < 19)
        {
            return WriteCircular(use, x, shape, before, after);
        }

        int[] outer = new int[shape.Rank - before.Length];
        string name = mode switch
        {
            PaddingMode.Zeros => "constant",
            PaddingMode.Reflect => "reflect",
            PaddingMode.Replicate => "edge",
            _ => "wrap",
        };
        List<string> inputs = [x, use.Ints("pads", [.. outer, .. before, .. outer, .. after])];
        if (mode == PaddingMode.Zeros && value != 0.0)
        {
            inputs.Add(use.Number("value", value));
        }

        return use.Add("Pad", inputs, OnnxAttribute.Text("mode", name));
    }

    /// <summary>Before opset 19 there is no such mode: the ends are joined to the axis, one axis after the other.</summary>
    private static string WriteCircular(OnnxUse use, string x, SymbolicShape shape, int[] before, int[] after)
    {
        int last = Array.FindLastIndex(before, b => b > 0);
        last = Math.Max(last, Array.FindLastIndex(after, a => a > 0));
        for (int i = 0; i < before.Length; i++)
        {
            int axis = shape.Rank - before.Length + i,
                size = shape.Single[axis];
            if (before[i] == 0 && after[i] == 0)
            {
                continue;
            }

            List<string> parts = [x];
            if (before[i] > 0)
            {
                parts.Insert(
                    0,
                    SelectionOperators.WriteSlice(use.At($"front{axis}"), x, axis, size - before[i], long.MaxValue)
                );
            }

            if (after[i] > 0)
            {
                parts.Add(SelectionOperators.WriteSlice(use.At($"back{axis}"), x, axis, 0, after[i]));
            }

            OnnxUse joined = i == last ? use : use.At($"axis{axis}");
            x = joined.Add("Concat", parts, OnnxAttribute.Int("axis", axis));
        }

        return x;
    }

    private static void Write(OnnxUse use)
    {
        PadAttributes a = use.Attributes<PadAttributes>();
        int[] before = new int[a.Axes],
            after = new int[a.Axes];
        for (int i = 0; i < a.Axes; i++)
        {
            (long front, long back) = a.Padding.Resolve(i, a.Axes, 1, 1, 1, 1);
            (before[i], after[i]) = ((int)front, (int)back);
        }

        use.Is(Write(use, use[0], use.From, before, after, a.Mode, a.Value));
    }
}
