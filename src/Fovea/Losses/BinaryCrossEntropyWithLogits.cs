namespace Fovea.Losses;

/// <summary>Cross entropy of independent yes-or-no predictions: -w y ln(p) - (1 - y) ln(1 - p) for each element, p = 1
/// / (1 + exp(-prediction)).</summary>
/// <remarks>Computed as (1 - y) x + (1 + (w - 1) y) ln(1 + exp(-x)), which neither overflows nor takes the logarithm of
/// 0. w is <see cref="PositiveWeight"/>.</remarks>
public sealed class BinaryCrossEntropyWithLogits : Loss
{
    /// <summary>Weight of the positive case, broadcast to the prediction's shape, e.g. [classes]; left out: 1. Above 1
    /// raises recall, below 1 precision.</summary>
    public Tensor? PositiveWeight { get; init; }

    /// <inheritdoc path="/*[not(self::param)]"/>
    /// <param name="prediction">Logits, any shape.</param>
    /// <param name="target">Probabilities 0 to 1 of the positive case, of the same shape.</param>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        RequireSameShape(prediction, target);
        Tensor softplus = (-prediction).Softplus(threshold: double.PositiveInfinity);
        if (PositiveWeight is not null)
        {
            if (Shape.Broadcast(PositiveWeight.Shape, prediction.Shape) != prediction.Shape)
            {
                throw new ShapeException(
                    $"{Name}: PositiveWeight must broadcast to the prediction's shape, got {PositiveWeight.Shape} and {prediction.Shape}."
                );
            }

            softplus *= ((PositiveWeight - 1.0) * target) + 1.0;
        }

        return Reduce(((1.0 - target) * prediction) + softplus);
    }
}
