using System.Diagnostics;
using Fovea.Kernels;

namespace Fovea.Workbench;

/// <summary>How fast a network ran.</summary>
/// <param name="Batch">Items in a run.</param>
/// <param name="Threads">Threads it computed with.</param>
/// <param name="Runs">Timed runs.</param>
/// <param name="MedianMs">Median time of a run, in milliseconds.</param>
/// <param name="MinMs">Shortest run.</param>
/// <param name="P90Ms">Nine of ten runs took at most this long.</param>
/// <param name="Gflops">GFLOP/s by the median, from the multiply-adds of direct sums, 2 FLOPs each; a training step
/// counts as three forward passes. Algorithms that need fewer multiply-adds can exceed the peak.</param>
/// <param name="PeakGflops">GFLOP/s of multiply-adds in registers on as many threads, measured beside the runs.</param>
public sealed record SpeedResult(
    int Batch,
    int Threads,
    int Runs,
    double MedianMs,
    double MinMs,
    double P90Ms,
    double Gflops,
    double PeakGflops
)
{
    /// <summary>Why training steps ran layer by layer; null where they were compiled, and for inference.</summary>
    public string? NotCompiled { get; init; }

    /// <summary>Items a second, by the median.</summary>
    public double ItemsPerSecond => 1000.0 * Batch / MedianMs;
}

/// <summary>Measures how fast networks run, on random items.</summary>
public static class NetworkSpeed
{
    private const int FewestRuns = 5;
    private const int WarmUps = 2;
    private const int ForwardPassesOfAStep = 3; // forward, gradients of inputs, gradients of weights

    /// <summary>Measures the compiled network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">Items in a batch, 1 or more.</param>
    /// <param name="seconds">Runs are timed for so long, 0 or more; there are 5 at least.</param>
    /// <param name="progress">Hears after each run which share of the time, 0 to 1, is over; null for nobody.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch or the time is out of range.</exception>
    public static SpeedResult Infer(
        CompiledNetwork network,
        int batch,
        double seconds,
        IProgress<double>? progress = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        Tensor x = Items(network.ItemShape, batch);
        return Measure(
            () => network.Run(x),
            CostSummary.Of(network.Graph).MultiplyAdds,
            batch,
            seconds,
            progress,
            cancel
        );
    }

    /// <summary>Measures the steps of the compiled network, each by itself.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">Items in a batch, 1 or more. What is measured is one group of it, where it passes in
    /// groups.</param>
    /// <param name="runs">Runs that are timed, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch or the number of runs is out of range.</exception>
    public static IReadOnlyList<StepTime> Steps(CompiledNetwork network, int batch, int runs)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        Tensor x = Items(network.ItemShape, batch);
        network.Run(x); // packs weights and fills caches
        return network.Profile(x, runs);
    }

    /// <summary>Measures training steps: forward, cross-entropy of random labels, backward, SGD with momentum. The step is
    /// compiled, as it is when training, where it can be. The network's weights change.</summary>
    /// <param name="module">The network; its output must be one score a class.</param>
    /// <param name="itemShape">Shape of an item.</param>
    /// <param name="batch">Items in a batch, 1 or more.</param>
    /// <param name="seconds">Steps are timed for so long, 0 or more; there are 5 at least.</param>
    /// <param name="progress">Hears after each step which share of the time, 0 to 1, is over; null for nobody.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <exception cref="ArgumentException">The output is something else.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch or the time is out of range.</exception>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public static SpeedResult Train(
        Module module,
        Shape itemShape,
        int batch,
        double seconds,
        IProgress<double>? progress = null,
        CancellationToken cancel = default
    )
    {
        TrainingBench bench = new(module, itemShape, batch);
        return Measure(bench.Step, bench.MultiplyAdds * ForwardPassesOfAStep, batch, seconds, progress, cancel) with
        {
            NotCompiled = bench.NotCompiled,
        };
    }

    /// <summary>Measures the passes of the compiled training step, each by itself, and behind them the update by the
    /// optimizer. The network's weights change.</summary>
    /// <param name="module">The network; its output must be one score a class.</param>
    /// <param name="itemShape">Shape of an item.</param>
    /// <param name="batch">Items in a batch, 1 or more.</param>
    /// <param name="runs">Steps that are timed, 1 or more.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <exception cref="ArgumentException">The output is something else, or the step cannot be compiled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch or the number of runs is out of range.</exception>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public static IReadOnlyList<StepTime> TrainingSteps(
        Module module,
        Shape itemShape,
        int batch,
        int runs,
        CancellationToken cancel = default
    ) => new TrainingBench(module, itemShape, batch).Profile(runs, cancel);

    /// <summary>What this machine was seen to do: measured now, in about 0.2 s, and the greatest of this and of earlier
    /// processes, which are kept in the user's cache folder (docs/performance.md).</summary>
    /// <param name="seenGflops">Multiply-adds in registers that were measured beside runs, in GFLOP/s, with as many threads; 0
    /// for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are less than 0 or no number.</exception>
    public static MachineSpeed Machine(double seenGflops = 0)
    {
        if (!(seenGflops >= 0 && double.IsFinite(seenGflops)))
        {
            throw new ArgumentOutOfRangeException(nameof(seenGflops), seenGflops, "GFLOP/s must be 0 or more.");
        }

        return MachineSpeedFile
            .OfUser()
            .Update(() =>
            {
                MachineSpeed now = MachineSpeed.Measure();
                return now with { PeakGflops = Math.Max(now.PeakGflops, seenGflops) };
            });
    }

    internal static Tensor Items(Shape item, int batch) =>
        Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(0));

    private static SpeedResult Measure(
        Action run,
        long multiplyAdds,
        int batch,
        double seconds,
        IProgress<double>? progress,
        CancellationToken cancel
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        for (int i = 0; i < WarmUps; i++)
        {
            cancel.ThrowIfCancellationRequested();
            run();
        }

        double peak = PeakSpeed.Measure();
        List<double> times = [];
        long begin = Stopwatch.GetTimestamp();
        while (times.Count < FewestRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            cancel.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            progress?.Report(
                Math.Min((double)times.Count / FewestRuns, Stopwatch.GetElapsedTime(begin).TotalSeconds / seconds)
            );
        }

        peak = Math.Max(peak, PeakSpeed.Measure());
        times.Sort();
        double median = times[times.Count / 2];
        return new SpeedResult(
            batch,
            WorkerPool.Threads,
            times.Count,
            median,
            times[0],
            times[((9 * times.Count) + 9) / 10 - 1],
            2e-6 * multiplyAdds * batch / median,
            peak
        );
    }
}
