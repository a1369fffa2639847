using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Interop;
using Fovea.Models;

namespace Fovea.Benchmarks;

/// <summary>Memory of a compiled network beside what it must have, its packed weights and the arena of its activations.
/// Linux only.</summary>
/// <remarks>
/// Three processes, so that nothing of one is in another's figures: one writes the network's weights to a file; one,
/// the runtime alone, does nothing; one reads the file, compiles with release and runs.
/// Peaks are those of the resident set that the system keeps (VmHWM): of the whole process from its start, and once
/// more of some runs alone.
/// </remarks>
internal static class MemoryUse
{
    private const double Bar = 1.15;
    private const int Runs = 5;
    private const double Megabyte = 1 << 20;

    /// <summary>Prints the figures.</summary>
    /// <param name="args">Name of the zoo, and options.</param>
    public static void Run(string[] args)
    {
        int at = Array.IndexOf(args, "--batch");
        int batch = at > 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 1;
        bool keep = args.Contains("--keep");
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
        try
        {
            Child("save", args[0], file);
            long empty = long.Parse(Child("empty"), CultureInfo.InvariantCulture);
            MemoryFigures figures = JsonSerializer.Deserialize(
                Child("run", args[0], file, $"{batch}", keep ? "keep" : "release"),
                MemoryJson.Default.MemoryFigures
            )! with
            {
                Empty = empty,
            };
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(figures, MemoryJson.Default.MemoryFigures));
                return;
            }

            Print(figures);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What a process of <see cref="Run"/> does.</summary>
    /// <param name="args">Its part.</param>
    public static void Part(string[] args)
    {
        switch (args[0])
        {
            case "empty":
                Console.WriteLine(Status("VmHWM"));
                break;
            case "save":
                Module module = ModelRegistry.Create(args[1]).Model;
                Weights.Save(
                    module.ParameterCount() > 0
                        ? module
                        : throw new InvalidOperationException(
                            $"{args[1]}: no parameters are found; trimming has left them out."
                        ),
                    args[2]
                );
                break;
            default:
                Console.WriteLine(
                    JsonSerializer.Serialize(
                        Measure(
                            args[1],
                            args[2],
                            int.Parse(args[3], CultureInfo.InvariantCulture),
                            args[4] == "release"
                        ),
                        MemoryJson.Default.MemoryFigures
                    )
                );
                break;
        }
    }

    private static MemoryFigures Measure(string model, string file, int batch, bool release)
    {
        (Module module, Shape item) = ModelRegistry.Create(model);
        module.Load(file);
        long loaded = Status("VmHWM");
        CompiledNetwork network = module.Eval().Compile(item).Prepare(batch, release);
        long prepared = Status("VmHWM");
        Tensor x = Tensor.Zeros(Shape.Create([batch, .. item.Sizes]));
        Repeat(network, x);
        long peak = Status("VmHWM");
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak begins anew
        Repeat(network, x);
        GC.KeepAlive(module);
        return new MemoryFigures(
            model,
            batch,
            release,
            network.WeightBytes,
            network.ArenaBytes(batch),
            0,
            loaded,
            prepared,
            peak,
            Status("VmHWM"),
            Status("RssFile")
        );
    }

    private static void Repeat(CompiledNetwork network, Tensor x)
    {
        for (int i = 0; i < Runs; i++)
        {
            network.Run(x);
        }
    }

    /// <summary>Bytes of a line of /proc/self/status.</summary>
    private static long Status(string name) =>
        1024
        * long.Parse(
            File.ReadLines("/proc/self/status")
                .Single(l => l.StartsWith(name + ":", StringComparison.Ordinal))
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );

    private static string Child(params string[] args)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string library = Path.Combine(AppContext.BaseDirectory, "Fovea.Benchmarks.dll");
        foreach (
            string arg in Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                ? [library, "memory-part", .. args]
                : (string[])["memory-part", .. args]
        )
        {
            start.ArgumentList.Add(arg);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException(
                $"memory-part {string.Join(' ', args)}: ended with status {process.ExitCode}."
            );
    }

    private static void Print(MemoryFigures f)
    {
        double planned = f.Weights + f.Arena;
        Line(
            $"{f.Model}, batch {f.Batch}, weights read from a file, the module's own {(f.Release ? "released" : "kept")}; in MB of 2^20 bytes"
        );
        Line($"  packed weights                     {f.Weights / Megabyte, 7:F1}");
        Line($"  arena                              {f.Arena / Megabyte, 7:F1}");
        Line($"  together                           {planned / Megabyte, 7:F1}");
        Line(
            $"  peak of the whole process          {f.Peak / Megabyte, 7:F1}   of that {f.Loaded / Megabyte:F1} when the file was read, {f.Prepared / Megabyte:F1} when weights were packed"
        );
        Line(
            $"  peak of {Runs} more runs               {f.Running / Megabyte, 7:F1}   of that {f.Files / Megabyte:F1} pages of files: the runtime and the program"
        );
        Line($"  the runtime alone                  {f.Empty / Megabyte, 7:F1}");
        Line(
            $"  whole process / (weights + arena)  {f.Peak / planned, 7:F3}   {(f.Peak <= Bar * planned ? "within" : "over")} {Bar}; running {f.Running / planned:F3}"
        );
        Line(
            $"  without the runtime                {(f.Peak - f.Empty) / planned, 7:F3}   {(f.Peak - f.Empty <= Bar * planned ? "within" : "over")} {Bar}; running {(f.Running - f.Empty) / planned:F3}"
        );
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Bytes.</summary>
/// <param name="Model">The network.</param>
/// <param name="Batch">Items.</param>
/// <param name="Release">Whether the module's own weights were released.</param>
/// <param name="Weights">Packed weights.</param>
/// <param name="Arena">Activations and working memory.</param>
/// <param name="Empty">Peak of a process that does nothing.</param>
/// <param name="Loaded">Peak when the weights were read.</param>
/// <param name="Prepared">Peak when they were packed.</param>
/// <param name="Peak">Peak of the whole process after some runs.</param>
/// <param name="Running">Peak of some more runs alone.</param>
/// <param name="Files">Of that, pages of files.</param>
internal sealed record MemoryFigures(
    string Model,
    int Batch,
    bool Release,
    long Weights,
    long Arena,
    long Empty,
    long Loaded,
    long Prepared,
    long Peak,
    long Running,
    long Files
);

/// <summary>Writes and reads them.</summary>
[JsonSerializable(typeof(MemoryFigures))]
internal sealed partial class MemoryJson : JsonSerializerContext;
