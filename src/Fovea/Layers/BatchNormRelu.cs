using Fovea.Kernels;

namespace Fovea;

/// <summary>Batch normalization with the ReLU that follows it: relu(norm(x)), or relu(norm(x) + residual), written in
/// one pass. The same numbers as the separate layers, to the bit.</summary>
/// <remarks>Backward computes the ReLU's mask anew from x, or with a residual reads it from the output: the ReLU costs
/// no pass over memory and no memory. Parameters and state are those of <see cref="BatchNorm"/>. In a trace the operators are
/// those of the separate layers.</remarks>
internal abstract class BatchNormRelu : BatchNorm
{
    private readonly BatchNormAttributes _fused;
    private readonly BatchNormAttributes _residual;

    private protected BatchNormRelu(
        int dims,
        int channels,
        double epsilon,
        double? momentum,
        bool affine,
        bool trackRunningStats
    )
        : base(dims, channels, epsilon, momentum, affine, trackRunningStats)
    {
        _fused = Options with { Relu = true };
        _residual = _fused with { Residual = true };
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        GraphTracer.Current is null
            ? Normalize(new BatchNormalization(_fused with { Training = IsTraining }) { Owner = this }, Inputs(x))
            : new Elementwise<ReluFunction>("ReLU", default) { IsRecomputed = true }.Apply(base.Forward(x));

    /// <summary>relu(norm(x) + residual): the end of a residual block.</summary>
    /// <param name="x">[N, C, spatial...], as the layer's name says.</param>
    /// <param name="residual">Of the shape of <paramref name="x"/>.</param>
    /// <exception cref="ShapeException">Axes, channels or the residual's shape do not fit, or a channel has a single
    /// value in training.</exception>
    public Tensor Forward(Tensor x, Tensor residual) =>
        GraphTracer.Current is null
            ? Normalize(
                new BatchNormalization(_residual with { Training = IsTraining }) { Owner = this },
                [.. Inputs(x), residual]
            )
            : (base.Forward(x) + residual).Relu();
}

/// <summary>Batch normalization of [N, C] or [N, C, L] with the ReLU that follows it: see
/// <see cref="BatchNormRelu"/>.</summary>
/// <inheritdoc cref="BatchNormRelu" path="/remarks"/>
internal sealed class BatchNormRelu1d : BatchNormRelu
{
    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNormRelu1d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base(1, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, H, W] with the ReLU that follows it: see
/// <see cref="BatchNormRelu"/>.</summary>
/// <inheritdoc cref="BatchNormRelu" path="/remarks"/>
internal sealed class BatchNormRelu2d : BatchNormRelu
{
    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNormRelu2d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base(2, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, D, H, W] with the ReLU that follows it: see
/// <see cref="BatchNormRelu"/>.</summary>
/// <inheritdoc cref="BatchNormRelu" path="/remarks"/>
internal sealed class BatchNormRelu3d : BatchNormRelu
{
    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNormRelu3d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base(3, channels, epsilon, momentum, affine, trackRunningStats) { }
}
