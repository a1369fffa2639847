using System.Numerics.Tensors;

namespace Fovea.Workbench;

/// <summary>Gathers what the channels of each point say about some items, to tell how many directions they use.</summary>
/// <remarks>A channel's mean over positions, of the first 128 items; of more than 512 channels as many spread over them. So a
/// point costs at most 128² x 512 multiplications, and 4/3 x 128³ for the singular values.</remarks>
internal sealed class RankMeter
{
    private const int MostItems = 128,
        MostChannels = 512;

    private readonly List<float>?[] _features;
    private readonly int[] _channels;

    public RankMeter(IReadOnlyList<MeasuredPoint> points)
    {
        _channels = [.. points.Select(p => Math.Min(MostChannels, p.Units))];
        _features = [.. points.Select(p => p.Units > 1 && p.Kind != PointKind.Input ? new List<float>() : null)];
    }

    /// <summary>By point: its effective rank; NaN where there is but one channel, or fewer than two items.</summary>
    public IReadOnlyList<double> Ranks
    {
        get
        {
            double[] ranks = new double[_features.Length];
            Parallel.For(
                0,
                ranks.Length,
                i =>
                    ranks[i] = _features[i] is { Count: > 0 } f
                        ? EffectiveRank.Of(f.ToArray(), _channels[i])
                        : double.NaN
            );
            return ranks;
        }
    }

    /// <summary>Notes what a point says.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="tensor">[N, C, ...], of floats or doubles.</param>
    public void See(int place, Tensor tensor)
    {
        if (_features[place] is not { } known || known.Count >= MostItems * _channels[place])
        {
            return;
        }

        float[] values = tensor.ToArray<float>();
        int items = Math.Min(tensor.Shape[0], MostItems - (known.Count / _channels[place])),
            channels = tensor.Shape[1],
            positions = values.Length / Math.Max(1, tensor.Shape[0] * channels);
        int[] kept = FilterStatistics.Spread(channels, _channels[place]);
        for (int item = 0; item < items; item++)
        {
            foreach (int channel in kept)
            {
                int start = ((item * channels) + channel) * positions;
                known.Add(TensorPrimitives.Sum<float>(values.AsSpan(start, positions)) / positions);
            }
        }
    }
}
