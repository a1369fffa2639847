namespace Fovea.Interop.Onnx;

/// <summary>Pools: largest values, means and norms of windows.</summary>
internal static partial class PoolOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        Windowed("MaxPool", "maxpool", OnnxWriting.Of<MaxPool>(use => Write(use, "MaxPool"))),
        Windowed("AveragePool", "avgpool", OnnxWriting.Of<AvgPool>(use => Write(use, "AveragePool"))),
        Windowed("LpPool", "lppool", OnnxWriting.Of<LpPool>(WriteNorm)),
        Global("GlobalAveragePool", (c, x) => c.Apply("globalavgpool", new GlobalPoolAttributes(false), x)),
        Global("GlobalMaxPool", (c, x) => c.Apply("globalmaxpool", new GlobalPoolAttributes(false), x)),
        Global(
            "GlobalLpPool",
            (c, x) => x.Norm(c.Node.Int("p", 2), [.. Enumerable.Range(2, x.Rank - 2)], keepDims: true)
        ),
        new("MaxUnpool") { Evaluate = Unpool },
    ];

    private static OnnxOperator Windowed(string name, string word, params OnnxWriting[] writes) =>
        new(name)
        {
            Writes = writes,
            Graph = c => Graph(c, word),
            Specs = c => PoolEvaluation.Specs(c),
            Evaluate = c => PoolEvaluation.Evaluate(c, word),
        };

    private static OnnxOperator Global(string name, Func<OnnxCall, Tensor, Tensor> graph) =>
        new(name)
        {
            Graph = c =>
                c[0].Type.IsFloat() && c[0].Shape.Rank >= 3
                    ? [c.Like(graph(c, c.X()))]
                    : throw c.Error($"needs floats [N, C, spatial...], got {c[0].Shape}"),
        };

    /// <summary>Pools of the house; those of other sizes than it has, and positions of largest values, are
    /// evaluated.</summary>
    private static OnnxValue?[]? Graph(OnnxCall c, string word)
    {
        if (!c[0].Type.IsFloat() || c[0].Shape.Rank is < 3 or > 5 || c.Wants(1))
        {
            return null;
        }

        Windows w = Windows.Of(c, c[0].Shape);
        bool ceil = c.Node.Flag("ceil_mode", false);
        bool hasRoom = !w
            .Before.Select((b, i) => b == w.After[i] && b > w.Kernel[i] / 2 && w.Padding.IsExplicit)
            .Any(tooMuch => tooMuch);
        if (!hasRoom || !PoolEvaluation.EveryWindowHasInput(w, c[0].Shape, ceil))
        {
            return null;
        }

        bool counts = c.Node.Flag("count_include_pad", false);
        SlidingPoolAttributes attributes = new(
            w.Rank,
            Windows.Short(w.Kernel),
            Windows.Short(w.Stride),
            w.Padding,
            Windows.Short(w.Dilation),
            Ceil: ceil
        )
        {
            CountsPadding = word == "maxpool" || (word == "avgpool" && counts),
            Norm = word == "lppool" ? c.Node.Int("p", 2) : 0.0,
        };
        return [c.Like(c.Apply(word, attributes, c.X()))];
    }

    /// <summary>Values put where the largest ones stood: positions are of the whole tensor.</summary>
    private static OnnxValue?[] Unpool(OnnxCall c)
    {
        Shape x = c[0].Shape;
        Windows w = Windows.Of(c, x);
        int[] sizes =
        [
            x[0],
            x[1],
            .. Enumerable
                .Range(0, w.Rank)
                .Select(i => ((x[2 + i] - 1) * w.Stride[i]) + w.Kernel[i] - w.Before[i] - w.After[i]),
        ];
        Shape pooled = c.ShapeOf(Array.ConvertAll(sizes, s => (long)s)),
            whole = c.Find(2) is null ? pooled : c.ShapeOf(c.Ints(2));
        double[] values = c[0].Reals(),
            result = new double[whole.Count];
        long[] places = c.Ints(1);
        for (int i = 0; i < places.Length; i++)
        {
            long rest = places[i],
                target = 0;
            for (int axis = pooled.Rank - 1, step = 1; axis >= 0; step *= whole[axis--])
            {
                target += rest % pooled[axis] * step;
                rest /= pooled[axis];
            }

            result[target] = values[i];
        }

        return [OnnxValue.Of(c[0].Type, result, whole)];
    }
}
