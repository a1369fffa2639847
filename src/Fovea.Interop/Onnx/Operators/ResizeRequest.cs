namespace Fovea.Interop.Onnx;

/// <summary>What a Resize or Upsample of any version asks for.</summary>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="Coordinates">Which position of the input an output stands for.</param>
/// <param name="Nearest">How a position is rounded; <c>simple</c>, before opset 11, is down, and up where sizes
/// shrink.</param>
/// <param name="Scales">Factor of each axis.</param>
/// <param name="Output">The sizes.</param>
/// <param name="IsBySize">Whether sizes were given rather than factors.</param>
internal sealed record ResizeRequest(
    string Mode,
    string Coordinates,
    string Nearest,
    double[] Scales,
    Shape Output,
    bool IsBySize
)
{
    /// <summary>The coefficient of cubic interpolation.</summary>
    public double Cubic { get; init; }

    /// <summary>Whether taps outside the input have no weight.</summary>
    public bool ExcludesOutside { get; init; }

    /// <summary>Whether taps spread where sizes shrink.</summary>
    public bool IsAntialias { get; init; }

    /// <summary>The value of what lies outside a region that is cut out.</summary>
    public double Extrapolation { get; init; }

    /// <summary>Starts of all axes and then ends, as shares of the sizes.</summary>
    public double[] Region { get; init; } = [];

    /// <summary>Whether a region is cut out.</summary>
    public bool IsCrop => Coordinates == "tf_crop_and_resize";

    /// <summary>Reads a node.</summary>
    /// <exception cref="ModelFormatException">Its numbers do not fit the input.</exception>
    public static ResizeRequest Of(OnnxCall c)
    {
        Shape x = c[0].Shape;
        bool old = c.Node.Operator == "Upsample" || c.Opset < 11;
        int[] axes = c.Axes(c.Node.Ints("axes"), x.Rank) ?? [.. Enumerable.Range(0, x.Rank)];
        double[]? scales =
            c.Node.Floats("scales") is { } given ? Array.ConvertAll(given, s => (double)s)
            : c.Find(old ? 1 : 2) is { Shape.Count: > 0 } ? c.Reals(old ? 1 : 2)
            : null;
        long[]? sizes = !old && c.Find(3) is { Shape.Count: > 0 } ? c.Ints(3) : null;
        if ((scales is null) == (sizes is null) || (scales?.Length ?? sizes!.Length) != axes.Length)
        {
            throw c.Error($"needs a scale or a size for each of {axes.Length} axes");
        }

        (double[] factors, long[] output) = Sizes(c, axes, scales, sizes);
        string coordinates = c.Node.Text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
        return new ResizeRequest(
            c.Node.Text("mode", "nearest") is var mode && mode == "bilinear" ? "linear" : mode,
            coordinates,
            c.Node.Text("nearest_mode", old ? "simple" : "round_prefer_floor"),
            factors,
            c.ShapeOf(output),
            sizes is not null
        )
        {
            Cubic = c.Node.Float("cubic_coeff_a", -0.75),
            ExcludesOutside = c.Node.Flag("exclude_outside", false),
            IsAntialias = c.Node.Flag("antialias", false),
            Extrapolation = c.Node.Float("extrapolation_value", 0.0),
            Region = coordinates == "tf_crop_and_resize" ? RegionOf(c, axes) : [],
        };
    }

    private static (double[] Scales, long[] Sizes) Sizes(OnnxCall c, int[] axes, double[]? scales, long[]? sizes)
    {
        Shape x = c[0].Shape;
        double[] factors = [.. Enumerable.Repeat(1.0, x.Rank)];
        long[] output = [.. x.Select(s => (long)s)];
        string policy = c.Node.Text("keep_aspect_ratio_policy", "stretch");
        double[] asked = sizes is null ? [] : [.. axes.Select((a, i) => (double)sizes[i] / x[a])];
        double common = policy == "not_larger" ? asked.DefaultIfEmpty().Min() : asked.DefaultIfEmpty().Max();
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            factors[axis] =
                scales is not null ? scales[i]
                : policy == "stretch" ? asked[i]
                : common;
            output[axis] =
                scales is not null ? (long)Math.Floor(x[axis] * scales[i])
                : policy == "stretch" ? sizes![i]
                : (long)Math.Round(x[axis] * common, MidpointRounding.AwayFromZero);
            if (!(factors[axis] > 0.0) || !double.IsFinite(factors[axis]))
            {
                throw c.Error($"axis {axis} of {x} cannot be resized by {factors[axis]}");
            }
        }

        return (factors, output);
    }

    private static double[] RegionOf(OnnxCall c, int[] axes)
    {
        int rank = c[0].Shape.Rank;
        double[] given = c.Reals(1),
            region = [.. Enumerable.Repeat(0.0, rank), .. Enumerable.Repeat(1.0, rank)];
        if (given.Length != 2 * axes.Length)
        {
            throw c.Error($"roi must have {2 * axes.Length} numbers, got {given.Length}");
        }

        for (int i = 0; i < axes.Length; i++)
        {
            region[axes[i]] = given[i];
            region[rank + axes[i]] = given[axes.Length + i];
        }

        return region;
    }
}
