namespace Fovea;

/// <summary>Batch normalization with the ReLU that follows it: relu(norm(x)), or relu(norm(x) + residual), written in
/// one pass. The same numbers as the separate layers.</summary>
/// <remarks>Backward computes the ReLU's mask anew from x, or with a residual reads it from the output: the ReLU costs
/// no pass over memory and no memory. Parameters and state are those of <see cref="BatchNorm"/>.</remarks>
public abstract class BatchNormRelu : BatchNorm
{
    private protected BatchNormRelu(
        string name,
        IReadOnlyDictionary<int, string> layouts,
        int channels,
        double epsilon,
        double? momentum,
        bool affine,
        bool trackRunningStats
    )
        : base(name, layouts, channels, epsilon, momentum, affine, trackRunningStats, relu: true) { }

    /// <summary>relu(norm(x) + residual): the end of a residual block.</summary>
    /// <param name="x">[N, C, spatial...], as the layer's name says.</param>
    /// <param name="residual">Of the shape of <paramref name="x"/>.</param>
    /// <exception cref="ShapeException">Axes, channels or the residual's shape do not fit, or a channel has a single
    /// value in training.</exception>
    public Tensor Forward(Tensor x, Tensor residual) => ForwardResidual(x, residual);
}

/// <summary>Batch normalization of [N, C] or [N, C, L] with the ReLU that follows it: see
/// <see cref="BatchNormRelu"/>.</summary>
/// <inheritdoc cref="BatchNormRelu" path="/remarks"/>
public sealed class BatchNormRelu1d : BatchNormRelu
{
    private static readonly Dictionary<int, string> Layouts = new() { [2] = "[N, C]", [3] = "[N, C, L]" };

    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNormRelu1d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base("BatchNormRelu1d", Layouts, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, H, W] with the ReLU that follows it: see
/// <see cref="BatchNormRelu"/>.</summary>
/// <inheritdoc cref="BatchNormRelu" path="/remarks"/>
public sealed class BatchNormRelu2d : BatchNormRelu
{
    private static readonly Dictionary<int, string> Layouts = new() { [4] = "[N, C, H, W]" };

    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNormRelu2d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base("BatchNormRelu2d", Layouts, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, D, H, W] with the ReLU that follows it: see
/// <see cref="BatchNormRelu"/>.</summary>
/// <inheritdoc cref="BatchNormRelu" path="/remarks"/>
public sealed class BatchNormRelu3d : BatchNormRelu
{
    private static readonly Dictionary<int, string> Layouts = new() { [5] = "[N, C, D, H, W]" };

    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNormRelu3d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base("BatchNormRelu3d", Layouts, channels, epsilon, momentum, affine, trackRunningStats) { }
}
