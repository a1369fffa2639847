namespace Fovea.Data;

/// <summary>Brings a series to mean 0 and standard deviation 1.</summary>
internal static class ZNormalization
{
    // Below this a series is constant up to rounding: dividing would blow rounding up to size 1.
    private const double SmallestDeviation = 1e-8;

    /// <summary>(x - mean) / standard deviation in place, the deviation with the count as divisor; a constant series
    /// becomes zeros.</summary>
    public static void Apply(Span<float> values)
    {
        double sum = 0,
            squares = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        double mean = sum / values.Length;
        foreach (float value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        double deviation = Math.Sqrt(squares / values.Length);
        double scale = deviation <= SmallestDeviation * Math.Max(1, Math.Abs(mean)) ? 0 : 1 / deviation;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((values[i] - mean) * scale);
        }
    }
}
