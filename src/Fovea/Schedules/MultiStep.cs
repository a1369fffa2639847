namespace Fovea;

/// <summary>A factor gamma more at each milestone: gamma^(milestones at or before the step). PyTorch's
/// <c>MultiStepLR</c>.</summary>
public sealed class MultiStep : Schedule
{
    private readonly long[] _milestones;

    /// <summary>Creates the schedule.</summary>
    /// <param name="milestones">Optimizer steps, rising, each 1 or more.</param>
    /// <param name="gamma">The factor of one milestone, more than 0.</param>
    /// <exception cref="ArgumentException">There is no milestone, they do not rise from 1 or more, or gamma is out of
    /// its range.</exception>
    public MultiStep(IReadOnlyList<long> milestones, double gamma = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        _milestones = [.. milestones];
        if (
            _milestones.Length == 0
            || _milestones[0] < 1
            || _milestones.Zip(_milestones.Skip(1)).Any(p => p.First >= p.Second)
        )
        {
            throw new ArgumentException(
                $"MultiStep: milestones must rise and start at 1 or more, got [{string.Join(", ", _milestones)}]."
            );
        }

        Gamma = OptionRange.Positive("MultiStep", "gamma", gamma);
    }

    /// <summary>The milestones, in optimizer steps.</summary>
    public IReadOnlyList<long> Milestones => _milestones;

    /// <summary>The factor of one milestone.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Math.Pow(Gamma, _milestones.Count(m => m <= step));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"x {Gamma:G6} at steps {string.Join(", ", _milestones)}");
}
