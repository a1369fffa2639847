using System.Diagnostics;
using System.Globalization;
using Fovea.Graphs;
using Fovea.Models;
using Fovea.Peers.Torch;

namespace Fovea.Peers;

/// <summary>Peak memory of training steps: each engine in a process of its own, as the system counts it (VmHWM).</summary>
internal static class Memory
{
    private const int Runs = 4;

    private static readonly string[] Engines = ["fovea", "libtorch", "libtorch-channels-last"];

    /// <summary>The table, a line a network.</summary>
    public static IEnumerable<string> Table(PeerOptions options)
    {
        yield return $"Peak memory of a process that makes {Runs} training steps, in MB; in brackets what the network and its steps add.";
        yield return "";
        yield return $"| network, item, batch | {string.Join(" | ", Engines)} |";
        yield return $"|---|{string.Concat(Engines.Select(_ => "--:|"))}";
        foreach (Case row in options.Cases())
        {
            yield return $"| {row.Network}, {row.Item}, {row.Batch} | {string.Join(" | ", Engines.Select(e => Part(row, e)))} |";
        }
    }

    /// <summary>What a process of its own does: it prints its memory before the network is made, and its peak.</summary>
    public static void Measure(PeerOptions options, string engine)
    {
        Case row = options.Cases().First();
        if (engine != Engines[0])
        {
            TorchLibrary.Prepare();
        }

        long before = Status("VmRSS:");
        Module module = ModelRegistry.Create(row.Network, row.Item, Comparison.Classes);
        Tensor x = Tensor.Normal(Shape.Create([row.Batch, .. row.Item.Sizes]), rng: new Rng(2)),
            labels = Comparison.LabelsOf(row);
        using Engine step =
            engine == Engines[0]
                ? new FoveaStep(module, x, labels, isCompiled: true)
                : new TorchStep(Graph.Trace(module, row.Item, training: true), x, labels, engine == Engines[2]);
        step.Use(row.Threads);
        for (int i = 0; i < Runs; i++)
        {
            step.Run();
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before} {Status("VmHWM:")}"));
    }

    private static string Part(Case row, string engine)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string[] own =
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                ? [Environment.GetCommandLineArgs()[0]]
                : [];
        foreach (string argument in (string[])[.. own, "memory", row.Network, "--engine", engine])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string[] said = process.StandardOutput.ReadToEnd().Trim().Split('\n')[^1].Split(' ');
        process.WaitForExit();
        if (process.ExitCode != 0 || said.Length != 2)
        {
            return "failed";
        }

        double[] kilobytes = [.. said.Select(s => double.Parse(s, CultureInfo.InvariantCulture))];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kilobytes[1] / 1024:F0} ({(kilobytes[1] - kilobytes[0]) / 1024:F0})"
        );
    }

    private static long Status(string name) =>
        long.Parse(
            File.ReadLines("/proc/self/status")
                .First(l => l.StartsWith(name, StringComparison.Ordinal))
                .Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );
}
