using System.Globalization;

namespace Fovea.Losses;

/// <summary>Cross entropy of a choice among classes: -sum over classes of target ln(softmax(prediction)), for each
/// position.</summary>
/// <remarks>
/// <para>Prediction [N, C, ...] (or [C]): logits, the class axis second. Target: Int64 labels [N, ...], or
/// probabilities of the prediction's shape.</para>
/// <para>With smoothing s the target t becomes (1 - s) t + s / C (Szegedy et al.: Rethinking the Inception
/// architecture, CVPR 2016); class weights multiply it.
/// <see cref="LossReduction.Mean"/> divides by the total weight of the labels, or by the number of positions where
/// targets are probabilities, as PyTorch does.
/// Softmax and logarithm are one step, forward and backward.</para>
/// </remarks>
public sealed class CrossEntropy : Loss
{
    /// <summary>Creates the loss.</summary>
    /// <param name="labelSmoothing">Share of the target spread evenly over all classes, 0 to 1.</param>
    /// <exception cref="ArgumentException"><paramref name="labelSmoothing"/> is not within 0 to 1.</exception>
    public CrossEntropy(double labelSmoothing = 0.0)
    {
        if (!(labelSmoothing is >= 0.0 and <= 1.0))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"CrossEntropy: labelSmoothing must be 0 to 1, got {labelSmoothing}."
                ),
                nameof(labelSmoothing)
            );
        }

        LabelSmoothing = labelSmoothing;
    }

    /// <summary>Share of the target spread evenly over all classes.</summary>
    public double LabelSmoothing { get; }

    /// <summary>A weight for each class, [C]; left out: 1 each.</summary>
    public Tensor? ClassWeights { get; init; }

    /// <summary>A label whose positions count for nothing, e.g. 255 for borders in segmentation; left out:
    /// none.</summary>
    public long? IgnoredLabel { get; init; }

    /// <inheritdoc path="/*[not(self::param)]"/>
    /// <param name="prediction">Logits, [N, C, ...] or [C].</param>
    /// <param name="target">Int64 labels 0 to C - 1, of the prediction's shape without the class axis; or
    /// probabilities, of its shape.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">A label is out of range; the message names index and value.</exception>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        ClassTargetOptions options = new(LabelSmoothing, IgnoredLabel, target.DType == DType.Int64);
        CrossEntropyOperator op = new(options);
        Tensor losses = ClassWeights is null
            ? op.Apply(prediction, target)
            : op.Apply(
                prediction,
                target,
                ClassWeights.DType == prediction.DType ? ClassWeights : ClassWeights.To(prediction.DType)
            );
        if (Reduction != LossReduction.Mean || !options.AreLabels || (ClassWeights is null && IgnoredLabel is null))
        {
            return Reduce(losses);
        }

        LabelWeight total = new(IgnoredLabel, prediction.DType);
        return losses.Sum() / (ClassWeights is null ? total.Apply(target) : total.Apply(target, ClassWeights));
    }

    /// <inheritdoc/>
    /// <returns>The total weight of the labels, where there are class weights or an ignored label; else the number of
    /// positions. Of the mean over samples, the size of the first axis.</returns>
    public override double? Divisor(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        return Reduction != LossReduction.Mean ? (prediction.Rank == 1 ? null : base.Divisor(prediction, target))
            : IsWeighted(target) ? LabelWeight.Total(target, ClassWeights, IgnoredLabel)
            : target.DType == DType.Int64 ? target.Count
            : target.Count / (double)target.Shape[target.Rank == 1 ? 0 : 1];
    }

    /// <summary>Whether the mean divides by weights rather than by positions.</summary>
    private bool IsWeighted(Tensor target) =>
        Reduction == LossReduction.Mean
        && target.DType == DType.Int64
        && (ClassWeights is not null || IgnoredLabel is not null);
}
