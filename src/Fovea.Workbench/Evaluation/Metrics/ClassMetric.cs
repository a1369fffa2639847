namespace Fovea.Workbench;

/// <summary>A metric of a choice among classes, at each position: scores [N, C, ...] with Int64 labels [N, ...].</summary>
public abstract class ClassMetric : OutputMetric
{
    /// <summary>A label whose positions count for nothing, e.g. 255 for borders in segmentation; left out:
    /// none.</summary>
    public long? IgnoredLabel { get; init; }

    /// <inheritdoc/>
    public sealed override bool HigherIsBetter => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A label is none of the classes.</exception>
    protected sealed override void Add(Tensor output, Tensor target)
    {
        if (
            output.Rank < 2
            || target.DType != DType.Int64
            || !target.Shape.SequenceEqual(output.Shape.Where((_, axis) => axis != 1))
        )
        {
            throw new ShapeException(
                $"{Name}: needs scores [items, classes, ...] and Int64 labels [items, ...], got {output.Shape} and {target.DType} {target.Shape}."
            );
        }

        int classes = output.Shape[1],
            positions = output.Shape.Skip(2).Aggregate(1, (product, size) => product * size);
        double[] all = output.ToArray<double>(),
            scores = new double[classes];
        long[] labels = target.ToArray<long>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == IgnoredLabel)
            {
                continue;
            }

            if (labels[i] < 0 || labels[i] >= classes)
            {
                throw new ArgumentException(
                    $"{Name}: labels must be 0 to {classes - 1}, one of the {classes} scores, got {labels[i]}. Set IgnoredLabel where it marks positions that do not count."
                );
            }

            int first = (i / positions * positions * classes) + (i % positions);
            for (int c = 0; c < classes; c++)
            {
                scores[c] = all[first + (c * positions)];
            }

            Count(scores, (int)labels[i]);
        }
    }

    /// <summary>Adds a position.</summary>
    /// <param name="scores">The scores of its classes.</param>
    /// <param name="label">Its class.</param>
    private protected abstract void Count(ReadOnlySpan<double> scores, int label);

    /// <summary>Number of classes placed before a class: higher scores, and equal ones of a lower number.</summary>
    private protected static int Rank(ReadOnlySpan<double> scores, int label)
    {
        int before = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            // What is not a number comes before everything: such a position is never right.
            before += !(scores[c] <= scores[label]) || (scores[c] == scores[label] && c < label) ? 1 : 0;
        }

        return before;
    }
}
