namespace Fovea;

/// <summary>A steady decline: gamma^(step / per). With per = 1 PyTorch's <c>ExponentialLR</c> stepped each optimizer
/// step; with per an epoch's steps it passes through the same values at each epoch.</summary>
public sealed class Exponential : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="gamma">The factor over <paramref name="per"/> steps, more than 0.</param>
    /// <param name="per">Optimizer steps over which the factor is gamma, 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public Exponential(double gamma, long per = 1)
    {
        Gamma = OptionRange.Positive("Exponential", "gamma", gamma);
        Per = OptionRange.Count("Exponential", "per", per);
    }

    /// <summary>The factor over <see cref="Per"/> steps.</summary>
    public double Gamma { get; }

    /// <summary>Optimizer steps over which the factor is <see cref="Gamma"/>.</summary>
    public long Per { get; }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Math.Pow(Gamma, (double)step / Per);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"exponential, x {Gamma:G6} over {Per} steps");
}
