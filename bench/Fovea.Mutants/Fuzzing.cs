using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SharpFuzz;
using Trace = SharpFuzz.Common.Trace;

namespace Fovea.Mutants;

/// <summary>Fuzzing guided by coverage: a copy of this program with instrumented readers, driven by afl-fuzz.</summary>
internal static class Fuzzing
{
    /// <summary>First argument of the copy that afl-fuzz drives.</summary>
    public const string InsideWord = "inside";

    private const int MostSeedBytes = 4096; // larger files, unless there are no others, are damaged where nothing depends on it
    private const int MapBytes = 1 << 16;
    private const int MostMilliseconds = 10_000;

    /// <summary>What is instrumented: the readers, not the engine behind them.</summary>
    private static readonly (string Assembly, string[] Prefixes)[] Readers =
    [
        ("Fovea.dll", ["Fovea.Files."]),
        ("Fovea.Interop.dll", ["Fovea."]),
        ("Fovea.Data.dll", ["Fovea."]),
        ("Fovea.Imaging.dll", ["Fovea."]),
        ("Google.Protobuf.dll", ["Google."]),
    ];

    /// <summary>Runs afl-fuzz for a while, then reads again what it found and says why each was kept.</summary>
    /// <returns>Whether nothing was found.</returns>
    public static bool Run(Format format, double minutes, ulong seed, string golden, string temporary)
    {
        string program = Instrumented(Path.Combine(temporary, "program")),
            seeds = Directory.CreateDirectory(Path.Combine(temporary, "seeds")).FullName,
            found = Directory.CreateTempSubdirectory("fovea-fuzz-").FullName;
        int largest = Math.Max(MostSeedBytes, format.Seeds.Min(s => s.Length));
        foreach ((int i, byte[] file) in format.Seeds.Where(s => s.Length <= largest).Index())
        {
            File.WriteAllBytes(Path.Combine(seeds, $"{i:D4}{format.Extension}"), file);
        }

        ProcessStartInfo start = new("afl-fuzz")
        {
            ArgumentList =
            {
                "-i",
                seeds,
                "-o",
                found,
                "-V",
                ((int)(60 * minutes)).ToString(CultureInfo.InvariantCulture),
                "-s",
                seed.ToString(CultureInfo.InvariantCulture),
                "-t",
                MostMilliseconds.ToString(CultureInfo.InvariantCulture),
                "--",
                "dotnet",
                program,
                InsideWord,
                format.Name,
                golden,
            },
            RedirectStandardOutput = true,
            Environment =
            {
                ["AFL_SKIP_BIN_CHECK"] = "1", // the instrumentation is in assemblies, where it does not look
                ["AFL_MAP_SIZE"] = MapBytes.ToString(CultureInfo.InvariantCulture),
                ["AFL_NO_UI"] = "1",
                ["AFL_NO_AFFINITY"] = "1",
                ["AFL_SKIP_CPUFREQ"] = "1",
                ["AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES"] = "1", // of native code; exceptions are reported otherwise
            },
        };
        using Process fuzzer = Process.Start(start)!;
        string log = fuzzer.StandardOutput.ReadToEnd();
        fuzzer.WaitForExit();
        string results = Path.Combine(found, "default"),
            figures = Path.Combine(results, "fuzzer_stats");
        if (!File.Exists(figures))
        {
            Console.WriteLine(log);
            throw new InvalidOperationException(
                $"afl-fuzz ended with {fuzzer.ExitCode} and no figures; its words are above."
            );
        }

        Console.WriteLine($"{format.Name}, seed {seed}: {Figures(figures)}; inputs and findings: {results}");
        return Report(format, results, temporary);
    }

    /// <summary>Reads what afl-fuzz writes, again and again.</summary>
    public static unsafe int Inside(string name, string golden, string temporary)
    {
        // Instrumented code counts here until afl-fuzz gives its memory.
        Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(MapBytes);
        Format format = Format.All(golden, temporary).Single(f => f.Name == name);
        Fuzzer.OutOfProcess.Run(input =>
        {
            using MemoryStream file = new();
            input.CopyTo(file);
            byte[] bytes = file.ToArray();
            format.Mend(bytes);
            if (Reading.Of(format, format.Write(bytes, temporary)).Fault is { } fault)
            {
                throw new InvalidOperationException(fault);
            }
        });
        return 0;
    }

    /// <summary>A copy of this program whose readers count where they come.</summary>
    private static string Instrumented(string folder)
    {
        string from = AppContext.BaseDirectory;
        foreach (string path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(folder, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(path, to);
        }

        foreach ((string assembly, string[] prefixes) in Readers)
        {
            Fuzzer.Instrument(
                Path.Combine(folder, assembly),
                type => prefixes.Any(p => type.StartsWith(p, StringComparison.Ordinal)),
                Options.Value
            );
        }

        return Path.Combine(folder, "Fovea.Mutants.dll");
    }

    private static string Figures(string path)
    {
        Dictionary<string, string> figures = File.ReadLines(path)
            .Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(p => p[0], p => p[1]);
        return $"{figures["run_time"]} s, {figures["execs_done"]} executions, {figures["edges_found"]} edges, {figures["corpus_count"]} inputs kept, {figures["saved_crashes"]} faults, {figures["saved_hangs"]} delays";
    }

    private static bool Report(Format format, string results, string temporary)
    {
        string[] found =
        [
            .. Directory.GetFiles(Path.Combine(results, "crashes"), "id*"),
            .. Directory.GetFiles(Path.Combine(results, "hangs"), "id*"),
        ];
        HashSet<string> places = [];
        foreach (string path in found)
        {
            byte[] bytes = File.ReadAllBytes(path);
            format.Mend(bytes);
            string fault =
                Reading.Of(format, format.Write(bytes, temporary)).FaultOrDelay ?? "no fault when read again";
            string[] lines = fault.Split('\n', StringSplitOptions.TrimEntries);
            if (places.Add(lines.FirstOrDefault(l => l.Contains("at Fovea.", StringComparison.Ordinal)) ?? lines[0]))
            {
                Console.WriteLine($"    {path}\n        {string.Join("\n        ", lines.Take(8))}");
            }
        }

        return found.Length == 0;
    }
}
