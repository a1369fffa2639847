using System.Numerics;

namespace Fovea;

/// <summary>Statistics of functions of normal variables, by the trapezoid rule over 8 standard deviations either side.</summary>
/// <remarks>Good to about 1e-3 of the result for functions with a kink, such as ReLU, and far better for smooth ones.</remarks>
internal static class NormalExpectation
{
    private const double Reach = 8.0;
    private static readonly (double Z, double Weight)[] Point = [(0.0, 1.0)];
    private static readonly (double Z, double Weight)[] Fine = Grid(257);
    private static readonly (double Z, double Weight)[] Coarse = Grid(97);
    private static readonly (double Z, double Weight)[] Channels = Grid(33);

    /// <summary>Statistics of f(x), the parts of x being normal.</summary>
    public static Signal Of(Signal x, Func<double, double> f) => Of(x, (Vector<double> z) => new Vector<double>(LaneByLane(z, f)));

    /// <summary>Statistics of f(x), the parts of x being normal; f takes several at once.</summary>
    public static Signal Of(Signal x, Func<Vector<double>, Vector<double>> f)
    {
        double mean = 0.0, channelSquares = 0.0, squares = 0.0, spread = Math.Sqrt(Math.Max(0.0, x.ChannelVariance)), deviation = Math.Sqrt(Math.Max(0.0, x.Variance));
        (double Z, double Weight)[] within = deviation == 0.0 ? Point : spread == 0.0 ? Fine : Coarse; // the mixture of channels smooths what a coarser grid misses
        foreach ((double c, double share) in spread > 0.0 ? Channels : Point)
        {
            (double channel, double square) = Moments(x.Mean + (spread * c), deviation, within, f);
            mean += share * channel;
            channelSquares += share * channel * channel;
            squares += share * square;
        }

        return new Signal(mean, Math.Max(0.0, channelSquares - (mean * mean)), Math.Max(0.0, squares - channelSquares), x.IsApproximate);
    }

    private static (double First, double Second) Moments(double centre, double deviation, (double Z, double Weight)[] grid, Func<Vector<double>, Vector<double>> f)
    {
        Span<double> at = stackalloc double[Vector<double>.Count], weights = stackalloc double[Vector<double>.Count];
        double first = 0.0, second = 0.0;
        for (int start = 0; start < grid.Length; start += at.Length)
        {
            weights.Clear();
            for (int i = 0; i < Math.Min(at.Length, grid.Length - start); i++)
            {
                (at[i], weights[i]) = (centre + (deviation * grid[start + i].Z), grid[start + i].Weight);
            }

            Vector<double> y = f(new Vector<double>(at)), weighted = y * new Vector<double>(weights);
            first += Vector.Sum(weighted);
            second += Vector.Sum(weighted * y);
        }

        return (first, second);
    }

    private static double[] LaneByLane(Vector<double> z, Func<double, double> f)
    {
        double[] lanes = new double[Vector<double>.Count];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = f(z[i]);
        }

        return lanes;
    }

    /// <summary>Statistics of the largest of <paramref name="count"/> elements of a channel, taken for independent: an upper bound, as neighbours resemble each other.</summary>
    /// <remarks>A ReLU before it is applied afterwards instead, which gives the same: both keep order.</remarks>
    public static Signal Largest(Signal x, double count)
    {
        if (count <= 1.0)
        {
            return x;
        }

        Signal before = x.BeforeActivation ?? x;
        double deviation = Math.Sqrt(before.Variance), first = 0.0, second = 0.0;
        foreach ((double z, double weight) in Fine)
        {
            double density = count * Math.Pow(Below(z), count - 1.0) * weight;
            first += density * z;
            second += density * z * z;
        }

        Signal largest = new(before.Mean + (deviation * first), before.ChannelVariance, before.Variance * (second - (first * first)), IsApproximate: true);
        return x.BeforeActivation is null ? largest : Of(largest, (Vector<double> z) => Vector.Max(z, Vector<double>.Zero)) with { IsApproximate = true };
    }

    /// <summary>Probability that a standard normal value is below z.</summary>
    private static double Below(double z)
    {
        // Abramowitz, Stegun 7.1.26 has an absolute error of 1.5e-7.
        double t = 1.0 / (1.0 + (0.3275911 * Math.Abs(z) / Math.Sqrt(2.0)));
        double tail = 0.5 * t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429)))))))) * Math.Exp(-0.5 * z * z);
        return z >= 0.0 ? 1.0 - tail : tail;
    }

    private static (double Z, double Weight)[] Grid(int points)
    {
        double step = 2.0 * Reach / (points - 1);
        (double Z, double Weight)[] grid = [.. Enumerable.Range(0, points).Select(i => -Reach + (i * step)).Select(z => (z, Math.Exp(-0.5 * z * z)))];
        double sum = grid.Sum(g => g.Weight);
        return [.. grid.Select(g => (g.Z, g.Weight / sum))];
    }
}
