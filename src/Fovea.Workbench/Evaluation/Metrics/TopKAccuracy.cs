namespace Fovea.Workbench;

/// <summary>Fraction 0-1 of positions whose label is among the <see cref="K"/> highest scores; NaN without
/// any.</summary>
/// <remarks>scikit-learn's <c>top_k_accuracy_score</c>. Of equal scores the lower class comes first, as in the accuracy of
/// labelled items; there the higher one does. Scores [N, C] with Int64 labels [N], or [N, C, ...] with [N, ...].</remarks>
public sealed class TopKAccuracy : ClassMetric
{
    private long _right;
    private long _positions;

    /// <summary>Creates the metric, called e.g. <c>Top5Accuracy</c>.</summary>
    /// <param name="k">How many of the highest scores count, 1 or more; from the number of classes on, all do.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below 1.</exception>
    public TopKAccuracy(int k = 5)
    {
        K =
            k >= 1
                ? k
                : throw new ArgumentOutOfRangeException(nameof(k), $"TopKAccuracy: k must be 1 or more, got {k}.");
        Name = $"Top{k}Accuracy";
    }

    /// <summary>How many of the highest scores count.</summary>
    public int K { get; }

    /// <inheritdoc/>
    public override double Value => (double)_right / _positions;

    /// <inheritdoc/>
    public override void Reset() => (_right, _positions) = (0, 0);

    private protected override void Count(ReadOnlySpan<double> scores, int label)
    {
        _right += Rank(scores, label) < K ? 1 : 0;
        _positions++;
    }
}
