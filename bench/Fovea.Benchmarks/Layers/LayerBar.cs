using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The speed a kind of layer must reach.</summary>
/// <param name="Layers">The kind of layer.</param>
/// <param name="Percent">Of the measured peak, multiply-adds counted by the definition.</param>
internal sealed record LayerBar(string Layers, int Percent)
{
    /// <summary>The bar for an algorithm on a convolution; null where none is set.</summary>
    public static LayerBar? For(ConvolutionGeometry g, string algorithm)
    {
        bool winograd = algorithm.StartsWith("Winograd", StringComparison.Ordinal);
        return g switch
        {
            { Groups: > 1 } => null,
            { InChannels: <= 4 } => new("first layers", 55),
            { Taps: 1 } => new("1x1", 80),
            { InChannels: >= 64, OutChannels: >= 64, Height: { Kernel: 3, Stride: 1, Out: >= 28 }, Width: { Kernel: 3, Stride: 1, Out: >= 28 } } =>
                winograd ? new("3x3 of 64 channels and 28x28 up, Winograd", 165) : new("3x3 of 64 channels and 28x28 up, direct", 85),
            _ => null,
        };
    }
}
