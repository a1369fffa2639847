namespace Fovea;

/// <summary>A factor gamma more every so many steps: gamma^floor(step / every). PyTorch's <c>StepLR</c>.</summary>
public sealed class StepSchedule : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="every">Optimizer steps between changes, 1 or more.</param>
    /// <param name="gamma">The factor of one change, more than 0.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public StepSchedule(long every, double gamma = 0.1)
    {
        Every = OptionRange.Count("StepSchedule", "every", every);
        Gamma = OptionRange.Positive("StepSchedule", "gamma", gamma);
    }

    /// <summary>Optimizer steps between changes.</summary>
    public long Every { get; }

    /// <summary>The factor of one change.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Math.Pow(Gamma, step / Every);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"x {Gamma:G6} every {Every} steps");
}
