using System.Globalization;

namespace Fovea.Workbench;

/// <summary>A counted fraction with its 95 % confidence interval, all 0-1.</summary>
/// <param name="Value">Successes over trials; NaN for no trials.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Proportion(double Value, double Low, double High)
{
    // The 97.5 % quantile of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>The Wilson score interval (E. B. Wilson, Probable inference, 1927): right for few trials and for
    /// fractions near 0 and 1.</summary>
    /// <param name="successes">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">0 or more; for 0 the interval is 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or there are more successes than
    /// trials.</exception>
    public static Proportion Wilson(long successes, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, successes);
        if (trials == 0)
        {
            return new Proportion(double.NaN, 0, 1);
        }

        double n = trials,
            p = successes / n,
            z2 = Z * Z;
        double center = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        double half = Z / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));
        return new Proportion(
            p,
            successes == 0 ? 0 : Math.Max(0, center - half),
            successes == trials ? 1 : Math.Min(1, center + half)
        );
    }

    /// <summary>A fraction less another one of other trials, with the 95 % interval of the difference, all -1 to 1: method
    /// 10 of R. G. Newcombe, Interval estimation for the difference between independent proportions, 1998.</summary>
    /// <param name="other">What is taken away.</param>
    public Proportion Less(Proportion other)
    {
        double difference = Value - other.Value;
        return new Proportion(
            difference,
            difference - Math.Sqrt(Square(Value - Low) + Square(other.High - other.Value)),
            difference + Math.Sqrt(Square(High - Value) + Square(other.Value - other.Low))
        );

        static double Square(double x) => x * x;
    }

    /// <summary>E.g. <c>93.2 % (95 % interval 92.7 - 93.7)</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * Value:F1} % (95 % interval {100 * Low:F1} - {100 * High:F1})"
        );
}
