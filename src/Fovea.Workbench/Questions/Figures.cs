namespace Fovea.Workbench;

/// <summary>Numbers and names as answers write them.</summary>
internal static class Figures
{
    /// <summary>E.g. <c>1.81 G</c>, <c>25.56 M</c>, <c>9.4 K</c>, <c>512</c>.</summary>
    public static string Count(double count) =>
        Math.Abs(count) switch
        {
            >= 1e9 => $"{count / 1e9:F2} G",
            >= 1e6 => $"{count / 1e6:F2} M",
            >= 1e3 => $"{count / 1e3:F1} K",
            _ => $"{count:F0}",
        };

    /// <summary>A share as percent, e.g. <c>62.5 %</c>.</summary>
    public static string Percent(double share) => $"{100.0 * share:F1} %";

    /// <summary>A number with its noun, e.g. <c>1 layer</c>, <c>3 layers</c>.</summary>
    public static string Of(int count, string noun, string? plural = null) =>
        count == 1 ? $"1 {noun}" : $"{count} {plural ?? noun + "s"}";

    /// <summary>The first names, and how many more there are.</summary>
    public static string Names(IReadOnlyList<string> names, int most = 3) =>
        names.Count <= most
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(most))} and {names.Count - most} more";

    /// <summary>A kernel's sizes, e.g. <c>7x7</c>.</summary>
    public static string Kernel(IReadOnlyList<int> kernel) => string.Join("x", kernel);

    /// <summary>A share of a whole, 0 where the whole is nothing.</summary>
    public static double Share(double part, double whole) => whole > 0.0 ? part / whole : 0.0;
}
