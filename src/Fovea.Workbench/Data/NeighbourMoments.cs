namespace Fovea.Workbench;

/// <summary>How alike neighbouring values are, a mean over items: high for pictures and smooth series, whose axes are in
/// order.</summary>
/// <remarks>Where channels lie beside each other in place of behind, as after a reshape where a transpose was meant, values
/// as far apart as there are channels are more alike than nearer ones.</remarks>
internal sealed class NeighbourMoments
{
    // Lags are cheap, but many channels are no colours.
    private const int MostChannels = 16;

    private readonly int _channels;
    private readonly int[] _sizes;
    private readonly double[] _lags;
    private double _correlation;
    private int _items;

    public NeighbourMoments(Shape item)
    {
        int[] sizes = item.Sizes.ToArray();
        (_channels, _sizes) = (sizes[0], sizes[1..]);
        _lags = new double[
            _channels is > 1 and <= MostChannels && _sizes.Length > 0 && _sizes[^1] > 4 * _channels ? _channels + 1 : 0
        ];
    }

    /// <summary>Correlation of values one apart, the mean over the axes; NaN without axes.</summary>
    public double Correlation => _items > 0 && _sizes.Any(s => s > 1) ? _correlation / _items : double.NaN;

    /// <summary>Correlation along the last axis at a distance of the channels, less the highest of those nearer; NaN where
    /// there is one channel, or the axis is short.</summary>
    public double PeriodExcess =>
        _items > 0 && _lags.Length > 0 ? (_lags[_channels] - _lags[1.._channels].Max()) / _items : double.NaN;

    /// <summary>Adds an item that is not constant.</summary>
    public void Add(ReadOnlySpan<float> item)
    {
        int length = item.Length / _channels,
            axes = 0;
        float[] centred = new float[item.Length];
        double power = Centre(item, centred, length) / item.Length;
        double sum = 0;
        for (int axis = 0, inner = length; axis < _sizes.Length; axis++)
        {
            inner /= _sizes[axis];
            if (_sizes[axis] > 1)
            {
                sum += Product(centred, _sizes[axis], inner, 1) / power;
                axes++;
            }
        }

        for (int lag = 1; lag < _lags.Length; lag++)
        {
            _lags[lag] += Product(centred, _sizes[^1], 1, lag) / power;
        }

        _correlation += axes > 0 ? sum / axes : 0;
        _items++;
    }

    private double Centre(ReadOnlySpan<float> item, float[] centred, int length)
    {
        double squares = 0;
        for (int c = 0; c < _channels; c++)
        {
            double mean = 0;
            foreach (float value in item.Slice(c * length, length))
            {
                mean += value;
            }

            mean /= length;
            for (int i = c * length; i < (c + 1) * length; i++)
            {
                centred[i] = (float)(item[i] - mean);
                squares += (double)centred[i] * centred[i];
            }
        }

        return squares;
    }

    /// <summary>Mean product of values some places apart along an axis.</summary>
    private static double Product(float[] values, int size, int inner, int lag)
    {
        double sum = 0;
        long pairs = 0;
        int step = lag * inner,
            block = size * inner;
        for (int start = 0; start < values.Length; start += block)
        {
            for (int i = start; i < start + block - step; i++)
            {
                sum += (double)values[i] * values[i + step];
            }

            pairs += block - step;
        }

        return pairs > 0 ? sum / pairs : 0;
    }
}
