namespace Fovea.Workbench;

/// <summary>Counts values in buckets of equal width.</summary>
internal static class HistogramBuckets
{
    private const int Count = 30;

    /// <summary>Rows of left edge, right edge and count: 30; one of width 1 where all values are equal; none without
    /// finite values. The last bucket holds its right edge.</summary>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        double low = double.PositiveInfinity,
            high = double.NegativeInfinity;
        long finite = 0;
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
                finite++;
            }
        }

        return finite == 0 ? []
            : low == high ? [low - 0.5, low + 0.5, finite]
            : Spread(values, low, high);
    }

    private static double[] Spread(ReadOnlySpan<double> values, double low, double high)
    {
        double[] rows = new double[Count * 3];
        double halfWidth = ((high / 2) - (low / 2)) / Count; // the range itself may exceed a Float64
        for (int i = 0; i < Count; i++)
        {
            rows[i * 3] = Edge(i);
            rows[(i * 3) + 1] = i == Count - 1 ? high : Edge(i + 1);
        }

        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                double bucket = Math.Floor(((value / 2) - (low / 2)) / halfWidth);
                rows[((int)Math.Clamp(bucket, 0, Count - 1) * 3) + 2]++;
            }
        }

        return rows;

        double Edge(int i) => 2 * ((low / 2) + (i * halfWidth));
    }
}
