namespace Fovea.Workbench;

/// <summary>Mean over classes of intersection over union: the positions that have a class and are taken for it, over those
/// that have it or are taken for it. 0-1; NaN without positions.</summary>
/// <remarks>Mean IU of Long, Shelhamer, Darrell: Fully convolutional networks for semantic segmentation, CVPR 2015,
/// section 5. A class that is neither there nor taken has 0 / 0 and is left out of the mean, as in scikit-learn's
/// <c>jaccard_score</c> with <c>average="macro"</c>. Scores [N, C, ...] with Int64 labels [N, ...]; of equal scores the
/// lower class is taken.</remarks>
public sealed class MeanIntersectionOverUnion : ClassMetric
{
    private long[] _both = [];
    private long[] _either = [];

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            double[] present = [.. _both.Zip(_either).Where(c => c.Second > 0).Select(c => (double)c.First / c.Second)];
            return present.Length == 0 ? double.NaN : present.Average();
        }
    }

    /// <inheritdoc/>
    public override void Reset() => (_both, _either) = ([], []);

    private protected override void Count(ReadOnlySpan<double> scores, int label)
    {
        if (_both.Length < scores.Length)
        {
            Array.Resize(ref _both, scores.Length);
            Array.Resize(ref _either, scores.Length);
        }

        int taken = 0;
        for (int c = 1; c < scores.Length; c++)
        {
            taken = scores[c] > scores[taken] ? c : taken;
        }

        _either[label]++;
        if (taken == label)
        {
            _both[label]++;
        }
        else
        {
            _either[taken]++;
        }
    }
}
