using Fovea.Kernels;

namespace Fovea.Workbench;

/// <summary>What keeps a layer from being faster.</summary>
public enum SpeedBound
{
    /// <summary>Multiply-adds: it has so many a byte that memory could bring more.</summary>
    Compute,

    /// <summary>Memory: it has so few multiply-adds a byte that the peak is out of reach.</summary>
    Memory,

    /// <summary>A cache: few multiply-adds a byte too, but it ran faster than memory can, so its values were near.</summary>
    Cache,
}

/// <summary>The fastest a machine was seen to compute and to read. An instrument: it decides nothing.</summary>
/// <param name="Threads">Threads it was measured with.</param>
/// <param name="PeakGflops">Multiply-adds in registers, in GFLOP/s; a multiply-add is 2 FLOPs.</param>
/// <param name="FirstCacheGBs">Reads in order from the first caches, in GB/s of 1e9 bytes.</param>
/// <param name="SecondCacheGBs">From the second caches.</param>
/// <param name="ThirdCacheGBs">From the third cache; 0 where there is none, or the threads' second caches hold as much.</param>
/// <param name="MemoryGBs">From memory.</param>
public sealed record MachineSpeed(
    int Threads,
    double PeakGflops,
    double FirstCacheGBs,
    double SecondCacheGBs,
    double ThirdCacheGBs,
    double MemoryGBs
)
{
    private const long LeastMemory = 64 << 20; // beyond what a process can count on in a shared cache
    private const long MostMemory = 256 << 20;
    private const int MemoryRounds = 3;

    /// <summary>Multiply-adds a byte from which on memory keeps up with the peak, in FLOP/byte.</summary>
    public double Ridge => PeakGflops / MemoryGBs;

    /// <summary>The most GFLOP/s that something with so many FLOP a byte can reach when its values come from memory
    /// (Williams, Waterman, Patterson 2009, Roofline).</summary>
    /// <param name="intensity">FLOP a byte, 0 or more.</param>
    public double Roof(double intensity) => Math.Min(PeakGflops, intensity * MemoryGBs);

    /// <summary>Measures this machine, in about 0.2 s.</summary>
    public static MachineSpeed Measure() => Measure(CpuProfile.Current, WorkerPool.Threads);

    /// <summary>The greater of each figure: what was seen once can be done.</summary>
    /// <param name="other">Another measurement with as many threads.</param>
    /// <exception cref="ArgumentException">It has another number of threads.</exception>
    public MachineSpeed Or(MachineSpeed other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Threads == Threads
            ? new(
                Threads,
                Math.Max(PeakGflops, other.PeakGflops),
                Math.Max(FirstCacheGBs, other.FirstCacheGBs),
                Math.Max(SecondCacheGBs, other.SecondCacheGBs),
                Math.Max(ThirdCacheGBs, other.ThirdCacheGBs),
                Math.Max(MemoryGBs, other.MemoryGBs)
            )
            : throw new ArgumentException(
                $"MachineSpeed: measured with {Threads} threads and with {other.Threads}: compare like with like.",
                nameof(other)
            );
    }

    /// <summary>Bytes that each thread reads to measure a level: half of a cache, so that nothing else need leave it.</summary>
    internal static (long First, long Second, long Third, long Memory) Blocks(CpuProfile cpu, int threads)
    {
        long third = cpu.ThirdCache / 2 / threads,
            memory = Math.Clamp(2 * cpu.ThirdCache, LeastMemory, MostMemory) / threads;
        return (
            cpu.FirstCache / 2,
            cpu.SecondCache / 2,
            third > cpu.SecondCache ? third : 0,
            Math.Max(memory, 4 * cpu.SecondCache)
        );
    }

    private static MachineSpeed Measure(CpuProfile cpu, int threads)
    {
        (long first, long second, long third, long memory) = Blocks(cpu, threads);
        return new(
            threads,
            PeakSpeed.Measure(),
            MemorySpeed.Measure(first),
            MemorySpeed.Measure(second),
            third > 0 ? MemorySpeed.Measure(third) : 0,
            MemorySpeed.Measure(memory, MemoryRounds)
        );
    }
}
