using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>Reductions over axes, and what searches or accumulates along one.</summary>
internal static partial class ReductionOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        Over("ReduceSum", 13, (x, a, k) => x.Sum(a, k), v => v.Sum(), 0),
        Over("ReduceMean", 18, (x, a, k) => x.Mean(a, k), v => v.Average(), double.NaN, OnnxWriting.Of<Sum>(WriteSum)),
        Over(
            "ReduceMax",
            18,
            (x, a, k) => x.Max(a, k),
            v => v.Max(),
            double.NegativeInfinity,
            OnnxWriting.Of<Max>(WriteMax)
        ),
        Over("ReduceMin", 18, (x, a, k) => x.Min(a, k), v => v.Min(), double.PositiveInfinity),
        Over("ReduceProd", 18, null, v => v.Aggregate(1.0, (a, b) => a * b), 1),
        Over("ReduceL1", 18, (x, a, k) => x.Abs().Sum(a, k), v => v.Sum(Math.Abs), 0),
        Over("ReduceL2", 18, (x, a, k) => x.Square().Sum(a, k).Sqrt(), v => Math.Sqrt(v.Sum(e => e * e)), 0),
        Over("ReduceSumSquare", 18, (x, a, k) => x.Square().Sum(a, k), v => v.Sum(e => e * e), 0),
        Over("ReduceLogSum", 18, (x, a, k) => x.Sum(a, k).Log(), v => Math.Log(v.Sum()), double.NegativeInfinity),
        Over("ReduceLogSumExp", 18, LogSumExp, LogSumExp, double.NegativeInfinity),
        Search("ArgMax", 1),
        Search("ArgMin", -1),
        new("CumSum")
        {
            Specs = c => [c[0].Spec],
            Graph = CumSum,
            Evaluate = CumSumValues,
            Writes = [OnnxWriting.Of<CumulativeSum>(WriteCumSum)],
        },
        new("TopK")
        {
            Graph = TopK,
            Specs = TopKSpecs,
            Evaluate = TopKValues,
            Writes = [OnnxWriting.Of<TopK>(WriteTopK)],
        },
    ];

    private static OnnxOperator Over(
        string name,
        int axesAreInput,
        Func<Tensor, int[], bool, Tensor>? graph,
        Func<IEnumerable<double>, double> reduce,
        double ofNothing,
        params OnnxWriting[] writes
    ) =>
        new(name)
        {
            Writes = writes,
            Graph = c =>
            {
                int[] axes = Axes(c, axesAreInput);
                return axes.Length == 0 && c[0].Shape.Rank > 0 ? [c[0]]
                    : graph is null || !c[0].Type.IsFloat() || axes.Any(a => c[0].Shape[a] == 0) || axes.Length == 0
                        ? null
                    : [c.Like(graph(c.X(), axes, Keeps(c)))];
            },
            Specs = c => [new(c[0].Type, Reduced(c[0].Shape, Axes(c, axesAreInput), Keeps(c)))],
            Evaluate = c => [Reduce(c, Axes(c, axesAreInput), reduce, ofNothing)],
        };

    private static bool Keeps(OnnxCall c) => c.Node.Flag("keepdims", true);

    /// <summary>The axes: an attribute, or from some version on an input. None means all, or none where the node says
    /// so.</summary>
    private static int[] Axes(OnnxCall c, int axesAreInput)
    {
        int rank = c[0].Shape.Rank;
        long[]? axes = c.Opset >= axesAreInput && c.Find(1) is not null ? c.Ints(1) : c.Node.Ints("axes");
        return axes is { Length: > 0 } ? [.. c.Axes(axes, rank)!.Order()]
            : c.Node.Flag("noop_with_empty_axes", false) ? []
            : [.. Enumerable.Range(0, rank)];
    }

    private static Shape Reduced(Shape shape, int[] axes, bool keep) =>
        Shape.Create([
            .. Enumerable
                .Range(0, shape.Rank)
                .Where(i => keep || !axes.Contains(i))
                .Select(i => axes.Contains(i) ? 1 : shape[i]),
        ]);

    private static OnnxValue Reduce(OnnxCall c, int[] axes, Func<IEnumerable<double>, double> reduce, double ofNothing)
    {
        Shape kept = Reduced(c[0].Shape, axes, keep: true);
        double[] values = c[0].Reals();
        List<double>[] groups = new List<double>[kept.Count];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = [];
        }

        int[] targets = Elements.Sources(kept, c[0].Shape);
        for (int i = 0; i < targets.Length; i++)
        {
            groups[targets[i]].Add(values[i]);
        }

        double nothing =
            c[0].Type.IsFloat() || double.IsFinite(ofNothing) ? ofNothing
            : ofNothing < 0 ? (double)c[0].Type.Range().Low
            : (double)c[0].Type.Range().High;
        return OnnxValue.Of(
            c[0].Type,
            Array.ConvertAll(groups, g => g.Count == 0 ? nothing : reduce(g)),
            Reduced(c[0].Shape, axes, Keeps(c))
        );
    }

    private static Tensor LogSumExp(Tensor x, int[] axes, bool keep)
    {
        Tensor largest = x.Max(axes, keepDims: true).Detach();
        Tensor sum = (x - largest).Exp().Sum(axes, keepDims: true).Log() + largest;
        return keep ? sum : sum.Squeeze(axes);
    }

    private static double LogSumExp(IEnumerable<double> values)
    {
        double largest = values.Max();
        return double.IsInfinity(largest) ? largest : largest + Math.Log(values.Sum(v => Math.Exp(v - largest)));
    }

    private static OnnxOperator Search(string name, int sign) =>
        new(name)
        {
            Specs = c =>
                [
                    new(
                        ElementType.Int64,
                        Reduced(c[0].Shape, [c.Axis(c.Node.Int("axis", 0), c[0].Shape.Rank)], Keeps(c))
                    ),
                ],
            Evaluate = c =>
            {
                int axis = c.Axis(c.Node.Int("axis", 0), c[0].Shape.Rank);
                bool last = c.Node.Flag("select_last_index", false);
                double[] values = c[0].Reals();
                return
                [
                    AlongAxis(
                        c,
                        axis,
                        run =>
                        {
                            int best = 0;
                            for (int i = 1; i < run.Length; i++)
                            {
                                int order = (values[run[i]] * sign).CompareTo(values[run[best]] * sign);
                                best = order > 0 || (order == 0 && last) ? i : best;
                            }

                            return best;
                        }
                    ),
                ];
            },
        };

    private static OnnxValue AlongAxis(OnnxCall c, int axis, Func<int[], long> choose)
    {
        Shape x = c[0].Shape;
        if (x[axis] == 0)
        {
            throw c.Error($"axis {axis} of {x} has no elements");
        }

        return OnnxValue.Of(ElementType.Int64, [.. AxisRuns.Of(x, axis).Select(choose)], Reduced(x, [axis], Keeps(c)));
    }

    private static OnnxValue?[]? CumSum(OnnxCall c) =>
        c[0].Type.IsFloat() && !c.Node.Flag("exclusive", false) && !c.Node.Flag("reverse", false)
            ? [c.Like(c.X().CumSum(c.Axis((long)c.Number(1, 0), c[0].Shape.Rank)))]
            : null;

    private static OnnxValue?[] CumSumValues(OnnxCall c)
    {
        bool exclusive = c.Node.Flag("exclusive", false),
            reverse = c.Node.Flag("reverse", false);
        double[] values = c[0].Reals(),
            sums = new double[values.Length];
        foreach (int[] run in AxisRuns.Of(c[0].Shape, c.Axis((long)c.Number(1, 0), c[0].Shape.Rank)))
        {
            double sum = 0.0;
            foreach (int i in reverse ? run.Reverse() : run)
            {
                sums[i] = exclusive ? sum : sum + values[i];
                sum += values[i];
            }
        }

        return [OnnxValue.Of(c[0].Type, sums, c[0].Shape)];
    }

    private static (int Axis, int Count, bool Largest) TopKOf(OnnxCall c)
    {
        int axis = c.Axis(c.Node.Int("axis", -1), c[0].Shape.Rank);
        c.RequireNoBatch(c[0].Shape, axis);
        double count = c.Opset < 10 ? c.Node.Int("k", 0) : c.Number(1, 0.0);
        return count >= 0 && count <= c[0].Shape[axis]
            ? (axis, (int)count, c.Node.Flag("largest", true))
            : throw c.Error($"k must be 0 to {c[0].Shape[axis]}, the size of axis {axis}, got {count}");
    }

    private static OnnxValue?[]? TopK(OnnxCall c)
    {
        if (!c[0].Type.IsFloat())
        {
            return null;
        }

        (int axis, int count, bool largest) = TopKOf(c);
        (Tensor values, Tensor positions) = c.X().TopK(count, axis, largest);
        return [c.Like(values), new OnnxValue(ElementType.Int64, positions)];
    }

    private static ValueSpec[] TopKSpecs(OnnxCall c)
    {
        (int axis, int count, _) = TopKOf(c);
        Shape shape = c[0].Shape.With(axis, count);
        return [new(c[0].Type, shape), new(ElementType.Int64, shape)];
    }

    private static OnnxValue?[] TopKValues(OnnxCall c)
    {
        (int axis, int count, bool largest) = TopKOf(c);
        Int128[] numbers = Array.ConvertAll(c[0].Integers(), v => largest ? -c[0].Type.Number(v) : c[0].Type.Number(v));
        Shape shape = c[0].Shape.With(axis, count);
        int[] sources = new int[shape.Count];
        long[] places = new long[shape.Count];
        foreach ((int[] from, int[] to) in AxisRuns.Of(c[0].Shape, axis).Zip(AxisRuns.Of(shape, axis)))
        {
            int[] order = [.. Enumerable.Range(0, from.Length).OrderBy(i => numbers[from[i]])];
            for (int i = 0; i < to.Length; i++)
            {
                (sources[to[i]], places[to[i]]) = (from[order[i]], order[i]);
            }
        }

        return [Elements.Take(c[0], sources, shape), OnnxValue.Of(ElementType.Int64, places, shape)];
    }
}
