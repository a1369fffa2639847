using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The fastest this machine reads memory in order: what measured speeds are held against where a layer waits for
/// its values.</summary>
internal static unsafe class MemorySpeed
{
    /// <summary>Bytes of the smallest block: one round of the inner loop.</summary>
    public const int FewestBytes = 4096;

    private const int Sums = 8;
    private const long BytesOfARound = 4 << 20; // a small block is read so often that the clock sees it

    private static float _sink;

    /// <summary>Measures reads of a block at the vector width of the kernels, on several threads at once, each with a
    /// block of its own.</summary>
    /// <param name="bytes">Bytes of a block, <see cref="FewestBytes"/> or more; rounded down to a multiple of it. What
    /// fits a cache of a core measures that cache.</param>
    /// <param name="rounds">The fastest of so many, 1 or more.</param>
    /// <param name="threads">Threads, 1 or more; left out: those of <see cref="WorkerPool"/>.</param>
    /// <returns>GB/s of all threads; a GB is 1e9 bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static double Measure(long bytes, int rounds = 5, int? threads = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, FewestBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        int parts = threads ?? WorkerPool.Threads;
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1, nameof(threads));
        long block = bytes / FewestBytes * FewestBytes,
            repeats = Math.Max(1, BytesOfARound / block);
        float* memory = LargeMemory.Take(block * parts);
        try
        {
            double shortest = double.MaxValue;
            WorkerPool.For(parts, part => Fill(memory, block, part)); // pages are given by the first touch
            for (int round = 0; round <= rounds; round++) // the first only warms up
            {
                long start = Stopwatch.GetTimestamp();
                WorkerPool.For(parts, part => Read(memory, block, part, repeats));
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                shortest = round == 0 ? shortest : Math.Min(shortest, seconds);
            }

            return (double)block * parts * repeats / shortest / 1e9;
        }
        finally
        {
            LargeMemory.Free(memory);
        }
    }

    private static void Fill(float* memory, long block, int part) =>
        new Span<byte>((byte*)memory + (block * part), checked((int)block)).Clear();

    private static void Read(float* memory, long block, int part, long repeats)
    {
        float* from = memory + (block / sizeof(float) * part);
        long count = block / sizeof(float);
        float sum = 0;
        for (long i = 0; i < repeats; i++)
        {
            sum += CpuTier.Bits switch
            {
                512 => Sum<Simd512, Vector512<float>>(from, count),
                256 => Sum<Simd256, Vector256<float>>(from, count),
                _ => Sum<Simd128, Vector128<float>>(from, count),
            };
        }

        Volatile.Write(ref _sink, sum);
    }

    /// <summary>Sums in registers, so many that no sum waits for the one before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Sum<TSimd, TVec>(float* x, long count)
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        TVec s0 = TSimd.Zero,
            s1 = s0,
            s2 = s0,
            s3 = s0,
            s4 = s0,
            s5 = s0,
            s6 = s0,
            s7 = s0;
        int lanes = TSimd.Count;
        for (float* end = x + count; x < end; x += Sums * lanes)
        {
            s0 = TSimd.Add(s0, TSimd.Load(x));
            s1 = TSimd.Add(s1, TSimd.Load(x + lanes));
            s2 = TSimd.Add(s2, TSimd.Load(x + (2 * lanes)));
            s3 = TSimd.Add(s3, TSimd.Load(x + (3 * lanes)));
            s4 = TSimd.Add(s4, TSimd.Load(x + (4 * lanes)));
            s5 = TSimd.Add(s5, TSimd.Load(x + (5 * lanes)));
            s6 = TSimd.Add(s6, TSimd.Load(x + (6 * lanes)));
            s7 = TSimd.Add(s7, TSimd.Load(x + (7 * lanes)));
        }

        s0 = TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3));
        s4 = TSimd.Add(TSimd.Add(s4, s5), TSimd.Add(s6, s7));
        return TSimd.Sum(TSimd.Add(s0, s4));
    }
}
