using System.Globalization;

namespace Fovea;

/// <summary>Layer normalization: the last axes together are brought to mean 0 and variance 1, then each place scaled
/// and shifted.</summary>
/// <remarks>
/// Shapes: x [..., normalized shape] -> y of the same shape. y = (x - mean) / sqrt(variance + epsilon) * weight + bias,
/// the variance divided by the count.
/// Training and evaluation are alike. First values: weight 1, bias 0. Ba, Kiros, Hinton 2016,
/// https://arxiv.org/abs/1607.06450.
/// </remarks>
public sealed class LayerNorm : Module
{
    private readonly LayerNormalizationOperator _operator;

    /// <summary>Creates the layer.</summary>
    /// <param name="normalizedShape">The sizes of the last axes, e.g. <c>[64]</c> or <c>[16, 8, 8]</c>; at least one
    /// axis, each 1 or more.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="affine">Whether a weight and a bias are learned.</param>
    /// <exception cref="ArgumentException">The shape has no axis or a size 0, or epsilon is not above 0.</exception>
    public LayerNorm(Shape normalizedShape, double epsilon = 1e-5, bool affine = true)
    {
        if (normalizedShape.Rank == 0 || normalizedShape.Count is 0 or > int.MaxValue)
        {
            throw new ArgumentException(
                $"LayerNorm: the normalized shape must have at least one axis and 1 to 2^31 - 1 elements, got {normalizedShape}.",
                nameof(normalizedShape)
            );
        }

        if (!(epsilon > 0.0))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"LayerNorm: epsilon must be above 0, got {epsilon}."),
                nameof(epsilon)
            );
        }

        _operator = new LayerNormalizationOperator(normalizedShape, epsilon, affine) { Owner = this };
        Weight = affine ? new Parameter(normalizedShape, new Constant(1.0), ParameterKind.Norm) : null;
        Bias = affine ? new Parameter(normalizedShape, new Constant(0.0), ParameterKind.Norm) : null;
    }

    /// <summary>Scale of each place, of the normalized shape; null where none is learned.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift of each place, of the normalized shape; null where none is learned.</summary>
    public Parameter? Bias { get; }

    /// <summary>Normalizes.</summary>
    /// <param name="x">[..., normalized shape].</param>
    /// <exception cref="ShapeException">The last axes are not the normalized shape.</exception>
    public override Tensor Forward(Tensor x) =>
        Weight is not null && Bias is not null ? _operator.Apply(x, Weight, Bias) : _operator.Apply(x);
}
