namespace Fovea.Data;

/// <summary>Statistics of one channel over a whole data set.</summary>
/// <param name="Minimum">The smallest value.</param>
/// <param name="Maximum">The largest value.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Std">The standard deviation, with the number of values as divisor.</param>
public sealed record ChannelStatistics(float Minimum, float Maximum, double Mean, double Std)
{
    /// <summary>The statistics of every channel, in one pass over the items in order.</summary>
    /// <param name="data">At least one item.</param>
    internal static ChannelStatistics[] Of(IDataset data)
    {
        Sums[] sums = new Sums[data.ItemShape[0]];
        Array.Fill(sums, Sums.Empty);
        float[] item = new float[data.ItemShape.Count];
        for (int i = 0; i < data.Count; i++)
        {
            data.Read(i, item);
            Add(sums, item);
        }

        return [.. sums.Select(s => s.Result())];
    }

    /// <summary>Adds an item to each channel's sums.</summary>
    internal static void Add(Sums[] sums, ReadOnlySpan<float> item)
    {
        int length = item.Length / sums.Length;
        for (int c = 0; c < sums.Length; c++)
        {
            sums[c].Add(item.Slice(c * length, length));
        }
    }

    /// <summary>Running sums, combined item by item (Chan, Golub, LeVeque 1979) so that a large mean does not drown the
    /// variance.</summary>
    internal struct Sums
    {
        private long _count;
        private double _mean,
            _squares;
        private float _minimum,
            _maximum;

        /// <summary>Of no value.</summary>
        public static Sums Empty => new() { _minimum = float.PositiveInfinity, _maximum = float.NegativeInfinity };

        /// <summary>Adds the values of one item.</summary>
        public void Add(ReadOnlySpan<float> values)
        {
            float minimum = _minimum,
                maximum = _maximum;
            double sum = 0,
                squares = 0;
            foreach (float value in values)
            {
                sum += value;
                minimum = value < minimum ? value : minimum;
                maximum = value > maximum ? value : maximum;
            }

            (_minimum, _maximum) = (minimum, maximum);
            double mean = sum / values.Length;
            foreach (float value in values)
            {
                squares += (value - mean) * (value - mean);
            }

            double delta = mean - _mean;
            long total = _count + values.Length;
            _squares += squares + (delta * delta * _count * values.Length / total);
            _mean += delta * values.Length / total;
            _count = total;
        }

        /// <summary>The statistics so far.</summary>
        public readonly ChannelStatistics Result() =>
            new(_minimum, _maximum, _mean, _count == 0 ? 0 : Math.Sqrt(_squares / _count));
    }
}
