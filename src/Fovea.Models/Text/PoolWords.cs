using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Models;

/// <summary>Makes pools and up-sampling from options.</summary>
internal static class PoolWords
{
    // A pool keeps a table of what its windows read. Text from anywhere must not be able to ask for all memory.
    private const int MostTaps = 1 << 26;

    public static Module Max(OptionReader o, Shape x)
    {
        Window w = new(o, x);
        return LayerWords.SpatialRank(x) switch
        {
            1 => new MaxPool1d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            2 => new MaxPool2d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            _ => new MaxPool3d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
        };
    }

    public static Module Average(OptionReader o, Shape x)
    {
        Window w = new(o, x);
        bool count = o.Flag("count-padding", true);
        int? divisor = o.Has("divisor") ? o.Integer("divisor") : null;
        return LayerWords.SpatialRank(x) switch
        {
            1 => new AvgPool1d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil, count, divisor),
            2 => new AvgPool2d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil, count, divisor),
            _ => new AvgPool3d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil, count, divisor),
        };
    }

    public static Module Norm(OptionReader o, Shape x)
    {
        double norm = o.Number("norm");
        Window w = new(o, x);
        return LayerWords.SpatialRank(x) switch
        {
            1 => new LpPool1d(norm, w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            2 => new LpPool2d(norm, w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            _ => new LpPool3d(norm, w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
        };
    }

    public static Module AdaptiveAverage(OptionReader o, Shape x)
    {
        PerAxis size = Modest(o, o.PerAxis("size"));
        return LayerWords.SpatialRank(x) switch
        {
            1 => new AdaptiveAvgPool1d(size),
            2 => new AdaptiveAvgPool2d(size),
            _ => new AdaptiveAvgPool3d(size),
        };
    }

    public static Module AdaptiveMax(OptionReader o, Shape x)
    {
        PerAxis size = Modest(o, o.PerAxis("size"));
        return LayerWords.SpatialRank(x) switch
        {
            1 => new AdaptiveMaxPool1d(size),
            2 => new AdaptiveMaxPool2d(size),
            _ => new AdaptiveMaxPool3d(size),
        };
    }

    public static Module Upsample(OptionReader o, Shape x)
    {
        _ = LayerWords.SpatialRank(x);
        UpsampleMode mode = o.Word("mode", UpsampleMode.Nearest);
        bool corners = o.Flag("align-corners", false);
        bool toSize = o.Has("size");
        string? scale = o.Text("scale");
        if (toSize == (scale is not null))
        {
            throw new ArgumentException(
                $"upsample: give either a scale or a size, got {(toSize ? "both" : "neither")}."
            );
        }

        return toSize
            ? Fovea.Upsample.ToSize(o.PerAxis("size"), mode, corners)
            : Fovea.Upsample.ByScales(Scales(o, scale!), mode, corners);
    }

    private static double[] Scales(OptionReader o, string text) =>
        Array.ConvertAll(
            text.Split('x'),
            part =>
                double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale)
                    ? scale
                    : throw o.Wrong("scale", "numbers such as 2 or 2x1.5")
        );

    private static PerAxis Modest(OptionReader o, PerAxis size) =>
        size.All(s => s <= MostTaps) ? size : throw o.Wrong("size", $"at most {MostTaps:N0}");

    /// <summary>What all sliding pools take.</summary>
    private sealed class Window
    {
        public Window(OptionReader o, Shape x)
        {
            int rank = LayerWords.SpatialRank(x);
            Kernel = o.PerAxis("kernel");
            Stride = o.Has("stride") ? o.PerAxis("stride") : null;
            Padding = o.Padding("padding");
            Mode = o.Word("padding-mode", PaddingMode.Zeros);
            Dilation = o.PerAxis("dilation", 1);
            Ceil = o.Flag("ceil", false);
            for (
                int axis = 0;
                axis < rank && Kernel.All(k => k > 0) && Dilation.All(d => d > 0) && (Stride ?? Kernel).All(s => s > 0);
                axis++
            )
            {
                int kernel = Kernel.At(axis, rank);
                (long before, long after) = Padding.Resolve(
                    axis,
                    rank,
                    x[2 + axis],
                    kernel,
                    (Stride ?? Kernel).At(axis, rank),
                    Dilation.At(axis, rank)
                );
                if ((Int128)(x[2 + axis] + before + after) * kernel > MostTaps)
                {
                    throw o.Wrong("kernel", $"so small that it times the padded size is at most {MostTaps:N0}");
                }
            }
        }

        public PerAxis Kernel { get; }

        public PerAxis? Stride { get; }

        public Padding Padding { get; }

        public PaddingMode Mode { get; }

        public PerAxis Dilation { get; }

        public bool Ceil { get; }
    }
}
