using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>How long an algorithm takes for a problem.</summary>
/// <param name="Problem">The convolution.</param>
/// <param name="Algorithm">The algorithm, with its tiles.</param>
/// <param name="Chosen">Whether compiled networks choose it.</param>
/// <param name="Warm">Seconds, on the same memory again and again.</param>
/// <param name="Cold">Seconds, on memory that was not used for long.</param>
internal sealed record LayerTime(ConvolutionProblem Problem, string Algorithm, bool Chosen, double Warm, double Cold)
{
    /// <summary>The shorter times of both.</summary>
    public LayerTime Faster(LayerTime other) =>
        this with
        {
            Warm = Math.Min(Warm, other.Warm),
            Cold = Math.Min(Cold, other.Cold),
        };

    /// <summary>GFLOP/s in so many seconds, multiply-adds counted by the definition.</summary>
    public double Speed(double seconds) => 2e-9 * Problem.Geometry.MultiplyAdds / seconds;

    /// <summary>GB/s in so many seconds, input and output counted once.</summary>
    public double Bandwidth(double seconds) =>
        1e-9 * sizeof(float) * (Problem.Geometry.InputCount + Problem.Geometry.OutputCount) / seconds;

    /// <summary>The bar that is set for it, in percent of the peak, and for which layers; null for none.</summary>
    public (string Layers, int Percent)? Bar()
    {
        bool winograd = Algorithm.StartsWith("Winograd", StringComparison.Ordinal);
        return Problem.Geometry switch
        {
            { Groups: > 1 } => null,
            { InChannels: <= 4 } => ("first layers", 55),
            { Taps: 1 } => ("1x1", 80),
            {
                InChannels: >= 64,
                OutChannels: >= 64,
                Height: { Kernel: 3, Stride: 1, Out: >= 28 },
                Width: { Kernel: 3, Stride: 1, Out: >= 28 }
            } => winograd
                ? ("3x3 of 64 channels and 28x28 up, Winograd", 165)
                : ("3x3 of 64 channels and 28x28 up, direct", 85),
            _ => null,
        };
    }
}
