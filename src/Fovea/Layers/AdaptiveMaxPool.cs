namespace Fovea;

/// <summary>Adaptive pooling: the largest value of windows laid so that the output has a given size. Use
/// AdaptiveMaxPool1d, AdaptiveMaxPool2d or AdaptiveMaxPool3d.</summary>
/// <remarks>
/// Shapes: x [N, C, spatial...] or [C, spatial...] -> y [N, C, size...]. Window i of n covers the input from floor(i *
/// in / n) to ceil((i + 1) * in / n), as in PyTorch;
/// windows may overlap, and the output may be larger than the input.
/// </remarks>
public abstract class AdaptiveMaxPoolLayer : PoolLayer
{
    private protected AdaptiveMaxPoolLayer(int rank, PerAxis outputSize)
    {
        string name = $"AdaptiveMaxPool{rank}d";
        Operator = new MaxPool(name, new AdaptivePoolWindows(name, rank, outputSize)) { Owner = this };
    }
}

/// <summary>Adaptive pooling: the largest value of windows laid so that the output has a given size. Over one spatial
/// axis: [N, C, L] -> [N, C, Lo], or without N.</summary>
/// <inheritdoc cref="AdaptiveMaxPoolLayer" path="/remarks"/>
/// <param name="outputSize">Output size per axis; 0 keeps the input's.</param>
/// <exception cref="ArgumentException">A size is negative or their number does not fit.</exception>
public sealed class AdaptiveMaxPool1d(PerAxis outputSize) : AdaptiveMaxPoolLayer(1, outputSize);

/// <summary>Adaptive pooling: the largest value of windows laid so that the output has a given size. Over two spatial
/// axes: [N, C, H, W] -> [N, C, Ho, Wo], or without N.</summary>
/// <inheritdoc cref="AdaptiveMaxPoolLayer" path="/remarks"/>
/// <param name="outputSize">Output size per axis; 0 keeps the input's.</param>
/// <exception cref="ArgumentException">A size is negative or their number does not fit.</exception>
public sealed class AdaptiveMaxPool2d(PerAxis outputSize) : AdaptiveMaxPoolLayer(2, outputSize);

/// <summary>Adaptive pooling: the largest value of windows laid so that the output has a given size. Over three spatial
/// axes: [N, C, D, H, W] -> [N, C, Do, Ho, Wo], or without N.</summary>
/// <inheritdoc cref="AdaptiveMaxPoolLayer" path="/remarks"/>
/// <param name="outputSize">Output size per axis; 0 keeps the input's.</param>
/// <exception cref="ArgumentException">A size is negative or their number does not fit.</exception>
public sealed class AdaptiveMaxPool3d(PerAxis outputSize) : AdaptiveMaxPoolLayer(3, outputSize);
