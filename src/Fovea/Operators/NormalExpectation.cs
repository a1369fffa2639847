using System.Numerics;

namespace Fovea;

/// <summary>Statistics of functions of normal variables, by sums over points 8 standard deviations either
/// side.</summary>
/// <remarks>
/// Points lie half a step beside 0, where activations have their kinks and steps: a step of a derivative there costs
/// nothing, elsewhere at most 4e-4. The split into channels and items,
/// an integral over two variables, is on coarser points and good to about 1e-3 of the whole.
/// </remarks>
internal static class NormalExpectation
{
    private const double Reach = 8.0;
    private static readonly (double Z, double Weight)[] Fine = Grid(8192);
    private static readonly (double Z, double Weight)[] Coarse = Grid(96);
    private static readonly (double Z, double Weight)[] Point = [(0.0, 1.0)];

    /// <summary>Statistics of f(x), the parts of x being normal.</summary>
    public static Signal Of(Signal x, Func<double, double> f) => Of(x, LaneByLane(f));

    /// <summary>Statistics of f(x), the parts of x being normal; f takes several values at once.</summary>
    public static Signal Of(Signal x, Func<Vector<double>, Vector<double>> f)
    {
        double channels = Math.Max(0.0, x.ChannelVariance),
            items = Math.Max(0.0, x.Variance);
        (double mean, double square) = Moments(Fine, x.Mean, channels + items, f);
        double all = Math.Max(0.0, square - (mean * mean));
        if (items == 0.0)
        {
            return new Signal(mean, all, 0.0, x.IsApproximate);
        }

        // The smaller part is taken as summed, the larger is what the finer points leave: a difference would drown the
        // smaller one.
        (double between, double within) = Split(x.Mean, channels, items, f);
        return within < between
            ? new Signal(mean, Math.Max(0.0, all - within), within, x.IsApproximate)
            : new Signal(mean, between, Math.Max(0.0, all - between), x.IsApproximate);
    }

    /// <summary>Mean square of f(x).</summary>
    public static double MeanSquare(Signal x, Func<double, double> f) => MeanSquare(x, LaneByLane(f));

    /// <summary>Mean square of f(x); f takes several values at once.</summary>
    public static double MeanSquare(Signal x, Func<Vector<double>, Vector<double>> f) =>
        Moments(Fine, x.Mean, Math.Max(0.0, x.ChannelVariance) + Math.Max(0.0, x.Variance), f).Square;

    private static (double Mean, double Square) Moments(
        (double Z, double Weight)[] grid,
        double centre,
        double variance,
        Func<Vector<double>, Vector<double>> f
    )
    {
        double mean = 0.0,
            square = 0.0,
            deviation = Math.Sqrt(variance);
        (double Z, double Weight)[] points = variance > 0.0 ? grid : Point;
        Span<double> at = stackalloc double[Vector<double>.Count],
            weights = stackalloc double[Vector<double>.Count];
        for (int start = 0; start < points.Length; start += at.Length)
        {
            weights.Clear();
            for (int i = 0; i < Math.Min(at.Length, points.Length - start); i++)
            {
                (at[i], weights[i]) = (centre + (deviation * points[start + i].Z), points[start + i].Weight);
            }

            Vector<double> y = f(new Vector<double>(at)),
                weighted = y * new Vector<double>(weights);
            mean += Vector.Sum(weighted);
            square += Vector.Sum(weighted * y);
        }

        return (mean, square);
    }

    /// <summary>Variance over channels of the mean within a channel, and mean over channels of the variance
    /// within.</summary>
    private static (double Between, double Within) Split(
        double centre,
        double channels,
        double items,
        Func<Vector<double>, Vector<double>> f
    )
    {
        double mean = 0.0,
            square = 0.0,
            within = 0.0,
            spread = Math.Sqrt(channels);
        foreach ((double z, double weight) in channels > 0.0 ? Coarse : Point)
        {
            (double channel, double channelSquare) = Moments(Coarse, centre + (spread * z), items, f);
            mean += weight * channel;
            square += weight * channel * channel;
            within += weight * Math.Max(0.0, channelSquare - (channel * channel));
        }

        return (Math.Max(0.0, square - (mean * mean)), within);
    }

    /// <summary>Statistics of the largest of <paramref name="count"/> elements of a channel, taken for independent: an
    /// upper bound, as neighbours resemble each other.</summary>
    /// <remarks>A ReLU before it is applied afterwards instead, which gives the same: both keep order.</remarks>
    public static Signal Largest(Signal x, double count)
    {
        if (count <= 1.0)
        {
            return x;
        }

        Signal before = x.BeforeActivation ?? x;
        double deviation = Math.Sqrt(before.Variance),
            first = 0.0,
            second = 0.0;
        foreach ((double z, double weight) in Fine)
        {
            double density = count * Math.Pow(Below(z), count - 1.0) * weight;
            first += density * z;
            second += density * z * z;
        }

        Signal largest = new(
            before.Mean + (deviation * first),
            before.ChannelVariance,
            before.Variance * (second - (first * first)),
            IsApproximate: true
        );
        return x.BeforeActivation is null
            ? largest
            : Of(largest, (Vector<double> z) => Vector.Max(z, Vector<double>.Zero)) with
            {
                IsApproximate = true,
            };
    }

    private static Func<Vector<double>, Vector<double>> LaneByLane(Func<double, double> f) =>
        z =>
        {
            Span<double> lanes = stackalloc double[Vector<double>.Count];
            for (int i = 0; i < lanes.Length; i++)
            {
                lanes[i] = f(z[i]);
            }

            return new Vector<double>(lanes);
        };

    /// <summary>Probability that a standard normal value is below z.</summary>
    private static double Below(double z)
    {
        // Abramowitz, Stegun 7.1.26 has an absolute error of 1.5e-7.
        double t = 1.0 / (1.0 + (0.3275911 * Math.Abs(z) / Math.Sqrt(2.0)));
        double tail =
            0.5
            * t
            * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429))))))))
            * Math.Exp(-0.5 * z * z);
        return z >= 0.0 ? 1.0 - tail : tail;
    }

    private static (double Z, double Weight)[] Grid(int points)
    {
        double step = 2.0 * Reach / points;
        (double Z, double Weight)[] grid =
        [
            .. Enumerable
                .Range(0, points)
                .Select(i => -Reach + ((i + 0.5) * step))
                .Select(z => (z, Math.Exp(-0.5 * z * z))),
        ];
        double sum = grid.Sum(g => g.Weight);
        return [.. grid.Select(g => (g.Z, g.Weight / sum))];
    }
}
