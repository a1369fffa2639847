using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The gate of the tile kernels: each on data that stays in the first cache, against the measured peak of
/// multiply-adds, on one thread.</summary>
internal static unsafe class TileSpeed
{
    /// <summary>Prints a row a tile.</summary>
    public static void Run()
    {
        TileKernel[] kernels = CpuTier.Bits switch
        {
            512 => PixelTiles512<Sixteen>.Kernels,
            256 => PixelTiles256<Sixteen>.Kernels,
            _ => PixelTiles128<Sixteen>.Kernels,
        };
        float* memory = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(1 << 22, 64);
        new Span<float>(memory, 1 << 20).Fill(0.01f);
        double[] best = new double[kernels.Length];
        double peak = 0;
        for (int round = 0; round < 15; round++)
        {
            peak = Math.Max(peak, Peak());
            for (int i = 0; i < kernels.Length; i++)
            {
                best[i] = Math.Max(best[i], Tile(memory, kernels[i]));
            }
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(culture, $"peak of multiply-adds {peak:F1} GFLOP/s"));
        foreach ((TileKernel kernel, double speed) in kernels.Zip(best))
        {
            Console.WriteLine(
                string.Create(
                    culture,
                    $"{kernel.Pixels, 2} x {kernel.Vectors}  {kernel.Registers, 2} registers  {speed, 6:F1} GFLOP/s  {100 * speed / peak, 5:F1} %"
                )
            );
        }

        System.Runtime.InteropServices.NativeMemory.AlignedFree(memory);
    }

    /// <summary>Multiply-adds a second of independent chains in registers, in GFLOP/s, on one thread.</summary>
    public static double Peak() => PeakSpeed.Measure(1, threads: 1);

    private static double Tile(float* memory, TileKernel tile)
    {
        const int Taps = 9,
            Depth = 16,
            Repeats = 2000; // 144 vectors x 2 of weights: 18 KB
        int* offsets = stackalloc int[Taps];
        for (int t = 0; t < Taps; t++)
        {
            offsets[t] = t * TileCall.Block;
        }

        TileCall call = new()
        {
            Source = memory,
            Offsets = offsets,
            Taps = Taps,
            Depth = Depth,
            Weights = memory + 4096,
            Bias = memory,
            Destination = memory + (1 << 18),
            Plane = 1024,
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
        };
        delegate* <in TileCall, void> kernel = (delegate* <in TileCall, void>)tile.Address;
        for (int i = 0; i < 100; i++)
        {
            kernel(in call);
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Repeats; i++)
        {
            kernel(in call);
        }

        return (double)Repeats
            * Taps
            * Depth
            * tile.Sums
            * 2
            * (CpuTier.Bits / 32)
            / Stopwatch.GetElapsedTime(start).TotalSeconds
            / 1e9;
    }
}
