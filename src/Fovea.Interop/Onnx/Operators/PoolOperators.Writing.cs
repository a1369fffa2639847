using Fovea.Interop.Onnx.Messages;
using Fovea.Kernels;

namespace Fovea.Interop.Onnx;

/// <summary>Pools as nodes of ONNX.</summary>
internal static partial class PoolOperators
{
    private static void Write(OnnxUse use, string type)
    {
        switch (use.Attributes<PoolAttributes>())
        {
            case GlobalPoolAttributes a:
                WriteGlobal(use, type, a.Flatten);
                break;
            case AdaptivePoolAttributes a:
                WriteAdaptive(use, type, a);
                break;
            case SlidingPoolAttributes a:
                use.Is(type == "MaxPool" ? WriteLargest(use, a) : WriteMean(use, a));
                break;
        }
    }

    private static void WriteGlobal(OnnxUse use, string type, bool isFlat)
    {
        string pooled = (isFlat ? use.At("pool") : use).Add($"Global{type}", use.Inputs);
        use.Is(isFlat ? use.Add("Flatten", [pooled], OnnxAttribute.Int("axis", 1)) : pooled);
    }

    /// <summary>As many windows as are asked for. Windows of one size at equal steps are those of a usual pool; others are
    /// cut out, reduced and joined, one axis after the other.</summary>
    private static void WriteAdaptive(OnnxUse use, string type, AdaptivePoolAttributes a)
    {
        Windows all = Windows.Of(use, a.Rank, new int[a.Rank], 1, Padding.Valid, 1);
        List<(int Axis, (int Start, int End)[] Runs)> uneven = [];
        for (int i = 0; i < a.Rank; i++)
        {
            int size = use.From.Single[2 + i],
                asked = a.Size.At(i, a.Rank);
            (int Start, int End)[] runs = Runs(size, asked == 0 ? size : asked);
            int kernel = runs[0].End,
                step = runs.Length > 1 ? runs[1].Start : 1;
            bool isEven = step > 0 && runs.Select((r, k) => r == (k * step, (k * step) + kernel)).All(e => e);
            (all.Kernel[i], all.Stride[i]) = isEven ? (kernel, step) : (1, 1);
            if (!isEven)
            {
                uneven.Add((2 + i, runs));
            }
        }

        bool isGlobal = use.To.Single.Sizes[2..].IndexOfAnyExcept(1) < 0;
        bool pools = uneven.Count == 0 || all.Kernel.Any(k => k > 1) || all.Stride.Any(s => s > 1);
        string x = use[0];
        if (pools)
        {
            OnnxUse pool = uneven.Count == 0 ? use : use.At("pool");
            x =
                isGlobal ? pool.Add($"Global{type}", [x])
                : type == "MaxPool" ? WriteMaximum(pool, x, all, ceil: false)
                : WriteAverage(pool, x, all, counts: true, ceil: false);
        }

        for (int i = 0; i < uneven.Count; i++)
        {
            OnnxUse joined = i == uneven.Count - 1 ? use : use.At($"axis{uneven[i].Axis}");
            x = WriteRuns(use, joined, type, x, uneven[i].Axis, uneven[i].Runs);
        }

        use.Is(x);
    }

    /// <summary>Where windows begin and end that share an axis: floor(o in / out) and ceil((o + 1) in / out).</summary>
    private static (int Start, int End)[] Runs(int size, int windows)
    {
        PoolAxis axis = PoolAxis.Adaptive(size, windows);
        return [.. Enumerable.Range(0, windows).Select(o => (axis.Taps(o)[0], axis.Taps(o)[^1] + 1))];
    }

    private static string WriteRuns(
        OnnxUse use,
        OnnxUse joined,
        string type,
        string x,
        int axis,
        (int Start, int End)[] runs
    )
    {
        string reduction = type == "MaxPool" ? "ReduceMax" : "ReduceMean";
        int size = use.From.Single[axis];
        List<string> parts = [];
        for (int o = 0; o < runs.Length; o++)
        {
            (int start, int end) = runs[o];
            string part =
                (start, end) == (0, size)
                    ? x
                    : SelectionOperators.WriteSlice(
                        use.At($"axis{axis}_part{o}"),
                        x,
                        axis,
                        start,
                        end == size ? long.MaxValue : end
                    );
            parts.Add(
                end - start == 1
                    ? part
                    : ReductionOperators.Write(use.At($"axis{axis}_value{o}"), reduction, part, [axis], keep: true)
            );
        }

        return joined.Add("Concat", parts, OnnxAttribute.Int("axis", axis));
    }

    private static string WriteLargest(OnnxUse use, SlidingPoolAttributes a)
    {
        (Windows w, bool ceil) = Placed(use, a);
        bool isWide = IsWide(w);
        string x = use[0];
        if (isWide || a.Mode != PaddingMode.Zeros)
        {
            double value = a.Mode == PaddingMode.Zeros ? double.NegativeInfinity : 0.0;
            (x, w) = WritePadding(use, w, w.Before, isWide ? w.After : Asked(use, a).After, a.Mode, value);
        }

        return WriteMaximum(use, x, w, ceil);
    }

    private static string WriteMaximum(OnnxUse use, string x, Windows w, bool ceil) =>
        use.Add("MaxPool", [x], [.. w.Write(), OnnxAttribute.Int("ceil_mode", ceil ? 1 : 0)]);

    /// <summary>The mean. What a partial last window lacks never counts, padding that was asked for may: where both occur,
    /// the latter is a node of its own.</summary>
    private static string WriteMean(OnnxUse use, SlidingPoolAttributes a)
    {
        (Windows w, bool ceil) = Placed(use, a);
        Windows asked = Asked(use, a);
        bool isPadded = asked.Before.Concat(asked.After).Any(p => p > 0),
            isPartial = !w.After.SequenceEqual(asked.After),
            counts = a.CountsPadding && a.Mode == PaddingMode.Zeros;
        string x = use[0];
        if (isPadded && (a.Mode != PaddingMode.Zeros || (counts && (isPartial || ceil)) || (counts && IsWide(w))))
        {
            (x, w) = WritePadding(use, w, asked.Before, asked.After, a.Mode, 0.0);
            counts = false;
        }
        else if (IsWide(w))
        {
            throw use.Cannot("its padding is as wide as its windows and does not count; write the padding as a layer");
        }

        if (a.Divisor is null)
        {
            return WriteAverage(use, x, w, counts, ceil);
        }

        double taps = w.Kernel.Aggregate(1.0, (product, k) => product * k);
        string mean = WriteAverage(use.At("mean"), x, w, counts: true, ceil);
        return ArithmeticOperators.WithNumber(use, "Mul", mean, taps / a.Divisor.Value);
    }

    private static string WriteAverage(OnnxUse use, string x, Windows w, bool counts, bool ceil)
    {
        if (w.Dilation.Any(d => d > 1) && use.Opset < 19)
        {
            throw use.Cannot("ONNX has dilated averages from opset 19 on");
        }

        return use.Add(
            "AveragePool",
            [x],
            [.. w.Write(counts, use.Opset), OnnxAttribute.Int("ceil_mode", ceil ? 1 : 0)]
        );
    }

    /// <summary>The attributes of a mean: dilations are known from opset 19 on.</summary>
    private static IEnumerable<AttributeProto> Write(this Windows windows, bool counts, int opset) =>
        windows
            .Write()
            .Where(a => opset >= 19 || a.Name != "dilations")
            .Append(OnnxAttribute.Int("count_include_pad", counts ? 1 : 0));

    /// <summary>Norms: whole ones have a node, which knows neither dilations nor partial windows before opset 18.</summary>
    private static void WriteNorm(OnnxUse use)
    {
        SlidingPoolAttributes a = use.Attributes<SlidingPoolAttributes>();
        (Windows w, _) = Placed(use, a, allowsCeil: false);
        string x = use[0];
        if (a.Mode != PaddingMode.Zeros)
        {
            Windows asked = Asked(use, a);
            (x, w) = WritePadding(use, w, asked.Before, asked.After, a.Mode, 0.0);
        }
        else if (IsWide(w))
        {
            (x, w) = WritePadding(use, w, w.Before, w.After, a.Mode, 0.0);
        }

        bool isDilated = w.Dilation.Any(d => d > 1);
        if (a.Norm == Math.Floor(a.Norm) && (!isDilated || use.Opset >= 18))
        {
            IEnumerable<AttributeProto> attributes = w.Write().Where(p => use.Opset >= 18 || p.Name != "dilations");
            use.Is(use.Add("LpPool", [x], [.. attributes, OnnxAttribute.Int("p", (long)a.Norm)]));
            return;
        }

        double taps = w.Kernel.Aggregate(1.0, (product, k) => product * k);
        string powers = ArithmeticOperators.WithNumber(
            use.At("powers"),
            "Pow",
            use.At("sizes").Add("Abs", [x]),
            a.Norm
        );
        string mean = WriteAverage(use.At("mean"), powers, w, counts: true, ceil: false);
        string sum = ArithmeticOperators.WithNumber(use.At("sum"), "Mul", mean, taps);
        use.Is(ArithmeticOperators.WithNumber(use, "Pow", sum, 1.0 / a.Norm));
    }

    private static Windows Asked(OnnxUse use, SlidingPoolAttributes a) =>
        Windows.Of(use, a.Rank, Windows.All(a.Kernel, a.Rank), a.Stride, a.Padding, a.Dilation);

    /// <summary>The windows with their padding, in which the place of a partial last window is padding too, and whether they
    /// are left to <c>ceil_mode</c> instead. They are where no window could begin behind the input: runtimes differ on
    /// those.</summary>
    private static (Windows Windows, bool Ceil) Placed(OnnxUse use, SlidingPoolAttributes a, bool allowsCeil = true)
    {
        Windows w = Asked(use, a);
        if (!a.Ceil)
        {
            return (w, false);
        }

        bool isPlain =
            a.Divisor is null
            && Enumerable
                .Range(0, a.Rank)
                .All(i => w.After[i] == 0 && w.Stride[i] <= ((w.Kernel[i] - 1) * w.Dilation[i]) + 1);
        if (allowsCeil && isPlain && a.Mode == PaddingMode.Zeros)
        {
            return (w, true);
        }

        (WindowAxis depth, WindowAxis height, WindowAxis width) = a.Window.Resolve(
            use.Node.Operator.Subject,
            use.From.Single.Sizes[2..],
            () => ""
        );
        WindowAxis[] axes = [depth, height, width];
        int[] before = [.. axes[^a.Rank..].Select(x => x.PadBefore)],
            after = [.. axes[^a.Rank..].Select(x => x.PadAfter)];
        return (w with { Before = before, After = after, Padding = Padding.Explicit(0, 0) }, false);
    }

    /// <summary>Whether padding is as wide as a window, which runtimes refuse in pools.</summary>
    private static bool IsWide(Windows w) =>
        Enumerable.Range(0, w.Rank).Any(i => Math.Max(w.Before[i], w.After[i]) >= w.Kernel[i]);

    /// <summary>Padding as a node of its own; what a partial last window lacks beyond it stays with the pool.</summary>
    private static (string X, Windows Windows) WritePadding(
        OnnxUse use,
        Windows w,
        int[] before,
        int[] after,
        PaddingMode mode,
        double value
    )
    {
        Windows rest = w with
        {
            Padding = Padding.Valid,
            Before = new int[w.Rank],
            After = [.. w.After.Zip(after, (a, b) => a - b)],
        };
        return (
            before.Concat(after).All(p => p == 0)
                ? use[0]
                : PadOperators.Write(use.At("pad"), use[0], use.From, before, after, mode, value),
            rest
        );
    }
}
