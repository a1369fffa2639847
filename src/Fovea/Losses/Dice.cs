using Fovea.Kernels;

namespace Fovea.Losses;

/// <summary>How little predicted and true regions overlap: 1 - (2 sum of p y + s) / (sum of p + sum of y + s) for each
/// item and class, the sums over positions, p = softmax(prediction) over classes.</summary>
/// <remarks>
/// <para>The soft Dice coefficient of Milletari, Navab, Ahmadi: V-Net, 3DV 2016, with sums in the denominator instead of
/// their sums of squares (Drozdzal et al.: The importance of skip connections in biomedical image segmentation, 2016).
/// Small regions weigh as much as large ones.</para>
/// <para>Prediction [N, C, ...]: logits, the class axis second, with two classes and one further axis or more. Target: Int64
/// labels [N, ...], or probabilities of the prediction's shape. The single losses are [N, C]. The smoothing s makes the
/// loss of a class that is neither there nor predicted 0 instead of 0 / 0.</para>
/// </remarks>
/// <param name="smoothing">s, above 0.</param>
/// <exception cref="ArgumentException"><paramref name="smoothing"/> is not above 0.</exception>
public sealed class Dice(double smoothing = 1.0) : Loss
{
    /// <summary>What is added above and below the fraction.</summary>
    public double Smoothing { get; } = ActivationOption.Positive("Dice", "smoothing", smoothing);

    /// <summary>A label whose positions count for nothing, e.g. 255 for borders; left out: none. For targets that are
    /// labels.</summary>
    public long? IgnoredLabel { get; init; }

    /// <inheritdoc path="/*[not(self::param)]"/>
    /// <param name="prediction">Logits, [N, C, ...].</param>
    /// <param name="target">Int64 labels 0 to C - 1, of the prediction's shape without the class axis; or
    /// probabilities, of its shape.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (prediction.Rank < 3 || prediction.Shape[1] < 2)
        {
            throw new ShapeException(
                $"{Name}: prediction must be [items, classes, ...] with two classes or more and an axis of positions, got {prediction.Shape}."
            );
        }

        Tensor probabilities = prediction.Softmax(1);
        Tensor truth = target;
        if (target.DType == DType.Int64)
        {
            RequireLabels(prediction, target);
            truth = Labels(prediction, target);
            if (IgnoredLabel is { } ignored)
            {
                Tensor counts = target.NotEqualTo(ignored).Unsqueeze(1).To(prediction.DType);
                (probabilities, truth) = (probabilities * counts, truth * counts);
            }
        }
        else
        {
            RequireSameShape(prediction, target);
        }

        int[] positions = [.. Enumerable.Range(2, prediction.Rank - 2)];
        Tensor both = (probabilities * truth).Sum(positions),
            total = probabilities.Sum(positions) + truth.Sum(positions);
        return Reduce(1.0 - (((2.0 * both) + Smoothing) / (total + Smoothing)));
    }

    /// <inheritdoc/>
    /// <returns>Items times classes, of the mean; the number of items, of the mean over samples.</returns>
    public override double? Divisor(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return Reduction == LossReduction.Mean
            ? (double)prediction.Shape[0] * prediction.Shape[1]
            : base.Divisor(prediction, target);
    }

    /// <summary>1 where a position has a class, else 0, in the prediction's shape; 0 for all classes where the label is
    /// none of them.</summary>
    private static Tensor Labels(Tensor prediction, Tensor target)
    {
        int[] axis = [.. Enumerable.Repeat(1, prediction.Rank - 1)];
        axis[0] = prediction.Shape[1];
        return target.Unsqueeze(1).EqualTo(Tensor.Arange(axis[0], DType.Int64).Reshape(axis)).To(prediction.DType);
    }

    private void RequireLabels(Tensor prediction, Tensor target)
    {
        if (!target.Shape.SequenceEqual(prediction.Shape.Where((_, axis) => axis != 1)))
        {
            throw new ShapeException(
                $"{Name}: labels must have the prediction's shape without its class axis, got {target.Shape} and {prediction.Shape}."
            );
        }

        if (!target.HasStorage)
        {
            return;
        }

        ReadOnlySpan<long> labels = target.AsReadOnlySpan<long>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != IgnoredLabel && (labels[i] < 0 || labels[i] >= prediction.Shape[1]))
            {
                throw new ArgumentException(
                    $"{Name}: labels must be 0 to {prediction.Shape[1] - 1}, got {labels[i]} at {i}. Set IgnoredLabel where it marks positions that do not count."
                );
            }
        }
    }
}
