namespace Fovea;

/// <summary>Whole numbers and their ratios.</summary>
internal static class Rational
{
    private const double Near = 1e-12;

    /// <summary>The greatest common divisor; the other number where one is 0.</summary>
    public static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);

    /// <summary>The quotient, rounded down.</summary>
    public static long Floor(long numerator, long denominator) =>
        (numerator / denominator) - (numerator % denominator < 0 ? 1 : 0);

    /// <summary>The ratio of small whole numbers that a number stands for: the first convergent of its continued
    /// fraction that is as good as equal; where none is, the last one within the bound.</summary>
    /// <param name="value">Above 0, and not below 1 / <paramref name="most"/>.</param>
    /// <param name="most">The largest denominator.</param>
    public static (int Numerator, int Denominator) Of(double value, int most)
    {
        (long above, long below) = (1, 0); // the convergent before
        (long numerator, long denominator) = ((long)value, 1);
        double rest = value - Math.Floor(value);
        while (Math.Abs(value - ((double)numerator / denominator)) > Near * value && rest > 0.0)
        {
            double next = 1.0 / rest;
            double up = (Math.Floor(next) * numerator) + above,
                down = (Math.Floor(next) * denominator) + below;
            if (down > most || up > int.MaxValue)
            {
                break;
            }

            (above, below) = (numerator, denominator);
            (numerator, denominator) = ((long)up, (long)down);
            rest = next - Math.Floor(next);
        }

        return ((int)numerator, (int)denominator);
    }
}
