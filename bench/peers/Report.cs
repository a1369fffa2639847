using System.Globalization;
using System.Reflection;
using Fovea.Kernels;

namespace Fovea.Peers;

/// <summary>The table, in Markdown.</summary>
internal sealed class Report(PeerOptions options)
{
    private static readonly string[] Switches =
    [
        "DOTNET_EnableAVX512",
        "FOVEA_SIMD",
        "ATEN_CPU_CAPABILITY",
        "ONEDNN_MAX_CPU_ISA",
    ];

    private readonly List<string> _differences = [];
    private readonly Dictionary<string, List<(double Median, double Shortest)>> _ratios = [];

    /// <summary>Says what is measured where.</summary>
    public void Begin()
    {
        string set = string.Join(
            ' ',
            Switches
                .Where(s => Environment.GetEnvironmentVariable(s) is not null)
                .Select(s => $"{s}={Environment.GetEnvironmentVariable(s)}")
        );
        Console.WriteLine($"Fovea: {CpuTier.Description}. Processor: {Processor()}. Load: {Load()}.");
        Console.WriteLine(
            $"ONNX Runtime {Version("Microsoft.ML.OnnxRuntime")}, TorchSharp {Version("TorchSharp")}. Switches: {(set.Length > 0 ? set : "none")}."
        );
        Console.WriteLine(
            Line(
                $"{(options.IsTraining ? "Training step" : "Inference")}, {(options.HasOwnSizes ? "each network at its own size and batch" : $"batch {options.Batch}, {options.Size}x{options.Size}")}, threads {options.Threads}; milliseconds: median, shortest. Ratio: peer / Fovea, above 1 Fovea is ahead."
            )
        );
        Console.WriteLine();
        Console.WriteLine("| network | engine | median | shortest | ratio of medians | ratio of shortest |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|");
    }

    /// <summary>Notes how results differ, for the end.</summary>
    public void Note(Comparison comparison, double difference)
    {
        string after = options.IsTraining ? Line($", after an update {comparison.AfterUpdate:E1}") : "";
        _differences.Add(Line($"{comparison.Network} {difference:E1}") + after);
    }

    /// <summary>Writes a network's rows.</summary>
    public void Add(Comparison comparison, Times[] times)
    {
        for (int i = 0; i < times.Length; i++)
        {
            string name = comparison.Engines[i].Name;
            (double median, double shortest) = (
                times[i].Median / times[0].Median,
                times[i].Shortest / times[0].Shortest
            );
            string ratios = i == 0 ? "| |" : Line($"{median:F2} | {shortest:F2} |");
            Console.WriteLine(
                Line($"| {comparison.Network} | {name} | {times[i].Median:F2} | {times[i].Shortest:F2} | ") + ratios
            );
            if (i > 0)
            {
                (_ratios.TryGetValue(name, out List<(double, double)>? known) ? known : _ratios[name] = []).Add(
                    (median, shortest)
                );
            }
        }
    }

    /// <summary>Writes the means.</summary>
    public void End()
    {
        Console.WriteLine();
        foreach ((string name, List<(double Median, double Shortest)> ratios) in _ratios)
        {
            Console.WriteLine(
                Line(
                    $"{name}: geometric mean {Mean(ratios.Select(r => r.Median)):F2} of medians, {Mean(ratios.Select(r => r.Shortest)):F2} of shortest."
                )
            );
        }

        Console.WriteLine(
            $"Difference from Fovea's result, as a part of the largest: {string.Join("; ", _differences)}."
        );
        Console.WriteLine($"Load at the end: {Load()}.");
    }

    private static double Mean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    private static string Version(string assembly) => Assembly.Load(assembly).GetName().Version!.ToString(3);

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(": ")[^1]
                ?? "unknown"
            : "unknown";

    private static string Load() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
