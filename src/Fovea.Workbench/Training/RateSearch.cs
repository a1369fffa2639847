using System.Globalization;

namespace Fovea.Workbench;

/// <summary>A range test of learning rates: what the loss does while the rate rises from update to update.</summary>
/// <remarks>
/// <para>Smith, Cyclical learning rates for training neural networks, 2015 (arXiv 1506.01186), with a rate that rises
/// exponentially. Losses are smoothed by a moving average of decay 0.9, corrected for its start; the test ends where that is
/// more than four times its lowest, or a number is not finite.</para>
/// <para>The rate that is suggested is where the loss falls fastest: a line is fitted to the losses of each decade of rates up
/// to the one with the lowest mean, and the steepest is taken, with the rate in its middle. The mean of some decade must be
/// below that of the first by four standard errors, and by a hundredth of the loss.</para>
/// </remarks>
public sealed record RateSearch
{
    /// <summary>The learning rate to train with, of two digits; null where none can be suggested.</summary>
    public double? Rate { get; init; }

    /// <summary>How it was found, or why not, in words.</summary>
    public required string Finding { get; init; }

    /// <summary>One point for each update, in order.</summary>
    public required IReadOnlyList<RatePoint> Curve { get; init; }

    /// <summary>Makes a suggestion from the losses of a range test.</summary>
    /// <param name="losses">The rates, rising by the same factor, and the losses of their updates; a loss that is not finite
    /// ends them.</param>
    /// <param name="perDecade">Updates in which the rate grows tenfold, 4 or more.</param>
    internal static RateSearch Of(IReadOnlyList<(double Rate, double Loss)> losses, int perDecade)
    {
        List<RatePoint> curve = [];
        LossAverage average = new();
        foreach ((double rate, double loss) in losses)
        {
            curve.Add(new RatePoint(rate, loss, average.Add(loss)));
        }

        RatePoint[] finite = [.. curve.TakeWhile(p => double.IsFinite(p.Loss))];
        int half = perDecade / 2,
            window = (2 * half) + 1;
        if (finite.Length < window)
        {
            return new RateSearch
            {
                Curve = curve,
                Finding = FormattableString.Invariant(
                    $"in {Describe(curve)} the network diverged at once, from a loss of {curve[0].Loss:G4}"
                ),
            };
        }

        RateLine[] lines =
        [
            .. Enumerable
                .Range(0, finite.Length - window + 1)
                .Select(start => RateLine.Of(finite.AsSpan(start, window))),
        ];
        RateLine first = lines[0],
            last = lines.MinBy(l => l.Mean),
            steepest = lines.TakeWhile(l => l.Rate <= last.Rate).MinBy(l => l.Slope);
        bool falls = steepest.Slope < 0 && Array.Exists(lines, l => l.IsBelow(first));
        return new RateSearch
        {
            Curve = curve,
            Rate = falls ? Rounded(steepest.Rate) : null,
            Finding = falls
                ? FormattableString.Invariant(
                    $"by {Describe(curve)}: there the loss fell fastest, by {-steepest.Slope:G3} a decade; it was {first.Mean:G4} at first and {last.Mean:G4} at its lowest"
                )
                : FormattableString.Invariant(
                    $"in {Describe(curve)} the loss did not fall, {first.Mean:G4} at first and {last.Mean:G4} at its lowest: no rate taught the network anything"
                ),
        };
    }

    private static string Describe(List<RatePoint> curve) =>
        FormattableString.Invariant(
            $"a range test of {curve.Count} updates from {curve[0].Rate:G3} to {curve[^1].Rate:G3}"
        );

    /// <summary>Two digits, so that what is told is what is used.</summary>
    private static double Rounded(double rate) =>
        double.Parse(rate.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

/// <summary>A line through the losses of some updates in a row, by the decimal logarithm of their rates.</summary>
/// <param name="Rate">The rate in the middle.</param>
/// <param name="Mean">The mean loss.</param>
/// <param name="Slope">Change of the loss when the rate grows tenfold.</param>
/// <param name="Error">Standard error of the mean, by what is left beside the line.</param>
internal readonly record struct RateLine(double Rate, double Mean, double Slope, double Error)
{
    private const double Errors = 4,
        LeastFall = 0.01;

    /// <summary>Fits the line.</summary>
    public static RateLine Of(ReadOnlySpan<RatePoint> points)
    {
        int n = points.Length;
        double x = 0,
            y = 0;
        foreach (RatePoint point in points)
        {
            x += Math.Log10(point.Rate) / n;
            y += point.Loss / n;
        }

        double xx = 0,
            xy = 0,
            yy = 0;
        foreach (RatePoint point in points)
        {
            double dx = Math.Log10(point.Rate) - x,
                dy = point.Loss - y;
            (xx, xy, yy) = (xx + (dx * dx), xy + (dx * dy), yy + (dy * dy));
        }

        double rest = Math.Max(0.0, yy - (xy * xy / xx));
        return new RateLine(points[n / 2].Rate, y, xy / xx, Math.Sqrt(rest / (n - 2) / n));
    }

    /// <summary>Whether it is surely below another.</summary>
    public bool IsBelow(RateLine other)
    {
        double fall = other.Mean - Mean;
        return fall > Errors * Math.Sqrt((Error * Error) + (other.Error * other.Error))
            && fall > LeastFall * Math.Abs(other.Mean);
    }
}

/// <summary>An update of a range test.</summary>
/// <param name="Rate">Its learning rate.</param>
/// <param name="Loss">The mean loss of its items, before the weights changed.</param>
/// <param name="Smoothed">The moving average of the losses so far.</param>
public sealed record RatePoint(double Rate, double Loss, double Smoothed);

/// <summary>A moving average of losses, corrected for its start.</summary>
internal sealed class LossAverage
{
    private const double Decay = 0.9,
        Limit = 4;

    private double _sum;
    private double _weight = 1;
    private double _first = double.NaN;
    private double _lowest = double.PositiveInfinity;

    /// <summary>Whether the last loss was not finite, or the average is far above its lowest: by four times, or where that is
    /// below 0 by three times the loss at first.</summary>
    public bool HasDiverged { get; private set; }

    /// <summary>Takes a loss in.</summary>
    /// <returns>The average.</returns>
    public double Add(double loss)
    {
        _first = double.IsNaN(_first) ? Math.Abs(loss) : _first;
        _sum = (Decay * _sum) + ((1 - Decay) * loss);
        _weight *= Decay;
        double average = _sum / (1 - _weight);
        _lowest = average < _lowest ? average : _lowest;
        double limit = _lowest > 0 ? Limit * _lowest : _lowest + ((Limit - 1) * _first);
        HasDiverged = !double.IsFinite(loss) || average > limit;
        return average;
    }
}
