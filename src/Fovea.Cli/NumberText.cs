using System.Globalization;

namespace Fovea.Cli;

/// <summary>Writes numbers for people, the same in every culture.</summary>
internal static class NumberText
{
    /// <summary>With digits in groups: <c>11,689,512</c>.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Up to five digits as they are, else with a prefix: <c>118.01 M</c>, <c>1.81 G</c>.</summary>
    public static string Short(long value) =>
        Math.Abs((double)value) switch
        {
            >= 999.995e9 => Scaled(value, 1e12, "T"),
            >= 999.995e6 => Scaled(value, 1e9, "G"),
            >= 999.995e3 => Scaled(value, 1e6, "M"),
            >= 1e5 => Scaled(value, 1e3, "k"),
            _ => Grouped(value),
        };

    /// <summary>Bytes in powers of 1024: <c>62.3 MiB</c>.</summary>
    public static string Bytes(long value) =>
        Math.Abs((double)value) switch
        {
            >= 1L << 30 => Text(value / (double)(1L << 30), "GiB"),
            >= 1L << 20 => Text(value / (double)(1L << 20), "MiB"),
            >= 1L << 10 => Text(value / (double)(1L << 10), "KiB"),
            _ => $"{Grouped(value)} B",
        };

    /// <summary>A ratio: <c>x0.1445</c>; empty where it is none.</summary>
    public static string Ratio(double value) =>
        double.IsFinite(value) ? string.Create(CultureInfo.InvariantCulture, $"x{value:G4}") : "";

    /// <summary>Sizes with an x between, once where all are alike: <c>7</c>, <c>435x441</c>.</summary>
    public static string Sizes(IEnumerable<double> values)
    {
        string[] texts = [.. values.Select(v => Math.Round(v, 2).ToString(CultureInfo.InvariantCulture))];
        return texts.Distinct().Count() == 1 ? texts[0] : string.Join('x', texts);
    }

    private static string Scaled(long value, double unit, string prefix) =>
        string.Create(CultureInfo.InvariantCulture, $"{value / unit:F2} {prefix}");

    private static string Text(double value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{value:F1} {unit}");
}
