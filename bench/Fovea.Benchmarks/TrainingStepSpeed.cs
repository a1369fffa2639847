using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Benchmarks;

/// <summary>Time of a whole training step: forward, loss, backward, optimizer.</summary>
internal static class TrainingStepSpeed
{
    public static void Run()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine($"{CpuTier.Description}, {WorkerPool.Threads} threads; milliseconds, median of 10");
        Console.WriteLine($"{"network", -34} {"forward", 9} {"backward", 9} {"update", 9} {"items/s", 9}");
        Measure("resnet20 1x28x28, batch 128", "resnet20", [128, 1, 28, 28], 10);
        Measure("small_cnn 1x28x28, batch 64", "small_cnn", [64, 1, 28, 28], 10);
        Measure("resnet_ts 1x150, batch 16", "resnet_ts", [16, 1, 150], 2);
    }

    private static void Measure(string name, string model, Shape shape, int classes)
    {
        Module net = ModelRegistry.Create(model, Shape.Create(shape.Sizes[1..]), classes);
        SGD optimizer = new(net, 0.01, momentum: 0.9);
        Tensor x = Tensor.Normal(shape);
        Tensor y = Tensor.From<long>([.. Enumerable.Range(0, shape[0]).Select(i => (long)(i % classes))], [shape[0]]);
        CrossEntropy loss = new();
        List<double[]> times = [];
        for (int i = 0; i < 13; i++)
        {
            long t0 = Stopwatch.GetTimestamp();
            Tensor value = loss.Forward(net.Forward(x), y);
            long t1 = Stopwatch.GetTimestamp();
            value.Backward();
            long t2 = Stopwatch.GetTimestamp();
            optimizer.Step();
            optimizer.ZeroGrad();
            long t3 = Stopwatch.GetTimestamp();
            times.Add([Milliseconds(t0, t1), Milliseconds(t1, t2), Milliseconds(t2, t3)]);
        }

        double[] median = [.. Enumerable.Range(0, 3).Select(p => times.Skip(3).Select(t => t[p]).Order().ElementAt(5))];
        Console.WriteLine(
            $"{name, -34} {median[0], 9:F1} {median[1], 9:F1} {median[2], 9:F2} {shape[0] / median.Sum() * 1000, 9:F0}"
        );
    }

    /// <summary>Prints where the time of a compiled step goes: kinds of passes, then the longest.</summary>
    /// <param name="args">Model, batch, side, how many of the longest.</param>
    public static void Profile(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        (string model, int batch, int side, int longest) = (
            args.ElementAtOrDefault(0) ?? "resnet18",
            int.Parse(args.ElementAtOrDefault(1) ?? "8", CultureInfo.InvariantCulture),
            int.Parse(args.ElementAtOrDefault(2) ?? "96", CultureInfo.InvariantCulture),
            int.Parse(args.ElementAtOrDefault(3) ?? "15", CultureInfo.InvariantCulture)
        );
        ModelEntry entry = ModelRegistry.Find(model).Entry;
        Shape item = Shape.Create([entry.Input[0], .. Enumerable.Repeat(side, entry.SpatialRank)]);
        Module net = ModelRegistry.Create(model, item).Model;
        StepTime[] passes = [.. NetworkSpeed.TrainingSteps(net, item, batch, runs: 6)];
        double all = passes.Sum(p => p.Milliseconds);
        Console.WriteLine(
            $"{CpuTier.Description}, {WorkerPool.Threads} threads; {model} {item}, batch {batch}: {all:F1} ms in {passes.Length} passes, medians of 6"
        );
        foreach (
            IGrouping<string, StepTime> kind in passes
                .GroupBy(p => Kind(p.Step))
                .OrderByDescending(g => g.Sum(p => p.Milliseconds))
        )
        {
            double time = kind.Sum(p => p.Milliseconds);
            Console.WriteLine($"{time, 9:F2} ms {100 * time / all, 5:F1} % {kind.Count(), 4} {kind.Key}");
        }

        foreach (StepTime pass in passes.OrderByDescending(p => p.Milliseconds).Take(longest))
        {
            Console.WriteLine($"{pass.Milliseconds, 9:F2} ms {pass.Step}");
        }
    }

    private static string Kind(string pass)
    {
        string what = pass[(pass.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        int end = what.IndexOfAny([',', '(']);
        return what.EndsWith("eager", StringComparison.Ordinal) ? what
            : what.StartsWith("normalize", StringComparison.Ordinal) ? "normalize"
            : end > 0 ? what[..end].Trim()
            : what;
    }

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}
