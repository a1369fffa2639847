using System.Collections.Concurrent;
using System.Globalization;
using Fovea.Testing;

namespace Fovea.Mutants;

/// <summary>Files damaged by a seed: the same for the same number on every machine.</summary>
internal static class SeededMutants
{
    public const string Columns = "format        files    read   refused  slowest ms  most MiB  faults";

    /// <summary>Reads that many files and writes a line of what came of them.</summary>
    /// <returns>Whether all were read or refused by the one exception, in time, and without memory for what is not
    /// there.</returns>
    public static bool Run(Format format, int count, ulong seed, string temporary)
    {
        Tally tally = new();
        format.Read(format.Write(format.Seeds[0], temporary)); // warms up, and must succeed
        Parallel.For(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                byte[] mutant = Mutation.Of(format.Seeds[i % format.Seeds.Count], new Rng(seed).Split((ulong)i));
                if (i / format.Seeds.Count % 2 == 1)
                {
                    format.Mend(mutant);
                }

                tally.Add(i, Reading.Of(format, format.Write(mutant, temporary)));
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

    private sealed class Tally
    {
        private readonly Lock _lock = new();

        public ConcurrentQueue<string> Faults { get; } = [];

        public int Read { get; private set; }

        public int Refused { get; private set; }

        public double Slowest { get; private set; }

        public long Largest { get; private set; }

        public void Add(int number, Reading reading)
        {
            lock (_lock)
            {
                Slowest = Math.Max(Slowest, reading.Seconds);
                Largest = Math.Max(Largest, reading.Bytes);
                Read += reading.Thrown is null ? 1 : 0;
                Refused += reading.IsRefused ? 1 : 0;
                if (reading.FaultOrDelay is { } fault)
                {
                    Faults.Enqueue($"file {number}: {fault.ReplaceLineEndings(" ")}");
                }
            }
        }
    }
}
