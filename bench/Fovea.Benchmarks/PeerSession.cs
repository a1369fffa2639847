using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Fovea.Interop;
using Fovea.Kernels;
using Fovea.Models;

namespace Fovea.Benchmarks;

/// <summary>Fovea's side of the comparison with other engines: a process that waits for commands, so that engines can
/// take turns.</summary>
/// <remarks>
/// <code>
/// output BATCH INPUT OUTPUT    runs the batch in the file INPUT (floats, little-endian) and writes the result to OUTPUT; answers "done"
/// time BATCH THREADS SECONDS   answers the times of the runs of so many seconds, 3 at least, in milliseconds
/// </code>
/// </remarks>
internal static class PeerSession
{
    private const int FewestRuns = 3;

    public static void Run(string model, string weights, string item)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        (Module module, Shape shape) = ModelSource.Create(model, Shape.Create([.. item.Split('x').Select(int.Parse)]));
        Safetensors.Load(module, weights);
        CompiledNetwork network = module.Eval().Compile(shape);
        Console.WriteLine("ready");
        Dictionary<int, Tensor> inputs = [];
        while (Console.ReadLine()?.Split(' ') is { } command)
        {
            int batch = int.Parse(command[1]);
            Console.WriteLine(
                command[0] switch
                {
                    "output" => Output(network, batch, command[2], command[3]),
                    "time" => Time(
                        network,
                        Input(inputs, shape, batch),
                        int.Parse(command[2]),
                        double.Parse(command[3])
                    ),
                    _ => $"unknown command {command[0]}",
                }
            );
        }
    }

    private static string Output(CompiledNetwork network, int batch, string input, string output)
    {
        float[] values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(input)).ToArray();
        Tensor y = network.Run(Tensor.From(values, Shape.Create([batch, .. network.ItemShape.Sizes])));
        File.WriteAllBytes(output, MemoryMarshal.AsBytes(y.ToArray().AsSpan()).ToArray());
        return "done";
    }

    private static string Time(CompiledNetwork network, Tensor x, int threads, double seconds)
    {
        WorkerPool.Threads = threads;
        network.Run(x);
        List<double> times = [];
        long begin = Stopwatch.GetTimestamp();
        while (times.Count < FewestRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            network.Run(x);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return string.Join(' ', times.Select(t => t.ToString("F4")));
    }

    private static Tensor Input(Dictionary<int, Tensor> inputs, Shape item, int batch) =>
        inputs.TryGetValue(batch, out Tensor? x)
            ? x
            : inputs[batch] = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(0));
}
