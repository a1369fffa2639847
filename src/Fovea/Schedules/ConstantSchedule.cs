namespace Fovea;

/// <summary>The base learning rate throughout: factor 1.</summary>
public sealed class ConstantSchedule : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return 1.0;
    }

    /// <inheritdoc/>
    public override string ToString() => "constant";
}
