using System.Globalization;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Batch normalization: each channel is brought to mean 0 and variance 1 over the batch and all positions,
/// then scaled and shifted by learned numbers.</summary>
/// <remarks>
/// <para>Shapes: x [N, C] or [N, C, spatial...] -> y of the same shape. y = (x - mean) / sqrt(variance + epsilon) *
/// weight + bias, by channel.</para>
/// <para>In training the statistics are the batch's (variance divided by the count), and the running statistics move
/// towards them
/// (variance divided by the count less 1): running = (1 - momentum) * running + momentum * batch. In evaluation the
/// running statistics are used. As in PyTorch.
/// First values: weight 1, bias 0, running mean 0, running variance 1.</para>
/// <para>An empty batch gives an empty output and changes nothing. Ioffe, Szegedy 2015,
/// https://arxiv.org/abs/1502.03167.</para>
/// </remarks>
public class BatchNorm : Module
{
    private readonly BatchNormAttributes _options;
    private readonly BatchNormalization _train;
    private readonly BatchNormalization _eval;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics, 0 to 1; null averages all batches
    /// alike.</param>
    /// <param name="affine">Whether a weight and a bias are learned.</param>
    /// <param name="trackRunningStats">Whether running statistics are kept; without them evaluation uses the batch
    /// too.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public BatchNorm(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : this(null, channels, epsilon, momentum, affine, trackRunningStats) { }

    private protected BatchNorm(
        int? dims,
        int channels,
        double epsilon,
        double? momentum,
        bool affine,
        bool trackRunningStats
    )
    {
        _options = new BatchNormAttributes(dims, channels, epsilon, momentum, affine, trackRunningStats);
        RequireOptions(_options.Name, channels, epsilon, momentum);
        _train = new BatchNormalization(_options with { Training = true }) { Owner = this };
        _eval = new BatchNormalization(_options) { Owner = this };
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

    /// <summary>Running variance, unbiased, [C]; null where none is kept.</summary>
    [NamedAs("running_var")]
    public StateBuffer? RunningVariance { get; }

    /// <summary>Batches seen in training, a scalar; null where running statistics are not kept.</summary>
    public StateBuffer? NumBatchesTracked { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon => _options.Epsilon;

    /// <summary>Weight of the newest batch in the running statistics, 0 to 1; null where they average all batches.</summary>
    public double? Momentum => _options.Momentum;

    /// <summary>Normalizes.</summary>
    /// <param name="x">[N, C] or [N, C, spatial...], as the layer's name says.</param>
    /// <exception cref="ShapeException">Axes or channels do not fit, or a channel has a single value in
    /// training.</exception>
    public override Tensor Forward(Tensor x) => Normalize(IsTraining ? _train : _eval, Inputs(x));

    /// <inheritdoc/>
    protected internal override void ResetState(Rng rng)
    {
        RunningMean?.Reset();
        RunningVariance?.Reset();
        NumBatchesTracked?.Reset();
    }

    /// <summary>Options of the operator.</summary>
    private protected BatchNormAttributes Options => _options;

    /// <summary>Applies an operator, and takes over the running statistics that it gives.</summary>
    private protected Tensor Normalize(BatchNormalization normalization, Tensor[] inputs)
    {
        Tensor?[] outputs = normalization.ApplyTo(inputs, null);
        RunningStatistics.Update(outputs, RunningMean, RunningVariance, NumBatchesTracked);
        return outputs[0]!;
    }

    /// <summary>What the operator reads.</summary>
    private protected Tensor[] Inputs(Tensor x) =>
        [
            x,
            .. Weight is not null && Bias is not null ? [Weight, Bias] : Array.Empty<Tensor>(),
            .. RunningMean is not null && RunningVariance is not null && NumBatchesTracked is not null
                ? [RunningMean, RunningVariance, NumBatchesTracked]
                : Array.Empty<Tensor>(),
        ];

    /// <summary>Checks what all normalizations with running statistics have in common.</summary>
    internal static void RequireOptions(string name, int channels, double epsilon, double? momentum)
    {
        string? wrong =
            channels < 1 ? $"channels must be 1 or more, got {channels}"
            : !(epsilon > 0.0) ? string.Create(CultureInfo.InvariantCulture, $"epsilon must be above 0, got {epsilon}")
            : momentum is { } m && !(m is >= 0.0 and <= 1.0)
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"momentum must be 0 to 1, got {m}. It is the weight of the newest batch"
                )
            : null;
        if (wrong is not null)
        {
            throw new ArgumentException($"{name}: {wrong}.");
        }
    }
}
