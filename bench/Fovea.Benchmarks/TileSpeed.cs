using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The gate of the tile kernels: each on data that stays in the first cache, against the measured peak of
/// multiply-adds, on one thread.</summary>
internal static unsafe class TileSpeed
{
    private static readonly (int Pixels, int Vectors)[] Candidates =
    [
        (12, 2),
        (14, 2),
        (13, 2),
        (10, 2),
        (8, 2),
        (6, 4),
        (5, 4),
        (4, 4),
        (8, 3),
        (9, 3),
        (7, 3),
        (28, 1),
        (14, 1),
    ];

    /// <summary>Prints a row a tile.</summary>
    public static void Run()
    {
        if (CpuTier.Bits != 512)
        {
            Console.WriteLine("The tiles listed here are for 512-bit vectors.");
            return;
        }

        float* memory = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(1 << 22, 64);
        new Span<float>(memory, 1 << 20).Fill(0.01f);
        double[] best = new double[Candidates.Length + 1];
        for (int round = 0; round < 15; round++)
        {
            best[^1] = Math.Max(best[^1], Peak());
            for (int i = 0; i < Candidates.Length; i++)
            {
                best[i] = Math.Max(best[i], Tile(memory, Candidates[i].Pixels, Candidates[i].Vectors));
            }
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(culture, $"peak of multiply-adds {best[^1]:F1} GFLOP/s"));
        for (int i = 0; i < Candidates.Length; i++)
        {
            Console.WriteLine(
                string.Create(
                    culture,
                    $"{Candidates[i].Pixels, 2} x {Candidates[i].Vectors}  {best[i], 6:F1} GFLOP/s  {100 * best[i] / best[^1], 5:F1} %"
                )
            );
        }

        System.Runtime.InteropServices.NativeMemory.AlignedFree(memory);
    }

    /// <summary>Multiply-adds a second of independent chains in registers, in GFLOP/s, on one thread.</summary>
    public static double Peak() => PeakSpeed.Measure(1, threads: 1);

    private static double Tile(float* memory, int pixels, int vectors)
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
        delegate* <in TileCall, void> kernel = (delegate* <in TileCall, void>)
            PixelTiles512<Sixteen>.Kernels.Single(k => k.Pixels == pixels && k.Vectors == vectors).Address;
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
            * pixels
            * vectors
            * 32
            / Stopwatch.GetElapsedTime(start).TotalSeconds
            / 1e9;
    }
}
