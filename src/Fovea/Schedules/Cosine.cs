namespace Fovea;

/// <summary>Half a cosine from 1 to a least factor: min + (1 - min) (1 + cos(pi step / total)) / 2, and min from there
/// on.</summary>
/// <remarks>Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2016, without restarts;
/// PyTorch's <c>CosineAnnealingLR</c>.</remarks>
public sealed class Cosine : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="total">Optimizer steps of the whole training, 1 or more.</param>
    /// <param name="minimumFactor">The last factor, 0 to 1.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public Cosine(long total, double minimumFactor = 0.0)
    {
        Total = OptionRange.Count("Cosine", "total", total);
        MinimumFactor = OptionRange.Between("Cosine", "minimum factor", minimumFactor, 0, 1);
    }

    /// <summary>Optimizer steps of the whole training.</summary>
    public long Total { get; }

    /// <summary>The last factor.</summary>
    public double MinimumFactor { get; }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Between(1.0, MinimumFactor, Math.Min(1.0, (double)step / Total));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"cosine over {Total} steps to {MinimumFactor:G6}");

    /// <summary>Half a cosine between two values, at a share 0 to 1 of the way.</summary>
    internal static double Between(double start, double end, double share) =>
        end + ((start - end) * 0.5 * (1.0 + Math.Cos(Math.PI * share)));
}
