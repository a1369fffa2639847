using System.Globalization;

namespace Fovea.Initialization;

/// <summary>Normal with a given mean and standard deviation, whatever the shape. Variance std².</summary>
public sealed class Normal : Initializer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="std">The standard deviation, 0 or more.</param>
    /// <exception cref="ArgumentException">A value is not finite, or <paramref name="std"/> is negative.</exception>
    public Normal(double mean = 0.0, double std = 1.0)
    {
        if (!double.IsFinite(mean) || !double.IsFinite(std) || std < 0)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Normal: mean must be finite and std 0 or more, got mean {mean} and std {std}."
                )
            );
        }

        Mean = mean;
        Std = std;
    }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation.</summary>
    public double Std { get; }

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        Fill(tensor, () => Mean + (Std * rng.NextNormal()));
    }

    /// <summary>std².</summary>
    /// <param name="shape">Any shape.</param>
    public override double Variance(Shape shape) => Std * Std;

    /// <inheritdoc/>
    public override double MeanValue(Shape shape) => Mean;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Normal, mean {Mean:G6}, std {Std:G6}");
}
