using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The fastest this machine multiplies and adds: what measured speeds are held against.</summary>
public static class PeakSpeed
{
    private const int Steps = 500_000;
    private const int Chains = 14; // more than latency times ports of the CPUs at hand; with the two factors they fill 16 registers

    private static float _sink;

    /// <summary>Measures independent chains of multiply-adds in registers, at the vector width of the kernels, on
    /// several threads at once.</summary>
    /// <param name="rounds">The fastest of so many counts, 1 or more; each takes a few milliseconds.</param>
    /// <param name="threads">Threads, 1 or more; left out: those of <see cref="WorkerPool"/>.</param>
    /// <returns>GFLOP/s; a multiply-add is 2 FLOPs.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are less than 1 rounds or threads.</exception>
    public static double Measure(int rounds = 10, int? threads = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        int chunks = threads ?? WorkerPool.Threads,
            lanes = CpuTier.Bits / 32;
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1, nameof(threads));
        double shortest = double.MaxValue;
        for (int round = 0; round <= rounds; round++) // the first only warms up
        {
            long start = Stopwatch.GetTimestamp();
            WorkerPool.For(chunks, _ => Run());
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            shortest = round == 0 ? shortest : Math.Min(shortest, seconds);
        }

        return 2.0 * chunks * Steps * Chains * lanes / shortest / 1e9;
    }

    private static void Run() =>
        Volatile.Write(
            ref _sink,
            CpuTier.Bits switch
            {
                512 => Multiply<Simd512, Vector512<float>>(),
                256 => Multiply<Simd256, Vector256<float>>(),
                _ => Multiply<Simd128, Vector128<float>>(),
            }
        );

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Multiply<TSimd, TVec>()
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        TVec a = TSimd.Splat(1.0001f),
            b = TSimd.Splat(0.9999f);
        TVec c0 = a,
            c1 = a,
            c2 = a,
            c3 = a,
            c4 = a,
            c5 = a,
            c6 = a,
            c7 = a,
            c8 = a,
            c9 = a,
            c10 = a,
            c11 = a,
            c12 = a,
            c13 = a;
        for (int i = 0; i < Steps; i++)
        {
            c0 = TSimd.MultiplyAdd(a, b, c0);
            c1 = TSimd.MultiplyAdd(a, b, c1);
            c2 = TSimd.MultiplyAdd(a, b, c2);
            c3 = TSimd.MultiplyAdd(a, b, c3);
            c4 = TSimd.MultiplyAdd(a, b, c4);
            c5 = TSimd.MultiplyAdd(a, b, c5);
            c6 = TSimd.MultiplyAdd(a, b, c6);
            c7 = TSimd.MultiplyAdd(a, b, c7);
            c8 = TSimd.MultiplyAdd(a, b, c8);
            c9 = TSimd.MultiplyAdd(a, b, c9);
            c10 = TSimd.MultiplyAdd(a, b, c10);
            c11 = TSimd.MultiplyAdd(a, b, c11);
            c12 = TSimd.MultiplyAdd(a, b, c12);
            c13 = TSimd.MultiplyAdd(a, b, c13);
        }

        c0 = TSimd.Add(
            TSimd.Add(TSimd.Add(c0, c1), TSimd.Add(c2, c3)),
            TSimd.Add(TSimd.Add(c4, c5), TSimd.Add(c6, c7))
        );
        c8 = TSimd.Add(TSimd.Add(TSimd.Add(c8, c9), TSimd.Add(c10, c11)), TSimd.Add(c12, c13));
        return TSimd.Sum(TSimd.Add(c0, c8));
    }
}
