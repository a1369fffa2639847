using System.Globalization;

namespace Fovea.Losses;

/// <summary>Binary cross entropy that turns away from what is already right: -a (1 - p)^gamma ln(p), p being the
/// probability given to the true case, for each element.</summary>
/// <remarks>
/// Lin, Goyal, Girshick, He, Dollár: Focal loss for dense object detection, ICCV 2017. p = 1 / (1 + exp(-prediction))
/// where the target is 1, its complement where it is 0;
/// a is alpha and 1 - alpha. For targets between 0 and 1 the two cases are mixed in that proportion. Computed from ln(1
/// + exp(±x)), so nothing overflows.
/// </remarks>
public sealed class Focal : Loss
{
    /// <summary>Creates the loss.</summary>
    /// <param name="gamma">How strongly easy cases are faded out, 0 or more; 0 gives binary cross entropy.</param>
    /// <param name="alpha">Weight of the positive case, 0 to 1; null for none (both cases weigh 1).</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Focal(double gamma = 2.0, double? alpha = 0.25)
    {
        if (!(gamma >= 0.0 && double.IsFinite(gamma)))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Focal: gamma must be 0 or more, got {gamma}."),
                nameof(gamma)
            );
        }

        if (alpha is { } a && !(a is >= 0.0 and <= 1.0))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Focal: alpha must be 0 to 1, got {a}."),
                nameof(alpha)
            );
        }

        Gamma = gamma;
        Alpha = alpha;
    }

    /// <summary>How strongly easy cases are faded out.</summary>
    public double Gamma { get; }

    /// <summary>Weight of the positive case; null for none.</summary>
    public double? Alpha { get; }

    /// <inheritdoc path="/*[not(self::param)]"/>
    /// <param name="prediction">Logits, any shape.</param>
    /// <param name="target">Probabilities 0 to 1 of the positive case, of the same shape.</param>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        RequireSameShape(prediction, target);
        Tensor ifNegative = prediction.Softplus(threshold: double.PositiveInfinity);
        Tensor ifPositive = (-prediction).Softplus(threshold: double.PositiveInfinity);
        Tensor positive = (ifNegative * -Gamma).Exp() * ifPositive * (Alpha ?? 1.0);
        Tensor negative = (ifPositive * -Gamma).Exp() * ifNegative * (1.0 - Alpha ?? 1.0);
        return Reduce((target * positive) + ((1.0 - target) * negative));
    }
}
