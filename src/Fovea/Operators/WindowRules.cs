using Fovea.Kernels;

namespace Fovea;

/// <summary>The structural rules that convolutions and pools share.</summary>
internal static class WindowRules
{
    /// <summary>The map of one axis.</summary>
    public static WindowAxisMap Map(WindowAxis axis, PaddingMode mode, bool ceilMode = false) =>
        new(axis.In, axis.Out, axis.Kernel, axis.Stride, axis.Dilation, axis.PadBefore, axis.PadAfter, mode, ceilMode);

    /// <summary>Product over the axes of the taps that lie on input rather than zero padding, a mean over the output
    /// positions.</summary>
    public static double MeanTaps(IEnumerable<AxisMap> axes) =>
        axes.Aggregate(1.0, (product, axis) => product * Pairs(axis) / axis.Out);

    /// <summary>Product over the axes of how often a position is read, a mean over the input positions.</summary>
    public static double MeanReads(IEnumerable<AxisMap> axes) =>
        axes.Aggregate(1.0, (product, axis) => product * Pairs(axis) / axis.In);

    /// <summary>The sizes in one line: <c>height and width: floor((64 + 0 + 0 - 3)/2) + 1 = 31; the last row and column
    /// are never read</c>.</summary>
    public static string Explain(IReadOnlyList<WindowAxisMap> axes)
    {
        List<string> parts = [];
        for (int first = 0; first < axes.Count; first++)
        {
            if (axes.Take(first).Contains(axes[first]))
            {
                continue;
            }

            int[] same = [.. Enumerable.Range(0, axes.Count).Where(i => axes[i] == axes[first])];
            string names = string.Join(" and ", same.Select(i => AxisName(i, axes.Count)));
            parts.Add($"{names}: {Formula(axes[first])}{Unread(axes[first], same, axes.Count)}");
        }

        return string.Join("; ", parts);
    }

    /// <summary>A line for each axis, axes of the same line together: <c>height and width: 7 + 1 + 1 = 9</c>.</summary>
    public static string ByAxis(IReadOnlyList<string> lines) =>
        string.Join(
            "; ",
            lines
                .Select((line, i) => (line, axis: AxisName(i, lines.Count)))
                .GroupBy(l => l.line)
                .Select(same => $"{string.Join(" and ", same.Select(l => l.axis))}: {same.Key}")
        );

    /// <summary>The name of a spatial axis.</summary>
    public static string AxisName(int axis, int rank) =>
        rank switch
        {
            1 => "length",
            2 => axis == 0 ? "height" : "width",
            _ => axis switch
            {
                0 => "depth",
                1 => "height",
                _ => "width",
            },
        };

    private static double Pairs(AxisMap axis)
    {
        if (axis is WindowAxisMap { Mode: not PaddingMode.Zeros } window)
        {
            return (double)window.Out * window.Kernel;
        }

        long pairs = 0;
        for (int o = 0; o < axis.Out; o++)
        {
            pairs += axis.Taps(o).Count(i => i >= 0);
        }

        return pairs;
    }

    private static string Formula(WindowAxisMap a)
    {
        string extent = a.Dilation > 1 ? $"(({a.Kernel} - 1) x {a.Dilation} + 1)" : $"{a.Kernel}";
        string padding = a.CeilMode
            ? $"{a.Before} + {a.After} (with the partial last window)"
            : $"{a.Before} + {a.After}";
        return $"floor(({a.In} + {padding} - {extent})/{a.Stride}) + 1 = {a.Out}";
    }

    private static string Unread(WindowAxisMap a, int[] axes, int rank)
    {
        if (a.Unread == 0)
        {
            return "";
        }

        int count = a.Dropped > 0 ? a.Dropped : a.Unread;
        string[] nouns = [.. axes.Select(i => Line(i, rank, count))];
        string what = $"the last {(count > 1 ? $"{count} " : "")}{string.Join(" and ", nouns)}";
        string are = count > 1 || axes.Length > 1 ? "are" : "is";
        return a.Dropped > 0
            ? $"; {what} {are} never read"
            : $"; {what} of padding {are} never read, so the padding is uneven: {a.Before} in front, {Math.Max(0, a.After - a.Unread)} behind";
    }

    private static string Line(int axis, int rank, int count)
    {
        string line = rank switch
        {
            1 => "position",
            2 => axis == 0 ? "row" : "column",
            _ => axis switch
            {
                0 => "slice",
                1 => "row",
                _ => "column",
            },
        };
        return count > 1 ? line + "s" : line;
    }
}
