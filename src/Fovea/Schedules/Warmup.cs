namespace Fovea;

/// <summary>A linear rise over the first steps, as a factor on another schedule: min(1, (step + 1) / steps).</summary>
/// <remarks>
/// The other schedule runs from step 0, it is not moved: milestones stay where they are and a cosine still ends with
/// the training.
/// Goyal et al., Accurate, large minibatch SGD, 2017.
/// </remarks>
public sealed class Warmup : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="steps">Optimizer steps of the rise, 1 or more; the last of them has the full rate.</param>
    /// <param name="inner">The schedule it leads into.</param>
    /// <exception cref="ArgumentException"><paramref name="steps"/> is less than 1.</exception>
    public Warmup(long steps, Schedule inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Steps = OptionRange.Count("Warmup", "steps", steps);
        Inner = inner;
    }

    /// <summary>Optimizer steps of the rise.</summary>
    public long Steps { get; }

    /// <summary>The schedule it leads into.</summary>
    public Schedule Inner { get; }

    /// <inheritdoc/>
    public override Schedule Main => Inner.Main;

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Inner.Factor(step) * Math.Min(1.0, (step + 1.0) / Steps);
    }

    /// <inheritdoc/>
    public override void Observe(double metric) => Inner.Observe(metric);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Inner}, warm-up over {Steps} steps");
}
