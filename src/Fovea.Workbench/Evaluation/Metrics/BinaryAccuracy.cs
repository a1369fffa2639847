namespace Fovea.Workbench;

/// <summary>Fraction 0-1 of yes-or-no answers that are right, from logits; NaN without values.</summary>
/// <remarks>For several labels an item this is 1 less scikit-learn's <c>hamming_loss</c>. With <see cref="IsSubset"/> an
/// item counts where all its answers are right, as in scikit-learn's <c>accuracy_score</c> of several labels. Output:
/// logits [N, ...]; target: 0 or 1 in the same shape (above 0.5 is yes).</remarks>
/// <param name="threshold">Probability 0-1, exclusive: above it the answer is yes.</param>
/// <exception cref="ArgumentException"><paramref name="threshold"/> is not between 0 and 1.</exception>
public sealed class BinaryAccuracy(double threshold = 0.5) : OutputMetric
{
    private readonly double _logit = BinaryDecision.Logit(threshold);
    private long _right;
    private long _count;

    /// <summary>Whether items count, and only where all their answers are right; false unless set.</summary>
    public bool IsSubset { get; init; }

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override double Value => (double)_right / _count;

    /// <inheritdoc/>
    public override void Reset() => (_right, _count) = (0, 0);

    /// <inheritdoc/>
    protected override void Add(Tensor output, Tensor target)
    {
        RequireSameShape(output, target);
        double[] logits = output.ToArray<double>(),
            truth = target.ToArray<double>();
        int items = output.Shape[0],
            group = IsSubset && items > 0 ? logits.Length / items : 1;
        for (int start = 0; start < logits.Length; start += group)
        {
            int right = 0;
            for (int i = start; i < start + group; i++)
            {
                right += logits[i] > _logit == truth[i] > 0.5 ? 1 : 0;
            }

            _right += right == group ? 1 : 0;
            _count++;
        }
    }
}
