namespace Fovea.Interop.Onnx;

/// <summary>Pools of any number of axes and any element type, window by window.</summary>
internal static class PoolEvaluation
{
    /// <summary>Type and sizes of the result, and of the positions of largest values.</summary>
    public static ValueSpec[] Specs(OnnxCall c)
    {
        Shape y = OutputShape(c, Windows.Of(c, c[0].Shape));
        return c.Wants(1) ? [new(c[0].Type, y), new(ElementType.Int64, y)] : [new(c[0].Type, y)];
    }

    /// <summary>Whether no window lies wholly in padding.</summary>
    public static bool EveryWindowHasInput(Windows w, Shape x, bool ceil) =>
        Enumerable
            .Range(0, w.Rank)
            .All(i => Enumerable.Range(0, w.Count(i, x[2 + i], ceil)).All(o => Taps(w, i, o, x[2 + i]).Any()));

    /// <summary>Computes a pool.</summary>
    /// <param name="c">The node.</param>
    /// <param name="word">Which one.</param>
    public static OnnxValue?[] Evaluate(OnnxCall c, string word)
    {
        Shape x = c[0].Shape;
        Windows w = Windows.Of(c, x);
        Shape y = OutputShape(c, w);
        bool counts = c.Node.Flag("count_include_pad", false),
            columns = c.Node.Flag("storage_order", false);
        double norm = c.Node.Int("p", 2);
        double[] values = c[0].Reals(),
            results = new double[y.Count];
        long[] places = new long[y.Count];
        int plane = x.Skip(2).Aggregate(1, (a, b) => a * b);
        int[] index = new int[w.Rank];
        for (int o = 0; o < results.Length; o++)
        {
            int rest = o;
            for (int i = w.Rank - 1; i >= 0; i--)
            {
                (rest, index[i]) = Math.DivRem(rest, y[2 + i]);
            }

            List<int> taps = [.. Window(w, x, index).Select(p => p + (rest * plane))];
            (results[o], int at) = word switch
            {
                "maxpool" => Largest(values, taps),
                "lppool" => (Math.Pow(taps.Sum(t => Math.Pow(Math.Abs(values[t]), norm)), 1.0 / norm), 0),
                _ => (taps.Sum(t => values[t]) / (counts ? Counted(w, x, index) : taps.Count), 0),
            };
            places[o] = columns ? ByColumns(at, x) : at;
        }

        OnnxValue result = OnnxValue.Of(c[0].Type, results, y);
        return c.Wants(1) ? [result, OnnxValue.Of(ElementType.Int64, places, y)] : [result];
    }

    private static Shape OutputShape(OnnxCall c, Windows w) =>
        c.ShapeOf([
            c[0].Shape[0],
            c[0].Shape[1],
            .. Enumerable
                .Range(0, w.Rank)
                .Select(i => (long)w.Count(i, c[0].Shape[2 + i], c.Node.Flag("ceil_mode", false))),
        ]);

    private static IEnumerable<int> Taps(Windows w, int axis, int window, int size) =>
        Enumerable
            .Range(0, w.Kernel[axis])
            .Select(k => (window * w.Stride[axis]) - w.Before[axis] + (k * w.Dilation[axis]))
            .Where(p => p >= 0 && p < size);

    /// <summary>Positions in the plane that a window covers.</summary>
    private static IEnumerable<int> Window(Windows w, Shape x, int[] index)
    {
        IEnumerable<int> positions = [0];
        for (int i = 0; i < w.Rank; i++)
        {
            int axis = i,
                size = x[2 + i];
            int[] taps = [.. Taps(w, axis, index[axis], size)];
            positions = positions.SelectMany(p => taps.Select(t => (p * size) + t));
        }

        return positions;
    }

    /// <summary>Taps of a window in the input or in the padding asked for.</summary>
    private static int Counted(Windows w, Shape x, int[] index)
    {
        int count = 1;
        for (int i = 0; i < w.Rank; i++)
        {
            int there = x[2 + i] + w.Before[i] + w.After[i];
            count *= Enumerable
                .Range(0, w.Kernel[i])
                .Count(k => (index[i] * w.Stride[i]) + (k * w.Dilation[i]) < there);
        }

        return count;
    }

    private static (double, int) Largest(double[] values, List<int> taps)
    {
        if (taps.Count == 0)
        {
            return (double.NegativeInfinity, 0);
        }

        int best = taps[0];
        foreach (int tap in taps)
        {
            best = values[tap] > values[best] ? tap : best;
        }

        return (values[best], best);
    }

    /// <summary>A position in a tensor whose planes run by columns.</summary>
    private static long ByColumns(int position, Shape x)
    {
        int plane = x.Skip(2).Aggregate(1, (a, b) => a * b);
        (int whole, int rest) = Math.DivRem(position, plane);
        long target = 0,
            step = 1;
        int[] index = new int[x.Rank - 2];
        for (int i = index.Length - 1; i >= 0; i--)
        {
            (rest, index[i]) = Math.DivRem(rest, x[2 + i]);
        }

        for (int i = 0; i < index.Length; step *= x[2 + i++])
        {
            target += index[i] * step;
        }

        return ((long)whole * plane) + target;
    }
}
