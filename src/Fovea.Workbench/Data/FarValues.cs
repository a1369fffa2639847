namespace Fovea.Workbench;

/// <summary>A value of a channel that lies far from all others of it.</summary>
/// <param name="Value">As fed to the network.</param>
/// <param name="Count">How often it comes.</param>
/// <param name="Share">Of the channel's values, 0-1.</param>
/// <param name="Next">The nearest other value.</param>
/// <param name="Times">How many times as far it lies from that as all other values are apart at most.</param>
public sealed record FarValue(double Value, long Count, double Share, double Next, double Times);

/// <summary>The ends of each channel: the lowest and the highest value, how often each comes, and what comes next to it.</summary>
internal sealed class FarValues(int channels)
{
    private readonly End[] _low = [.. Enumerable.Range(0, channels).Select(_ => new End())],
        _high = [.. Enumerable.Range(0, channels).Select(_ => new End())];
    private long _values;

    /// <summary>The value that is furthest from all others, in the distance at most of these; null where the others are one
    /// value, or there are none.</summary>
    public FarValue? Furthest =>
        Enumerable
            .Range(0, channels)
            .SelectMany(c => new[] { Of(_low[c], -1, _high[c].Value), Of(_high[c], 1, _low[c].Value) })
            .OfType<FarValue>()
            .MaxBy(f => f.Times);

    /// <summary>By channel: the largest distance of a value from the mean, in deviations; NaN where there are none.</summary>
    /// <param name="moments">Of the same items.</param>
    public double LargestDeviations(ChannelMoments moments)
    {
        double largest = double.NaN;
        for (int c = 0; c < channels; c++)
        {
            double mean = moments.Means[c],
                deviation = moments.Deviations[c];
            if (deviation > 0)
            {
                double far = Math.Max(_high[c].Value - mean, mean + _low[c].Value) / deviation;
                largest = largest >= far ? largest : far;
            }
        }

        return largest;
    }

    /// <summary>Adds an item of finite values.</summary>
    public void Add(ReadOnlySpan<float> item)
    {
        int length = item.Length / channels;
        for (int c = 0; c < channels; c++)
        {
            (End low, End high) = (_low[c], _high[c]);
            foreach (float value in item.Slice(c * length, length))
            {
                low.Add(-value);
                high.Add(value);
            }
        }

        _values += length;
    }

    /// <summary>An end as a far value.</summary>
    /// <param name="end">The end, as a highest value.</param>
    /// <param name="sign">1 for the highest, -1 for the lowest.</param>
    /// <param name="other">The other end, likewise, of the values with the other sign.</param>
    private FarValue? Of(End end, int sign, double other)
    {
        double span = end.Next + other;
        return !double.IsFinite(span) || span <= 0
            ? null
            : new FarValue(
                sign * end.Value,
                end.Count,
                (double)end.Count / _values,
                sign * end.Next,
                (end.Value - end.Next) / span
            );
    }

    private sealed class End
    {
        public double Value { get; private set; } = double.NegativeInfinity;

        public double Next { get; private set; } = double.NegativeInfinity;

        public long Count { get; private set; }

        public void Add(float value)
        {
            if (value > Value)
            {
                (Next, Value, Count) = (Value, value, 1);
            }
            else if (value == Value)
            {
                Count++;
            }
            else if (value > Next)
            {
                Next = value;
            }
        }
    }
}
