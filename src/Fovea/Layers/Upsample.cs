using System.Globalization;

namespace Fovea;

/// <summary>Which input values an upsampled value is made of.</summary>
public enum UpsampleMode
{
    /// <summary>The one at floor(position * in / out), in whole numbers.</summary>
    Nearest,

    /// <summary>The neighbours on every axis, weighted by distance: linear, bilinear or trilinear by the number of
    /// spatial axes.</summary>
    Linear,
}

/// <summary>Resamples the spatial axes to a larger or smaller size.</summary>
/// <remarks>
/// <para>Shapes: x [N, C, spatial...], one to three spatial axes -> y [N, C, size...]; by scale the size is floor(in *
/// scale).</para>
/// <para>Linear, corners aligned: position o reads at o * (in - 1) / (out - 1); otherwise at (o + 0.5) * in / out -
/// 0.5, not below 0. As PyTorch's <c>interpolate</c>,
/// with the scale itself, where given, in place of out / in. No smoothing when sizes shrink.</para>
/// <para>Sizes and positions are computed in whole numbers, a scale as the fraction it stands for (1.15 as 23/20), so
/// what lands on a position reads it.</para>
/// </remarks>
public sealed class Upsample : Module
{
    private readonly UpsampleOperator _operator;

    /// <summary>Creates a layer that multiplies sizes.</summary>
    /// <param name="scale">Output size over input size, for all axes; above 0 and finite.</param>
    /// <param name="mode">Nearest or linear.</param>
    /// <param name="alignCorners">Linear only: whether the outermost positions of input and output coincide.</param>
    /// <exception cref="ArgumentException">The scale is out of range, or corners are to be aligned with
    /// nearest.</exception>
    public Upsample(double scale, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false)
        : this([scale], null, mode, alignCorners) { }

    private Upsample(double[]? scale, PerAxis? size, UpsampleMode mode, bool alignCorners)
    {
        if (scale is not null && (scale.Length is 0 or > 3 || scale.Any(s => !(s > 0.0) || double.IsInfinity(s))))
        {
            throw new ArgumentException(
                $"Upsample: the scale must be above 0 and finite, one value or one for each axis, got {string.Join(", ", scale.Select(s => s.ToString(CultureInfo.InvariantCulture)))}.",
                nameof(scale)
            );
        }

        if (size is { } given && given.Any(s => s < 1))
        {
            throw new ArgumentException($"Upsample: the size must be 1 or more, got {given}.", nameof(size));
        }

        if (alignCorners && mode == UpsampleMode.Nearest)
        {
            throw new ArgumentException(
                "Upsample: corners are aligned in linear mode only, got alignCorners with Nearest. Use UpsampleMode.Linear.",
                nameof(alignCorners)
            );
        }

        _operator = new UpsampleOperator(mode, scale, size, alignCorners) { Owner = this };
    }

    /// <summary>Creates a layer with a scale for each axis.</summary>
    /// <param name="scales">Output size over input size for each spatial axis, outermost first; above 0 and
    /// finite.</param>
    /// <param name="mode">Nearest or linear.</param>
    /// <param name="alignCorners">Linear only: whether the outermost positions of input and output coincide.</param>
    /// <exception cref="ArgumentException">A scale is out of range, or corners are to be aligned with
    /// nearest.</exception>
    public static Upsample ByScales(
        IReadOnlyList<double> scales,
        UpsampleMode mode = UpsampleMode.Nearest,
        bool alignCorners = false
    ) => new([.. scales], null, mode, alignCorners);

    /// <summary>Creates a layer whose output has a given size.</summary>
    /// <param name="size">Output size per spatial axis, 1 or more.</param>
    /// <param name="mode">Nearest or linear.</param>
    /// <param name="alignCorners">Linear only: whether the outermost positions of input and output coincide.</param>
    /// <exception cref="ArgumentException">The size is below 1, or corners are to be aligned with nearest.</exception>
    public static Upsample ToSize(PerAxis size, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false) =>
        new(null, size, mode, alignCorners);

    /// <summary>Resamples.</summary>
    /// <param name="x">[N, C, spatial...].</param>
    /// <exception cref="ShapeException">The number of axes does not fit, or a size would be 0.</exception>
    public override Tensor Forward(Tensor x) => _operator.Apply(x);
}
