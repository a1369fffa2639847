namespace Fovea;

/// <summary>Instance normalization: each channel of each image is brought to mean 0 and variance 1 by itself. Use
/// InstanceNorm1d, InstanceNorm2d or InstanceNorm3d.</summary>
/// <remarks>
/// Shapes: x [N, C, spatial...] -> y of the same shape. y = (x - mean) / sqrt(variance + epsilon) * weight + bias, the
/// variance divided by the count.
/// With running statistics, training moves them towards the mean over the batch of the images' means and unbiased
/// variances, and evaluation uses them. As in PyTorch.
/// Ulyanov, Vedaldi, Lempitsky 2016, https://arxiv.org/abs/1607.08022.
/// </remarks>
public abstract class InstanceNorm : Module
{
    private readonly GroupNormalizationOperator _own;
    private readonly BatchNormalization? _running;

    private protected InstanceNorm(
        int dims,
        int channels,
        double epsilon,
        double? momentum,
        bool affine,
        bool trackRunningStats
    )
    {
        BatchNormAttributes attributes = new(
            dims,
            channels,
            epsilon,
            trackRunningStats ? momentum : 0.1,
            affine,
            trackRunningStats
        )
        {
            IsInstance = true,
            Training = true,
        };
        BatchNorm.RequireOptions(attributes.Name, channels, epsilon, momentum);
        _own = new GroupNormalizationOperator(attributes) { Owner = this };
        _running = trackRunningStats
            ? new BatchNormalization(attributes with { Training = false }) { Owner = this }
            : null;
        Weight = affine ? new Parameter([channels], new Constant(1.0), ParameterKind.Norm) : null;
        Bias = affine ? new Parameter([channels], new Constant(0.0), ParameterKind.Norm) : null;
        RunningMean = trackRunningStats ? new StateBuffer([channels], 0f) : null;
        RunningVariance = trackRunningStats ? new StateBuffer([channels], 1f) : null;
        NumBatchesTracked = trackRunningStats ? new StateBuffer([], 0f) { IsDiscrete = true } : null;
    }

    /// <summary>Scale of each channel, [C]; null where none is learned.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift of each channel, [C]; null where none is learned.</summary>
    public Parameter? Bias { get; }

    /// <summary>Running mean, [C]; null where none is kept.</summary>
    public StateBuffer? RunningMean { get; }

    /// <summary>Running variance, [C]; null where none is kept.</summary>
    [NamedAs("running_var")]
    public StateBuffer? RunningVariance { get; }

    /// <summary>Batches seen in training, a scalar; null where running statistics are not kept.</summary>
    public StateBuffer? NumBatchesTracked { get; }

    /// <summary>Normalizes.</summary>
    /// <param name="x">[N, C, spatial...], as the layer's name says.</param>
    /// <exception cref="ShapeException">Axes or channels do not fit, or a channel has a single spatial
    /// value.</exception>
    public override Tensor Forward(Tensor x)
    {
        Tensor[] affine = Weight is not null && Bias is not null ? [Weight, Bias] : [];
        Tensor[] running =
            RunningMean is not null && RunningVariance is not null && NumBatchesTracked is not null
                ? [RunningMean, RunningVariance, NumBatchesTracked]
                : [];
        Operator normalization = _running is not null && !IsTraining ? _running : _own;
        Tensor?[] outputs = normalization.ApplyTo([x, .. affine, .. running], null);
        RunningStatistics.Update(outputs, RunningMean, RunningVariance, NumBatchesTracked);
        return outputs[0]!;
    }

    /// <inheritdoc/>
    protected internal override void ResetState(Rng rng)
    {
        RunningMean?.Reset();
        RunningVariance?.Reset();
        NumBatchesTracked?.Reset();
    }
}

/// <summary>Instance normalization of [N, C, L]: see <see cref="InstanceNorm"/>.</summary>
/// <inheritdoc cref="InstanceNorm" path="/remarks"/>
public sealed class InstanceNorm1d : InstanceNorm
{
    /// <summary>Creates the layer.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics, 0 to 1; null averages all batches
    /// alike.</param>
    /// <param name="affine">Whether a weight and a bias are learned.</param>
    /// <param name="trackRunningStats">Whether running statistics are kept and used in evaluation.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public InstanceNorm1d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = false,
        bool trackRunningStats = false
    )
        : base(1, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Instance normalization of [N, C, H, W]: see <see cref="InstanceNorm"/>.</summary>
/// <inheritdoc cref="InstanceNorm" path="/remarks"/>
public sealed class InstanceNorm2d : InstanceNorm
{
    /// <summary>Creates the layer.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics, 0 to 1; null averages all batches
    /// alike.</param>
    /// <param name="affine">Whether a weight and a bias are learned.</param>
    /// <param name="trackRunningStats">Whether running statistics are kept and used in evaluation.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public InstanceNorm2d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = false,
        bool trackRunningStats = false
    )
        : base(2, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Instance normalization of [N, C, D, H, W]: see <see cref="InstanceNorm"/>.</summary>
/// <inheritdoc cref="InstanceNorm" path="/remarks"/>
public sealed class InstanceNorm3d : InstanceNorm
{
    /// <summary>Creates the layer.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics, 0 to 1; null averages all batches
    /// alike.</param>
    /// <param name="affine">Whether a weight and a bias are learned.</param>
    /// <param name="trackRunningStats">Whether running statistics are kept and used in evaluation.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public InstanceNorm3d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = false,
        bool trackRunningStats = false
    )
        : base(3, channels, epsilon, momentum, affine, trackRunningStats) { }
}
