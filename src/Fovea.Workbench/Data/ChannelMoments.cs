namespace Fovea.Workbench;

/// <summary>Mean, deviation and range of each channel, item by item, combined as Chan, Golub and LeVeque (1979) do, so that a
/// large mean does not drown the variance.</summary>
internal sealed class ChannelMoments(int channels)
{
    private readonly double[] _means = new double[channels],
        _squares = new double[channels];
    private long _count;

    /// <summary>Lowest value; NaN for none.</summary>
    public double Low { get; private set; } = double.NaN;

    /// <summary>Highest value; NaN for none.</summary>
    public double High { get; private set; } = double.NaN;

    /// <summary>Means; NaN for no values.</summary>
    public double[] Means => [.. _means.Select(m => _count > 0 ? m : double.NaN)];

    /// <summary>Standard deviations; NaN for no values.</summary>
    public double[] Deviations => [.. _squares.Select(s => _count > 0 ? Math.Sqrt(s / _count) : double.NaN)];

    /// <summary>Adds an item of finite values.</summary>
    /// <returns>Whether each channel has one value throughout.</returns>
    public bool Add(ReadOnlySpan<float> item)
    {
        int length = item.Length / _means.Length;
        long total = _count + length;
        bool constant = true;
        for (int c = 0; c < _means.Length; c++)
        {
            ReadOnlySpan<float> values = item.Slice(c * length, length);
            double sum = 0,
                squares = 0;
            foreach (float value in values)
            {
                sum += value;
                Low = value >= Low ? Low : value;
                High = value <= High ? High : value;
                constant &= value == values[0];
            }

            double mean = sum / length;
            foreach (float value in values)
            {
                squares += (value - mean) * (value - mean);
            }

            double off = mean - _means[c];
            _squares[c] += squares + (off * off * _count * length / total);
            _means[c] += off * length / total;
        }

        _count = total;
        return constant;
    }
}
