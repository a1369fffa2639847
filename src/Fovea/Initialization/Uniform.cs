using System.Globalization;

namespace Fovea.Initialization;

/// <summary>Uniform in [low, high), whatever the shape. Variance (high - low)² / 12.</summary>
public sealed class Uniform : Initializer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound, at least <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">A bound is not finite, or the bounds are in the wrong order.</exception>
    public Uniform(double low = 0.0, double high = 1.0)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Uniform: bounds must be finite and in order, got low {low} and high {high}."
                )
            );
        }

        Low = low;
        High = high;
    }

    /// <summary>The lower bound.</summary>
    public double Low { get; }

    /// <summary>The upper bound.</summary>
    public double High { get; }

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        Fill(tensor, () => Low + ((High - Low) * rng.NextDouble()));
    }

    /// <summary>(high - low)² / 12.</summary>
    /// <param name="shape">Any shape.</param>
    public override double Variance(Shape shape) => (High - Low) * (High - Low) / 12.0;

    /// <inheritdoc/>
    public override double MeanValue(Shape shape) => 0.5 * (Low + High);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Uniform in [{Low:G6}, {High:G6})");
}
