namespace Fovea.Workbench;

/// <summary>Fraction 0-1 of positions whose highest score is that of their label; NaN without any.</summary>
/// <remarks>Pixel accuracy of Long, Shelhamer, Darrell: Fully convolutional networks for semantic segmentation, CVPR 2015,
/// section 5. Scores [N, C, ...] with Int64 labels [N, ...]; of equal scores the lower class is taken.</remarks>
public sealed class PixelAccuracy : ClassMetric
{
    private long _right;
    private long _positions;

    /// <inheritdoc/>
    public override double Value => (double)_right / _positions;

    /// <inheritdoc/>
    public override void Reset() => (_right, _positions) = (0, 0);

    private protected override void Count(ReadOnlySpan<double> scores, int label)
    {
        _right += Rank(scores, label) == 0 ? 1 : 0;
        _positions++;
    }
}
