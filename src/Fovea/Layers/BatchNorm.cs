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
    private static readonly Dictionary<int, string> AnyLayout = Enumerable
        .Range(2, 7)
        .ToDictionary(r => r, r => r == 2 ? "[N, C]" : "[N, C, spatial...]");

    private readonly BatchNormOptions _options;
    private readonly BatchNormalization _train;
    private readonly BatchNormalization _eval;
    private readonly BatchNormalization? _trainResidual;
    private readonly BatchNormalization? _evalResidual;

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
        : this("BatchNorm", AnyLayout, channels, epsilon, momentum, affine, trackRunningStats, relu: false) { }

    private protected BatchNorm(
        string name,
        IReadOnlyDictionary<int, string> layouts,
        int channels,
        double epsilon,
        double? momentum,
        bool affine,
        bool trackRunningStats,
        bool relu
    )
    {
        RequireOptions(name, channels, epsilon, momentum);
        _options = new BatchNormOptions(name, channels, layouts, epsilon, momentum, affine, trackRunningStats, relu);
        _train = new BatchNormalization(_options, training: true) { Owner = this };
        _eval = new BatchNormalization(_options, training: false) { Owner = this };
        if (relu)
        {
            _trainResidual = new BatchNormalization(_options with { Residual = true }, training: true) { Owner = this };
            _evalResidual = new BatchNormalization(_options with { Residual = true }, training: false) { Owner = this };
        }

        Weight = affine ? new Parameter([channels], new Constant(1.0), ParameterKind.Norm) : null;
        Bias = affine ? new Parameter([channels], new Constant(0.0), ParameterKind.Norm) : null;
        RunningMean = trackRunningStats ? new StateBuffer([channels], 0f) : null;
        RunningVar = trackRunningStats ? new StateBuffer([channels], 1f) : null;
        NumBatchesTracked = trackRunningStats ? new StateBuffer([], 0f) { IsDiscrete = true } : null;
    }

    /// <summary>Scale of each channel, [C]; null where none is learned.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift of each channel, [C]; null where none is learned.</summary>
    public Parameter? Bias { get; }

    /// <summary>Running mean, [C]; null where none is kept.</summary>
    public StateBuffer? RunningMean { get; }

    /// <summary>Running variance, unbiased, [C]; null where none is kept.</summary>
    public StateBuffer? RunningVar { get; }

    /// <summary>Batches seen in training, a scalar; null where running statistics are not kept.</summary>
    public StateBuffer? NumBatchesTracked { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon => _options.Epsilon;

    /// <summary>Normalizes.</summary>
    /// <param name="x">[N, C] or [N, C, spatial...], as the layer's name says.</param>
    /// <exception cref="ShapeException">Axes or channels do not fit, or a channel has a single value in
    /// training.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (_trainResidual is not null && GraphTracer.Current is not null)
        {
            return new Elementwise<ReluFunction>("ReLU", default) { IsRecomputed = true }.Apply(Plain(x));
        }

        return (IsTraining ? _train : _eval).Apply(Inputs(x));
    }

    /// <inheritdoc/>
    protected internal override void ResetState(Rng rng)
    {
        RunningMean?.Reset();
        RunningVar?.Reset();
        NumBatchesTracked?.Reset();
    }

    /// <summary>relu(normalized x + residual), in one pass.</summary>
    private protected Tensor ForwardResidual(Tensor x, Tensor residual) =>
        GraphTracer.Current is null
            ? (IsTraining ? _trainResidual! : _evalResidual!).Apply([.. Inputs(x), residual])
            : (Plain(x) + residual).Relu();

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

    /// <summary>The normalization alone: a graph shows normalization, sum and ReLU as what they are, whatever runs them
    /// in one pass.</summary>
    private Tensor Plain(Tensor x)
    {
        BatchNormOptions plain = _options with
        {
            Name = _options.Name.Replace("Relu", "", StringComparison.Ordinal),
            Relu = false,
        };
        return new BatchNormalization(plain, IsTraining) { Owner = this }.Apply(Inputs(x));
    }

    private Tensor[] Inputs(Tensor x)
    {
        List<Tensor> inputs = [x];
        if (Weight is not null && Bias is not null)
        {
            inputs.AddRange([Weight, Bias]);
        }

        if (RunningMean is not null && RunningVar is not null && NumBatchesTracked is not null)
        {
            inputs.AddRange([RunningMean, RunningVar, NumBatchesTracked]);
        }

        return [.. inputs];
    }
}
