using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>The vector width kernels run at, decided once per process.</summary>
/// <remarks>
/// Chosen from the instruction sets the CPU has; the environment variable <c>FOVEA_SIMD</c> (<c>512</c>, <c>256</c>,
/// <c>128</c>)
/// lowers it, for tests and comparisons. A width the CPU lacks is not chosen even when asked for.
/// <c>Vector512.IsHardwareAccelerated</c> is not the gate: it is false on CPUs where 512-bit code is nevertheless
/// faster.
/// </remarks>
public static class CpuTier
{
    /// <summary>Bits in a vector: 512, 256 or 128.</summary>
    public static int Bits { get; } = Decide(Environment.GetEnvironmentVariable("FOVEA_SIMD"));

    /// <summary>One line about the CPU for logs and run records, e.g. <c>X64, 512-bit vectors, 2
    /// processors</c>.</summary>
    public static string Description =>
        $"{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}, {Bits}-bit vectors, {Environment.ProcessorCount} processors";

    private static int Decide(string? asked)
    {
        int widest =
            Avx512F.IsSupported ? 512
            : Vector256.IsHardwareAccelerated ? 256
            : 128;
        return asked switch
        {
            "128" => 128,
            "256" => Math.Min(256, widest),
            _ => widest,
        };
    }
}
