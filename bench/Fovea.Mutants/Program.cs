using System.Diagnostics;
using System.Globalization;
using Fovea.Data;
using Fovea.Interop;
using Fovea.Testing;

namespace Fovea.Mutants;

/// <summary>Reads damaged files of every format: they are read or refused by the one exception, in time, and without memory
/// for what is not there.</summary>
internal static class Program
{
    private const double MostSeconds = 2.0;
    private const long MemoryBase = 64L << 20; // and four times the file

    private static int Main(string[] args)
    {
        if (
            args.Length is < 1 or > 3
            || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        )
        {
            Console.WriteLine(
                "usage: COUNT [FORMAT] [SEED]: COUNT damaged files of every format, or of those whose name contains FORMAT"
            );
            return 2;
        }

        string temporary = Directory.CreateTempSubdirectory("fovea-mutants-").FullName;
        ulong seed = args.Length > 2 ? ulong.Parse(args[2], CultureInfo.InvariantCulture) : 1;
        bool isFine = true;
        Console.WriteLine("format        files    read   refused  slowest ms  most MiB  faults");
        foreach (Format format in Format.All(Golden(), temporary))
        {
            if (args.Length < 2 || format.Name.Contains(args[1], StringComparison.Ordinal))
            {
                isFine &= Run(format, count, seed, temporary);
            }
        }

        Directory.Delete(temporary, recursive: true);
        return isFine ? 0 : 1;
    }

    private static bool Run(Format format, int count, ulong seed, string temporary)
    {
        Tally tally = new();
        format.Read(Write(format, format.Seeds[0], temporary)); // warms up, and must succeed
        Parallel.For(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                byte[] mutant = Mutation.Of(format.Seeds[i % format.Seeds.Count], new Rng(seed).Split((ulong)i));
                tally.Add(i, mutant.Length, Try(format, Write(format, mutant, temporary)));
            }
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{format.Name, -12} {count, 6} {tally.Read, 7} {tally.Refused, 9} {1000 * tally.Slowest, 11:F0} {tally.Largest / 1048576.0, 9:F1} {tally.Faults.Count, 7}"
            )
        );
        foreach (string fault in tally.Faults.Take(5))
        {
            Console.WriteLine("    " + fault);
        }

        return tally.Faults.IsEmpty;
    }

    /// <summary>A file of this thread's own.</summary>
    private static string Write(Format format, byte[] bytes, string temporary)
    {
        string path = Path.Combine(
            temporary,
            $"mutant{Environment.CurrentManagedThreadId.ToString(CultureInfo.InvariantCulture)}{format.Extension}"
        );
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static Outcome Try(Format format, string path)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(),
            start = Stopwatch.GetTimestamp();
        Exception? thrown = null;
        try
        {
            format.Read(path);
        }
#pragma warning disable CA1031 // whatever comes out is looked at
        catch (Exception e)
#pragma warning restore CA1031
        {
            thrown = e;
        }

        return new Outcome(
            thrown,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            GC.GetAllocatedBytesForCurrentThread() - before
        );
    }

    private static string Golden()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Fovea.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new DirectoryNotFoundException("Run it from a clone."), "tests", "golden");
    }

    private sealed record Outcome(Exception? Thrown, double Seconds, long Bytes);

    private sealed class Tally
    {
        private readonly Lock _lock = new();

        public System.Collections.Concurrent.ConcurrentQueue<string> Faults { get; } = [];

        public int Read { get; private set; }

        public int Refused { get; private set; }

        public double Slowest { get; private set; }

        public long Largest { get; private set; }

        public void Add(int number, long length, Outcome outcome)
        {
            lock (_lock)
            {
                Slowest = Math.Max(Slowest, outcome.Seconds);
                Largest = Math.Max(Largest, outcome.Bytes);
                bool isRefused = outcome.Thrown is ModelFormatException or DataFormatException;
                Read += outcome.Thrown is null ? 1 : 0;
                Refused += isRefused ? 1 : 0;
                string? fault =
                    outcome.Thrown is not null && !isRefused ? outcome.Thrown.ToString().ReplaceLineEndings(" ")
                    : outcome.Seconds > MostSeconds ? $"took {outcome.Seconds:F1} s"
                    : outcome.Bytes > MemoryBase + (4 * length) ? $"took {outcome.Bytes >> 20} MiB for {length} bytes"
                    : null;
                if (fault is not null)
                {
                    Faults.Enqueue($"file {number}: {fault}");
                }
            }
        }
    }
}
