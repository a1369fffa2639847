using System.Diagnostics;
using System.Globalization;
using Fovea.Graphs;
using Fovea.Interop;
using Fovea.Kernels;
using Fovea.Models;

namespace Fovea.Exports;

/// <summary>What it takes to read a network and make it ready, and whether it then runs as fast as the zoo's: both in
/// turns.</summary>
internal static class ImportSpeed
{
    private const int Turns = 40;

    public static void Run(IReadOnlyList<string> names)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine($"{CpuTier.Description}, {WorkerPool.Threads} threads; 1x3x224x224");
        foreach (string name in names)
        {
            string path = Path.Combine(Path.GetTempPath(), $"fovea-{name}.onnx");
            (Module zoo, Shape item) = ModelRegistry.Create(name);
            Graph graph = Graph.Trace(zoo.Initialize(1).Eval(), item);
            OnnxExport.Save(graph, path);
            long start = Stopwatch.GetTimestamp();
            OnnxNetwork network = OnnxNetwork.Load(path);
            double read = Stopwatch.GetElapsedTime(start).TotalSeconds;
            CompiledNetwork imported = network.ToGraph().Compile();
            double ready = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine($"{name}: read in {read:F2} s, compiled after {ready:F2} s");
            Compare(name, graph.Compile(), imported, Tensor.Normal(Shape.Create([1, .. item])));
            File.Delete(path);
        }
    }

    private static void Compare(string name, CompiledNetwork zoo, CompiledNetwork imported, Tensor x)
    {
        List<double> own = [],
            other = [],
            ratios = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            own.Add(Milliseconds(zoo, x));
            other.Add(Milliseconds(imported, x));
            ratios.Add(other[^1] / own[^1]);
        }

        Console.WriteLine(
            $"{name}: zoo {Middle(own):F1} ms, imported {Middle(other):F1} ms, ratio {Middle(ratios):F3} (medians of {Turns} turns)"
        );
    }

    private static double Milliseconds(CompiledNetwork network, Tensor x)
    {
        long start = Stopwatch.GetTimestamp();
        network.Run(x);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
