namespace Fovea;

/// <summary>Batch normalization of [N, C] or [N, C, L]: see <see cref="BatchNorm"/>.</summary>
/// <inheritdoc cref="BatchNorm" path="/remarks"/>
public sealed class BatchNorm1d : BatchNorm
{
    private static readonly Dictionary<int, string> Layouts = new() { [2] = "[N, C]", [3] = "[N, C, L]" };

    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNorm1d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base("BatchNorm1d", Layouts, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, H, W]: see <see cref="BatchNorm"/>.</summary>
/// <inheritdoc cref="BatchNorm" path="/remarks"/>
public sealed class BatchNorm2d : BatchNorm
{
    private static readonly Dictionary<int, string> Layouts = new() { [4] = "[N, C, H, W]" };

    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNorm2d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base("BatchNorm2d", Layouts, channels, epsilon, momentum, affine, trackRunningStats) { }
}

/// <summary>Batch normalization of [N, C, D, H, W]: see <see cref="BatchNorm"/>.</summary>
/// <inheritdoc cref="BatchNorm" path="/remarks"/>
public sealed class BatchNorm3d : BatchNorm
{
    private static readonly Dictionary<int, string> Layouts = new() { [5] = "[N, C, D, H, W]" };

    /// <summary>Creates the layer.</summary>
    /// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
    public BatchNorm3d(
        int channels,
        double epsilon = 1e-5,
        double? momentum = 0.1,
        bool affine = true,
        bool trackRunningStats = true
    )
        : base("BatchNorm3d", Layouts, channels, epsilon, momentum, affine, trackRunningStats) { }
}
