using System.Globalization;
using Fovea.Data;
using Fovea.Kernels;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Benchmarks;

/// <summary>What the evidence costs that a training run collects: the same run with none, a little and all of it, in turns.
/// Each update is timed, as processor time of all threads, and of each the shortest turn counts, so that what else the machine
/// does falls out.</summary>
internal static class WatchCost
{
    private static readonly WatchLevel[] Levels = [WatchLevel.Off, WatchLevel.Light, WatchLevel.Full];

    // Where what is measured becomes rarer.
    private static readonly int[] Stretches = [0, 128, 512, 1024, int.MaxValue];

    public static void Run(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        string model = arguments.Length > 0 ? arguments[0] : "resnet20";
        int turns = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 3,
            updates = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 2048;
        Console.WriteLine(
            $"{CpuTier.Description}, {WorkerPool.Threads} threads; {model} on shapes, {turns} turns; processor time"
        );
        Dictionary<WatchLevel, Times> all = Levels.ToDictionary(l => l, _ => new Times());
        for (int turn = 0; turn <= turns; turn++)
        {
            foreach (WatchLevel level in Levels)
            {
                Times times = Train(model, level, turn == 0 ? 16 : updates);
                if (turn > 0) // the first warms up
                {
                    all[level].Merge(times);
                }
            }
        }

        Times off = all[WatchLevel.Off];
        (int From, int To)[] parts =
        [
            .. Stretches
                .Zip(Stretches.Skip(1), (from, to) => (From: from, To: Math.Min(to, updates)))
                .Where(p => p.From < p.To),
        ];
        Console.WriteLine(
            $"{"watch", -6} {string.Join(" ", parts.Select(p => $"{$"{p.From}-{p.To - 1}", 17}"))} {"before", 9} {"epochs", 9} {"end", 9}"
        );
        foreach (WatchLevel level in Levels)
        {
            Times own = all[level];
            Console.WriteLine(
                $"{level, -6} {string.Join(" ", parts.Select(p => Part(own, off, p.From, p.To)))} {own.Before, 7:F0} ms {own.Epochs, 6:F0} ms {own.End, 6:F0} ms"
            );
            if (level != WatchLevel.Off)
            {
                Console.WriteLine(
                    $"       most in updates {string.Join(", ", own.Updates.Select((t, i) => (More: t - off.Updates[i], i)).OrderDescending().Take(8).Select(m => $"{m.i} ({m.More:F0} ms)"))}"
                );
            }
        }
    }

    private static string Part(Times own, Times off, int from, int to)
    {
        double mine = own.Updates.Skip(from).Take(to - from).Sum(),
            theirs = off.Updates.Skip(from).Take(to - from).Sum();
        return $"{mine, 7:F0} ms {mine / theirs - 1, 6:+0.0%;-0.0%}";
    }

    private static Times Train(string name, WatchLevel level, int updates)
    {
        DataSource data = Datasets.Open("shapes", new DataOptions { TrainCount = updates * 32, TestCount = 200 });
        Module net = ModelRegistry.Create(name, data.Train.ItemShape, data.Train.Classes.Count).Initialize(1);
        TrainingOptions options = new()
        {
            Epochs = 2,
            Batch = 64,
            Seed = 1,
            Optimizer = "sgd",
            LearningRate = 0.05,
            Watch = level,
            Preflight = false,
        };
        Stopwatched watch = new();
        Trainer.Fit(net, data, options, observer: watch);
        return watch.Close();
    }

    /// <summary>Milliseconds.</summary>
    private sealed class Times
    {
        public List<double> Updates { get; } = [];

        public double Before { get; set; } = double.PositiveInfinity;

        public double Epochs { get; set; } = double.PositiveInfinity;

        public double End { get; set; } = double.PositiveInfinity;

        public void Merge(Times other)
        {
            for (int i = 0; i < other.Updates.Count; i++)
            {
                if (i == Updates.Count)
                {
                    Updates.Add(other.Updates[i]);
                }

                Updates[i] = Math.Min(Updates[i], other.Updates[i]);
            }

            (Before, Epochs, End) = (
                Math.Min(Before, other.Before),
                Math.Min(Epochs, other.Epochs),
                Math.Min(End, other.End)
            );
        }
    }

    private sealed class Stopwatched : TrainingObserver
    {
        private readonly Times _times = new()
        {
            Before = 0,
            Epochs = 0,
            End = 0,
        };
        private TimeSpan _last = Environment.CpuUsage.TotalTime;
        private bool _atStart = true;

        public override void Progressed(TrainingProgress progress)
        {
            double took = Lap();
            if (_atStart)
            {
                // With what comes before it: the data are looked at, the network is traced.
                _times.Before = took;
                _atStart = false;
            }

            _times.Updates.Add(took);
        }

        public override void EpochEnded(Metrics metrics, bool isBest) => _times.Epochs += Lap();

        public Times Close()
        {
            _times.End = Lap();
            if (_times.Updates.Count > 0)
            {
                _times.Updates[0] = 0;
            }

            return _times;
        }

        private double Lap()
        {
            TimeSpan now = Environment.CpuUsage.TotalTime;
            double took = (now - _last).TotalMilliseconds;
            _last = now;
            return took;
        }
    }
}
