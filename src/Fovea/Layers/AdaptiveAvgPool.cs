namespace Fovea;

/// <summary>Adaptive pooling: the mean of windows laid so that the output has a given size. Use AdaptiveAvgPool1d,
/// AdaptiveAvgPool2d or AdaptiveAvgPool3d.</summary>
/// <remarks>
/// Shapes: x [N, C, spatial...] or [C, spatial...] -> y [N, C, size...]. Window i of n covers the input from floor(i *
/// in / n) to ceil((i + 1) * in / n), as in PyTorch;
/// windows may overlap, and the output may be larger than the input.
/// </remarks>
public abstract class AdaptiveAvgPoolLayer : PoolLayer
{
    private protected AdaptiveAvgPoolLayer(int rank, PerAxis outputSize)
    {
        string name = $"AdaptiveAvgPool{rank}d";
        Operator = new AvgPool(name, new AdaptivePoolWindows(name, rank, outputSize)) { Owner = this };
    }
}

/// <summary>Adaptive pooling: the mean of windows laid so that the output has a given size. Over one spatial axis: [N,
/// C, L] -> [N, C, Lo], or without N.</summary>
/// <inheritdoc cref="AdaptiveAvgPoolLayer" path="/remarks"/>
/// <param name="outputSize">Output size per axis; 0 keeps the input's.</param>
/// <exception cref="ArgumentException">A size is negative or their number does not fit.</exception>
public sealed class AdaptiveAvgPool1d(PerAxis outputSize) : AdaptiveAvgPoolLayer(1, outputSize);

/// <summary>Adaptive pooling: the mean of windows laid so that the output has a given size. Over two spatial axes: [N,
/// C, H, W] -> [N, C, Ho, Wo], or without N.</summary>
/// <inheritdoc cref="AdaptiveAvgPoolLayer" path="/remarks"/>
/// <param name="outputSize">Output size per axis; 0 keeps the input's.</param>
/// <exception cref="ArgumentException">A size is negative or their number does not fit.</exception>
public sealed class AdaptiveAvgPool2d(PerAxis outputSize) : AdaptiveAvgPoolLayer(2, outputSize);

/// <summary>Adaptive pooling: the mean of windows laid so that the output has a given size. Over three spatial axes:
/// [N, C, D, H, W] -> [N, C, Do, Ho, Wo], or without N.</summary>
/// <inheritdoc cref="AdaptiveAvgPoolLayer" path="/remarks"/>
/// <param name="outputSize">Output size per axis; 0 keeps the input's.</param>
/// <exception cref="ArgumentException">A size is negative or their number does not fit.</exception>
public sealed class AdaptiveAvgPool3d(PerAxis outputSize) : AdaptiveAvgPoolLayer(3, outputSize);
