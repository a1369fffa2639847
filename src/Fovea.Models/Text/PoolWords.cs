using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Models;

/// <summary>Makes pools and up-sampling from options.</summary>
internal static class PoolWords
{
    public static Module Max(OptionReader o, Shape x)
    {
        Window w = new(o);
        return LayerWords.SpatialRank(x) switch
        {
            1 => new MaxPool1d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            2 => new MaxPool2d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            _ => new MaxPool3d(w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
        };
    }

    public static Module Average(OptionReader o, Shape x)
    {
        Window w = new(o);
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
        Window w = new(o);
        return LayerWords.SpatialRank(x) switch
        {
            1 => new LpPool1d(norm, w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            2 => new LpPool2d(norm, w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
            _ => new LpPool3d(norm, w.Kernel, w.Stride, w.Padding, w.Mode, w.Dilation, w.Ceil),
        };
    }

    public static Module AdaptiveAverage(OptionReader o, Shape x)
    {
        PerAxis size = o.PerAxis("size");
        return LayerWords.SpatialRank(x) switch { 1 => new AdaptiveAvgPool1d(size), 2 => new AdaptiveAvgPool2d(size), _ => new AdaptiveAvgPool3d(size) };
    }

    public static Module AdaptiveMax(OptionReader o, Shape x)
    {
        PerAxis size = o.PerAxis("size");
        return LayerWords.SpatialRank(x) switch { 1 => new AdaptiveMaxPool1d(size), 2 => new AdaptiveMaxPool2d(size), _ => new AdaptiveMaxPool3d(size) };
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
            throw new ArgumentException($"upsample: give either a scale or a size, got {(toSize ? "both" : "neither")}.");
        }

        return toSize ? Fovea.Upsample.ToSize(o.PerAxis("size"), mode, corners) : Fovea.Upsample.ByScales(Scales(o, scale!), mode, corners);
    }

    private static double[] Scales(OptionReader o, string text) => Array.ConvertAll(text.Split('x'), part =>
        double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) ? scale : throw o.Wrong("scale", "numbers such as 2 or 2x1.5"));

    /// <summary>What all sliding pools take.</summary>
    private sealed class Window(OptionReader o)
    {
        public PerAxis Kernel { get; } = o.PerAxis("kernel");

        public PerAxis? Stride { get; } = o.Has("stride") ? o.PerAxis("stride") : null;

        public Padding Padding { get; } = o.Padding("padding");

        public PaddingMode Mode { get; } = o.Word("padding-mode", PaddingMode.Zeros);

        public PerAxis Dilation { get; } = o.PerAxis("dilation", 1);

        public bool Ceil { get; } = o.Flag("ceil", false);
    }
}
