namespace Fovea;

/// <summary>What a <see cref="Plateau"/> remembers: enough to continue.</summary>
/// <param name="Factor">The present factor.</param>
/// <param name="Best">The lowest metric so far; null before the first.</param>
/// <param name="BadEpochs">Epochs since it, or since the last reduction.</param>
/// <param name="CooldownLeft">Epochs still not counted after a reduction.</param>
public readonly record struct PlateauState(double Factor, double? Best, int BadEpochs, int CooldownLeft);

/// <summary>Lowers the learning rate when a metric stops falling: after more than <see cref="Patience"/> epochs without
/// improvement it multiplies the factor.</summary>
/// <remarks>
/// PyTorch's <c>ReduceLROnPlateau</c> with mode min and a relative threshold: better means metric &lt; best -
/// threshold * |best|; NaN is never better.
/// Two differences: PyTorch's margin is threshold * best, so that of negative metrics worse ones count as better; and
/// it skips reductions of less than 1e-8, which needs the learning rate itself, not its factor.
/// The step does not matter; call <see cref="Observe"/> once each epoch.
/// </remarks>
public sealed class Plateau : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="factor">The factor of one reduction, more than 0 and less than 1.</param>
    /// <param name="patience">Epochs without improvement that are let pass, 0 or more.</param>
    /// <param name="minimumFactor">The least factor on the base learning rate, 0 to 1.</param>
    /// <param name="threshold">The improvement that counts, as a share of the size of the best metric, 0 up to but not including 1.</param>
    /// <param name="cooldown">Epochs after a reduction that are not counted, 0 or more.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public Plateau(
        double factor = 0.1,
        int patience = 10,
        double minimumFactor = 0.0,
        double threshold = 1e-4,
        int cooldown = 0
    )
    {
        Reduction = OptionRange.Fraction("Plateau", "factor", OptionRange.Positive("Plateau", "factor", factor));
        Patience = (int)OptionRange.NotNegative("Plateau", "patience", patience);
        MinimumFactor = OptionRange.Between("Plateau", "minimum factor", minimumFactor, 0, 1);
        Threshold = OptionRange.Fraction("Plateau", "threshold", threshold);
        Cooldown = (int)OptionRange.NotNegative("Plateau", "cooldown", cooldown);
        State = new PlateauState(1.0, null, 0, 0);
    }

    /// <summary>The factor of one reduction.</summary>
    public double Reduction { get; }

    /// <summary>Epochs without improvement that are let pass.</summary>
    public int Patience { get; }

    /// <summary>The least factor on the base learning rate.</summary>
    public double MinimumFactor { get; }

    /// <summary>The relative improvement that counts.</summary>
    public double Threshold { get; }

    /// <summary>Epochs after a reduction that are not counted.</summary>
    public int Cooldown { get; }

    /// <summary>What it remembers; set it to continue from there.</summary>
    public PlateauState State { get; set; }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return State.Factor;
    }

    /// <inheritdoc/>
    public override void Observe(double metric)
    {
        (double factor, double? best, int bad, int cooling) = State;
        bool better = best is { } lowest
            ? metric < lowest * (1.0 - Math.CopySign(Threshold, lowest))
            : metric < double.PositiveInfinity;
        bad = better ? 0 : bad + 1;
        if (cooling > 0)
        {
            cooling--;
            bad = 0;
        }

        if (bad > Patience)
        {
            factor = Math.Max(factor * Reduction, MinimumFactor);
            cooling = Cooldown;
            bad = 0;
        }

        State = new PlateauState(factor, better ? metric : best, bad, cooling);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant(
            $"plateau, x {Reduction:G6} after {Patience} epochs without improvement, not below {MinimumFactor:G6}"
        );
}
