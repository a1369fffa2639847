namespace Fovea.Workbench;

/// <summary>How figures of single labels become one.</summary>
public enum LabelAverage
{
    /// <summary>The mean of the labels' figures: each label weighs the same.</summary>
    Macro,

    /// <summary>The figure of all labels' counts together: each answer weighs the same.</summary>
    Micro,
}

/// <summary>F1 of several yes-or-no labels an item, from logits: 2 TP / (2 TP + FP + FN), 0-1. TP are the labels rightly
/// found, FP those wrongly found, FN those missed.</summary>
/// <remarks>scikit-learn's <c>f1_score</c>: a label that is neither there nor found has 0 / 0, which counts as 0 as there
/// (<c>zero_division</c>). NaN before the first batch. Output: logits [N, L] or [N, L, ...], the label axis second, or
/// [N] for one label; target: 0 or 1 in the same shape (above 0.5 is yes).</remarks>
/// <param name="average">How labels become one figure.</param>
/// <param name="threshold">Probability 0-1, exclusive: above it a label is found.</param>
/// <exception cref="ArgumentException"><paramref name="threshold"/> is not between 0 and 1.</exception>
public sealed class F1(LabelAverage average = LabelAverage.Macro, double threshold = 0.5) : OutputMetric
{
    private readonly double _logit = BinaryDecision.Logit(threshold);
    private long[] _hits = [];
    private long[] _misses = []; // FP + FN

    /// <summary>How labels become one figure.</summary>
    public LabelAverage Average => average;

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override double Value =>
        _hits.Length == 0 ? double.NaN
        : average == LabelAverage.Micro ? Of(_hits.Sum(), _misses.Sum())
        : _hits.Zip(_misses, Of).Average();

    /// <inheritdoc/>
    public override void Reset() => (_hits, _misses) = ([], []);

    /// <inheritdoc/>
    protected override void Add(Tensor output, Tensor target)
    {
        RequireSameShape(output, target);
        int labels = output.Rank == 1 ? 1 : output.Shape[1],
            positions = output.Rank <= 2 ? 1 : output.Shape.Skip(2).Aggregate(1, (product, size) => product * size);
        if (_hits.Length == 0)
        {
            (_hits, _misses) = (new long[labels], new long[labels]);
        }
        else if (_hits.Length != labels)
        {
            throw new ShapeException($"{Name}: the batches before had {_hits.Length} labels, got {output.Shape}.");
        }

        double[] logits = output.ToArray<double>(),
            truth = target.ToArray<double>();
        for (int i = 0; i < logits.Length; i++)
        {
            int label = i / positions % labels;
            bool found = logits[i] > _logit,
                isThere = truth[i] > 0.5;
            _hits[label] += found && isThere ? 1 : 0;
            _misses[label] += found != isThere ? 1 : 0;
        }
    }

    private static double Of(long hits, long misses) => hits == 0 ? 0 : 2.0 * hits / ((2.0 * hits) + misses);
}
