using System.Globalization;

namespace Fovea.Workbench.Reports;

/// <summary>A place on an axis with its number.</summary>
internal readonly record struct Tick(double Value, string Text);

/// <summary>An axis: where a value lies on it, and its round numbers.</summary>
internal sealed class ChartAxis
{
    private const double Decades = 3; // a span of more is shown as powers of ten
    private const double FlatBelow = 10; // as are values that a few outliers would press flat

    private readonly double _low;
    private readonly double _high;

    private ChartAxis(string unit, bool isLogarithmic, double low, double high, IReadOnlyList<Tick> ticks) =>
        (Unit, IsLogarithmic, _low, _high, Ticks) = (unit, isLogarithmic, low, high, ticks);

    /// <summary>What is measured, and in what.</summary>
    public string Unit { get; }

    public bool IsLogarithmic { get; }

    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>An axis for values.</summary>
    /// <param name="values">The values; those that are no finite numbers are left out.</param>
    /// <param name="unit">What is measured, and in what.</param>
    /// <param name="fromZero">Whether it begins at 0, as bars need it.</param>
    public static ChartAxis For(IEnumerable<double> values, string unit, bool fromZero = false)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
        {
            return new ChartAxis(unit, false, 0, 1, [new Tick(0, "0"), new Tick(1, "1")]);
        }

        double low = sorted[0],
            high = sorted[^1],
            most = sorted[(int)(0.95 * (sorted.Length - 1))];
        double least = sorted.FirstOrDefault(v => v > 0);
        bool spans = least > 0 && high / least > Math.Pow(10, Decades),
            flat = low > 0 && high / most > FlatBelow;
        return !fromZero && low >= 0 && (spans || flat)
            ? Logarithmic(least, high, unit)
            : Linear(fromZero ? Math.Min(0, low) : low, high, unit);
    }

    /// <summary>An axis from exactly one whole number to another, such as steps.</summary>
    public static ChartAxis Exactly(double low, double high, string unit, int most = 5)
    {
        double end = high > low ? high : low + 1;
        double step = Math.Max(1, RoundStep((end - low) / most));
        return new ChartAxis(unit, false, low, end, Round(Math.Ceiling(low / step) * step, end, step));
    }

    /// <summary>An axis of powers of ten, from one below the values to one above.</summary>
    /// <param name="low">The least, more than 0.</param>
    /// <param name="high">The greatest.</param>
    /// <param name="unit">What is measured, and in what.</param>
    public static ChartAxis OfPowers(double low, double high, string unit) => Logarithmic(low, high, unit);

    /// <summary>Where a value lies, 0 at the low end to 1; outside for what lies outside. What has no place on it, such as 0 among
    /// powers of ten, lies at the low end.</summary>
    public double Place(double value)
    {
        double place = ((IsLogarithmic ? Math.Log10(Math.Max(value, double.Epsilon)) : value) - _low) / (_high - _low);
        return IsLogarithmic ? Math.Max(0, place) : place;
    }

    /// <summary>A number in at most four digits: <c>12k</c>, <c>0.0312</c>, <c>1e-7</c>.</summary>
    public static string Short(double value)
    {
        double size = Math.Abs(value);
        return !double.IsFinite(value) ? "not finite"
            : size == 0 ? "0"
            : size >= 1e15 || size < 1e-4 ? Power(value)
            : size >= 1e9 ? Scaled(value, 1e9, "G")
            : size >= 1e6 ? Scaled(value, 1e6, "M")
            : size >= 1e4 ? Scaled(value, 1e3, "k")
            : value.ToString(size >= 1000 ? "0" : "G4", CultureInfo.InvariantCulture);
    }

    private static string Scaled(double value, double unit, string prefix) =>
        (value / unit).ToString("G4", CultureInfo.InvariantCulture) + prefix;

    private static string Power(double value)
    {
        int exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        double mantissa = Math.Round(value / Math.Pow(10, exponent), 2);
        if (Math.Abs(mantissa) >= 10)
        {
            (mantissa, exponent) = (mantissa / 10, exponent + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{mantissa:0.##}e{exponent}");
    }

    private static ChartAxis Linear(double low, double high, string unit)
    {
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            double around = low == 0 ? 1 : 0.1 * Math.Abs(low);
            (low, high) = (low - around, high + around);
        }

        double step = RoundStep((high - low) / 4),
            from = Math.Floor(low / step) * step,
            to = Math.Ceiling(high / step) * step;
        return new ChartAxis(unit, false, from, to, Round(from, to, step));
    }

    private static ChartAxis Logarithmic(double low, double high, string unit)
    {
        int from = (int)Math.Floor(Math.Log10(low)),
            to = Math.Max(from + 1, (int)Math.Ceiling(Math.Log10(high))),
            every = Math.Max(1, (to - from + 4) / 5);
        List<Tick> ticks = [];
        for (int exponent = from; exponent <= to; exponent += every)
        {
            ticks.Add(new Tick(Math.Pow(10, exponent), Short(Math.Pow(10, exponent))));
        }

        return new ChartAxis(unit + ", powers of ten", true, from, to, ticks);
    }

    private static List<Tick> Round(double from, double to, double step)
    {
        List<Tick> ticks = [];
        for (int i = 0; from + (i * step) <= to + (1e-9 * step); i++)
        {
            double value = Math.Round((from + (i * step)) / step) * step;
            ticks.Add(new Tick(value, Short(value)));
        }

        return ticks;
    }

    private static double RoundStep(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough))),
            mantissa = rough / power;
        return power
            * (
                mantissa <= 1 ? 1
                : mantissa <= 2 ? 2
                : mantissa <= 5 ? 5
                : 10
            );
    }
}
