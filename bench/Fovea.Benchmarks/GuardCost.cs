using System.Globalization;
using Fovea.Data;
using Fovea.Kernels;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Benchmarks;

/// <summary>What it costs that every update is looked at for numbers that are not finite: updates with the guard and without
/// it, in turns, on the same session. Processor time of all threads counts, so that what else the machine does falls
/// out.</summary>
internal static class GuardCost
{
    private const int Period = 16;

    private static readonly (string Name, int Batch)[] Networks =
    [
        ("small_cnn", 64),
        ("resnet20", 64),
        ("resnet20", 1),
        ("wide", 1), // two layers of 8 million weights, one item: all is memory
    ];

    public static void Run(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        int pairs = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 400;
        Console.WriteLine(
            $"{CpuTier.Description}, {WorkerPool.Threads} threads; shapes, {pairs} pairs of updates, processor time, lower quartile of milliseconds at each place of 16"
        );
        Console.WriteLine($"{"network", -10} {"batch", 5} {"with", 9} {"without", 9} {"cost", 7}");
        foreach ((string name, int batch) in Networks.Where(n => arguments.Length < 2 || n.Name == arguments[1]))
        {
            (double with, double without) = Measure(name, batch, pairs);
            Console.WriteLine(
                $"{name, -10} {batch, 5} {with, 9:F3} {without, 9:F3} {with / without - 1, 7:+0.0%;-0.0%}"
            );
        }
    }

    private static (double With, double Without) Measure(string name, int batch, int pairs)
    {
        DataSource data = Datasets.Open(
            "shapes",
            new DataOptions { TrainCount = Math.Max(64, batch * 2 * (pairs + 8)), TestCount = 10 }
        );
        Module net =
            name == "wide"
                ? new Sequential(new Flatten(), new Linear(1024, 8192), new Linear(8192, 10)).Initialize(1)
                : ModelRegistry.Create(name, data.Train.ItemShape, data.Train.Classes.Count).Initialize(1);
        TrainingOptions options = new()
        {
            Epochs = 1,
            Batch = batch,
            Seed = 1,
            Optimizer = "sgd,momentum=0.9",
            LearningRate = 1e-4,
            Watch = WatchLevel.Off,
        };
        TrainingSession session = new(net, data, options, null);
        net.Train();
        using IEnumerator<Batch> batches = session.Loader.Epoch(0).GetEnumerator();
        TrainingObserver observer = TrainingObserver.Of();
        List<double> with = [],
            without = [];
        for (int i = 0; i < pairs + 8; i++)
        {
            double guarded = 0,
                plain = 0;
            if (i % 2 == 0) // neither is always the first of a pair
            {
                guarded = Time(() => session.Update(batches, observer));
                plain = Time(() => session.Trial(batches, options.LearningRate));
            }
            else
            {
                plain = Time(() => session.Trial(batches, options.LearningRate));
                guarded = Time(() => session.Update(batches, observer));
            }

            if (i >= 8) // the first compile and fill caches
            {
                with.Add(guarded);
                without.Add(plain);
            }
        }

        return (Quartile(with), Quartile(without));
    }

    private static double Time<T>(Func<T> action)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;
    }

    /// <summary>Of every sixteenth update, in which weights are looked at too, and of the others each on their own.</summary>
    private static double Quartile(List<double> times) =>
        times
            .Select((t, i) => (t, Place: i % Period))
            .GroupBy(t => t.Place, t => t.t)
            .Average(g => g.Order().ElementAt(g.Count() / 4));
}
