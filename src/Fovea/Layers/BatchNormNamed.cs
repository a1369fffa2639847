namespace Fovea;

/// <summary>Batch normalization of [N, C] or [N, C, L]: see <see cref="BatchNorm"/>.</summary>
/// <inheritdoc cref="BatchNorm" path="/remarks"/>
public sealed class BatchNorm1d : BatchNorm
{
    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNorm1d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base(1, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, H, W]: see <see cref="BatchNorm"/>.</summary>
/// <inheritdoc cref="BatchNorm" path="/remarks"/>
public sealed class BatchNorm2d : BatchNorm
{
    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNorm2d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base(2, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, D, H, W]: see <see cref="BatchNorm"/>.</summary>
/// <inheritdoc cref="BatchNorm" path="/remarks"/>
public sealed class BatchNorm3d : BatchNorm
{
    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNorm3d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base(3, channels, epsilon, momentum, affine, trackRunningStats) { }
}
