using System.Globalization;

namespace Fovea.Initialization;

/// <summary>Normal restricted to [mean + a std, mean + b std]: mean + std z, where z has the density exp(-z²/2) on [a,
/// b] and none outside.</summary>
/// <remarks>
/// <para>Drawn exactly, by rejection (Robert, Simulation of truncated normal variables, 1995): from the normal itself
/// where [a, b] holds most of it,
/// otherwise from the uniform on [a, b]. Where the density falls below 2^-64 of its peak on [a, b], nothing is ever
/// drawn.</para>
/// <para>The bounds are in units of std, where PyTorch's <c>trunc_normal_</c> gives them in units of the values. With a
/// = -2 and b = 2 the variance is 0.774 std².</para>
/// </remarks>
public sealed class TruncatedNormal : Initializer
{
    // exp(-z²/2) falls by 2^64 from its peak at m where z² = m² + 2 * 64 ln 2.
    private const double Reach = 2 * 64 * 0.693147180559945309;
    private const int Panels = 2048;

    private readonly double _low;
    private readonly double _high;
    private readonly double _peak;
    private readonly double _variance;

    /// <summary>Creates the rule.</summary>
    /// <param name="mean">The mean before truncation.</param>
    /// <param name="std">The standard deviation before truncation, 0 or more.</param>
    /// <param name="a">The lower bound, in standard deviations from the mean.</param>
    /// <param name="b">The upper bound, in standard deviations from the mean, more than <paramref name="a"/>.</param>
    /// <exception cref="ArgumentException">A value is not finite, <paramref name="std"/> is negative, or the bounds are
    /// in the wrong order.</exception>
    public TruncatedNormal(double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0)
    {
        if (
            !double.IsFinite(mean)
            || !double.IsFinite(std)
            || std < 0
            || !double.IsFinite(a)
            || !double.IsFinite(b)
            || a >= b
        )
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"TruncatedNormal: values must be finite, std 0 or more and a less than b, got mean {mean}, std {std}, a {a}, b {b}. a and b are in units of std."
                )
            );
        }

        (Mean, Std, A, B) = (mean, std, a, b);
        _peak = Math.Clamp(0.0, a, b);
        double edge = Math.Sqrt((_peak * _peak) + Reach);
        _low = Math.Max(a, -edge);
        _high = Math.Min(b, edge);
        _variance = TruncatedVariance();
    }

    /// <summary>The mean before truncation.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation before truncation.</summary>
    public double Std { get; }

    /// <summary>The lower bound, in standard deviations from the mean.</summary>
    public double A { get; }

    /// <summary>The upper bound, in standard deviations from the mean.</summary>
    public double B { get; }

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);

        // Accepted of the normal: the mass of the density over sqrt(2 pi), where the peak is at 0; of the uniform: the
        // mass over the width.
        bool fromNormal = _peak == 0 && _high - _low > Math.Sqrt(2 * Math.PI);
        Fill(tensor, fromNormal ? () => Mean + (Std * FromNormal(rng)) : () => Mean + (Std * FromUniform(rng)));
    }

    /// <summary>std² times the variance of the truncated standard normal, by Simpson's rule to about 12
    /// digits.</summary>
    /// <param name="shape">Any shape.</param>
    public override double Variance(Shape shape) => Std * Std * _variance;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Truncated normal, mean {Mean:G6}, std {Std:G6}, within [{A:G6}, {B:G6}] std"
        );

    private double FromNormal(Rng rng)
    {
        while (true)
        {
            double z = rng.NextNormal();
            if (z >= _low && z <= _high)
            {
                return z;
            }
        }
    }

    private double FromUniform(Rng rng)
    {
        while (true)
        {
            double z = _low + ((_high - _low) * rng.NextDouble());
            if (rng.NextDouble() <= Density(z))
            {
                return z;
            }
        }
    }

    /// <summary>The density over its peak.</summary>
    private double Density(double z) => Math.Exp(0.5 * ((_peak * _peak) - (z * z)));

    /// <summary>The variance under <see cref="Density"/> on [low, high]; moments are taken about the peak, where they
    /// do not cancel.</summary>
    private double TruncatedVariance()
    {
        double step = (_high - _low) / Panels,
            mass = 0,
            first = 0,
            second = 0;
        for (int i = 0; i <= Panels; i++)
        {
            double z = _low + (i * step),
                weight = i is 0 or Panels ? 1
                : i % 2 == 1 ? 4
                : 2;
            double part = weight * Density(z),
                distance = z - _peak;
            mass += part;
            first += part * distance;
            second += part * distance * distance;
        }

        double mean = first / mass;
        return (second / mass) - (mean * mean);
    }
}
