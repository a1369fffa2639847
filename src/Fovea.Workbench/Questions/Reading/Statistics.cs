namespace Fovea.Workbench;

/// <summary>Statistics of short series.</summary>
internal static class Statistics
{
    /// <summary>The middle value of the finite ones; NaN without any.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        int half = sorted.Length / 2;
        return sorted.Length == 0 ? double.NaN
            : sorted.Length % 2 == 1 ? sorted[half]
            : (sorted[half - 1] + sorted[half]) / 2.0;
    }

    /// <summary>Least squares: change of y with x; NaN where x does not vary.</summary>
    public static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        double x = points.Select(p => p.X).DefaultIfEmpty(double.NaN).Average(),
            y = points.Select(p => p.Y).DefaultIfEmpty(double.NaN).Average(),
            spread = points.Sum(p => (p.X - x) * (p.X - x));
        return spread > 0.0 ? points.Sum(p => (p.X - x) * (p.Y - y)) / spread : double.NaN;
    }

    /// <summary>Pearson's correlation; NaN where either does not vary.</summary>
    public static double Correlation(IReadOnlyList<(double X, double Y)> points)
    {
        double slope = Slope(points),
            back = Slope([.. points.Select(p => (p.Y, p.X))]);
        return double.IsNaN(slope) || double.IsNaN(back) ? double.NaN : Math.Sign(slope) * Math.Sqrt(slope * back);
    }

    /// <summary>The mean weighed by updates, of the newest lines that together have so many; NaN with fewer.</summary>
    /// <param name="lines">In order.</param>
    /// <param name="value">What is averaged; lines where it is null are left out.</param>
    /// <param name="updates">How many updates.</param>
    public static double RecentMean(IReadOnlyList<MeasuredStep> lines, Func<MeasuredStep, double?> value, long updates)
    {
        double sum = 0.0;
        long seen = 0;
        for (int i = lines.Count - 1; i >= 0 && seen < updates; i--)
        {
            if (value(lines[i]) is { } v && double.IsFinite(v))
            {
                sum += v * lines[i].Steps;
                seen += lines[i].Steps;
            }
        }

        return seen >= updates ? sum / seen : double.NaN;
    }
}
