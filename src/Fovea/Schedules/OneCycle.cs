namespace Fovea;

/// <summary>Up to the base learning rate and down again, far below where it started: 1 / div to 1 to 1 / (div * final
/// div), both ways half a cosine.</summary>
/// <remarks>
/// Smith and Topin, Super-convergence, 2017; Smith 2018. The learning rates of PyTorch's <c>OneCycleLR</c> with two
/// phases, where the base rate is <c>max_lr</c>;
/// momentum is left alone (PyTorch: <c>cycle_momentum=False</c>). The peak is at step peakFraction * total - 1; where
/// that is not after step 0 there is no way up.
/// </remarks>
public sealed class OneCycle : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="total">Optimizer steps of the whole training, 1 or more.</param>
    /// <param name="peakFraction">The share of the training before the peak, 0 up to but not including 1.</param>
    /// <param name="div">How far below the peak it starts, 1 or more.</param>
    /// <param name="finalDiv">How far below the start it ends, 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public OneCycle(long total, double peakFraction = 0.3, double div = 25.0, double finalDiv = 1e4)
    {
        Total = OptionRange.Count("OneCycle", "total", total);
        PeakFraction = OptionRange.Fraction("OneCycle", "peak fraction", peakFraction);
        Div = OptionRange.Between("OneCycle", "div", div, 1, double.MaxValue);
        FinalDiv = OptionRange.Between("OneCycle", "final div", finalDiv, 1, double.MaxValue);
    }

    /// <summary>Optimizer steps of the whole training.</summary>
    public long Total { get; }

    /// <summary>The share of the training before the peak.</summary>
    public double PeakFraction { get; }

    /// <summary>How far below the peak it starts.</summary>
    public double Div { get; }

    /// <summary>How far below the start it ends.</summary>
    public double FinalDiv { get; }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        double peak = Math.Max(0.0, (PeakFraction * Total) - 1.0),
            last = Total - 1;
        if (step < peak)
        {
            return Cosine.Between(1.0 / Div, 1.0, step / peak);
        }

        double share =
            last > peak ? Math.Min(1.0, (step - peak) / (last - peak))
            : step > last ? 1.0
            : 0.0;
        return Cosine.Between(1.0, 1.0 / (Div * FinalDiv), share);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant(
            $"one cycle over {Total} steps, peak at {PeakFraction:P0}, from 1/{Div:G6} to 1/{Div * FinalDiv:G6}"
        );
}
