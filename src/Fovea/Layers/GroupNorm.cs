namespace Fovea;

/// <summary>Group normalization: in each image each group of neighbouring channels is brought to mean 0 and variance 1,
/// then each channel scaled and shifted.</summary>
/// <remarks>
/// Shapes: x [N, C] or [N, C, spatial...] -> y of the same shape. y = (x - mean) / sqrt(variance + epsilon) * weight +
/// bias, the variance divided by the count.
/// Training and evaluation are alike. First values: weight 1, bias 0. Wu, He 2018, https://arxiv.org/abs/1803.08494.
/// </remarks>
public sealed class GroupNorm : Module
{
    private readonly GroupNormalizationOperator _operator;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="groups">Groups, 1 or more; divides the channels.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="affine">Whether a weight and a bias are learned.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the groups do not divide the
    /// channels.</exception>
    public GroupNorm(int channels, int groups, double epsilon = 1e-5, bool affine = true)
    {
        BatchNorm.RequireOptions("GroupNorm", channels, epsilon, null);
        if (groups < 1 || channels % groups != 0)
        {
            throw new ArgumentException(
                $"GroupNorm: groups must divide the channels, got {groups} groups for {channels} channels.",
                nameof(groups)
            );
        }

        _operator = new GroupNormalizationOperator(new GroupNormAttributes(groups, channels, epsilon, affine))
        {
            Owner = this,
        };
        Weight = affine ? new Parameter([channels], new Constant(1.0), ParameterKind.Norm) : null;
        Bias = affine ? new Parameter([channels], new Constant(0.0), ParameterKind.Norm) : null;
    }

    /// <summary>Scale of each channel, [C]; null where none is learned.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift of each channel, [C]; null where none is learned.</summary>
    public Parameter? Bias { get; }

    /// <summary>Normalizes.</summary>
    /// <param name="x">[N, C] or [N, C, spatial...].</param>
    /// <exception cref="ShapeException">Axes or channels do not fit.</exception>
    public override Tensor Forward(Tensor x) =>
        Weight is not null && Bias is not null ? _operator.Apply(x, Weight, Bias) : _operator.Apply(x);
}
