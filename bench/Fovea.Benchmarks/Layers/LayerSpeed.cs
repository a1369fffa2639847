using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The speed of single layers on one thread: each convolution of <c>problems.txt</c> by the algorithm that
/// compiled networks choose, marked by a star, and where Winograd's applies, by both.</summary>
/// <remarks>
/// <c>ms</c> is the fastest of many runs on the same memory. <c>cold ms</c> is the mean of a pass over copies of maps
/// and weights that together exceed the second cache, in the fastest pass:
/// whole networks come back to a layer's weights only after all others. GFLOP/s count multiply-adds by the definition,
/// so Winograd's exceed the peak. GB/s count input and output once.
/// </remarks>
internal static class LayerSpeed
{
    private const double WarmSeconds = 0.3;
    private const double ColdSeconds = 0.4;
    private const int PeakRounds = 60;

    private static readonly string[] Header =
    [
        "layer",
        "algorithm",
        "ms",
        "GFLOP/s",
        "% of peak",
        "GB/s",
        "cold ms",
        "cold %",
        "cold GB/s",
        "bar",
    ];

    /// <summary>Measures and prints.</summary>
    public static void Run(LayerOptions options)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        WorkerPool.Threads = 1;
        ConvolutionProblem[] problems = [.. ConvolutionProblem.All().Where(p => p.Matches(options.Filter))];
        List<LayerTime> times = [];
        double peak = 0;
        for (int round = 1; round <= options.Rounds; round++)
        {
            Console.Error.WriteLine($"round {round} of {options.Rounds}");
            peak = Math.Max(peak, PeakSpeed.Measure(PeakRounds, threads: 1));
            LayerTime[] latest = [.. problems.SelectMany(p => Measure(p, (long)options.ColdMegabytes << 20))];
            times = round == 1 ? [.. latest] : [.. times.Zip(latest, (a, b) => a.Faster(b))];
        }

        LayerTable table = new(
            Header,
            $"{CpuTier.Description}, one thread; peak {peak:F1} GFLOP/s; {options.ColdMegabytes} MB of copies for cold times; best of {options.Rounds} rounds"
        );
        foreach (LayerTime time in times)
        {
            table.Section(time.Problem.Section);
            table.Row(Cells(time, peak), $"`{time.Problem.Text}` {time.Problem.Name}");
        }

        table.Text([.. Bars(times, peak)]);
        if (options.Markdown is not null)
        {
            File.WriteAllText(options.Markdown, table.Markdown);
        }
    }

    private static IEnumerable<LayerTime> Measure(ConvolutionProblem problem, long coldBytes)
    {
        bool chosen = true;
        foreach (LayerKernel kernel in LayerKernel.For(problem.Geometry))
        {
            using LayerMemory memory = new(
                kernel,
                problem.Geometry.OutChannels,
                problem.Geometry.WeightCount,
                coldBytes
            );
            yield return new LayerTime(
                problem,
                kernel.ToString()!,
                chosen,
                Fastest(WarmSeconds, 1, memory.Run),
                Fastest(ColdSeconds, memory.Copies, memory.Run)
            );
            chosen = false;
        }
    }

    /// <summary>Seconds of a run in the fastest pass over the copies; passes are made until the time is over, 4 at
    /// least after one that warms up.</summary>
    private static double Fastest(double seconds, int copies, Action<int> run)
    {
        double best = double.MaxValue;
        long begin = Stopwatch.GetTimestamp();
        for (int pass = 0; pass < 5 || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int copy = 0; copy < copies; copy++)
            {
                run(copy);
            }

            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds / copies;
            best = pass == 0 ? best : Math.Min(best, elapsed);
        }

        return best;
    }

    private static string[] Cells(LayerTime time, double peak)
    {
        (double warm, double cold) = (100 * time.Speed(time.Warm) / peak, 100 * time.Speed(time.Cold) / peak);
        string bar = time.Bar() is { } b ? $"{b.Percent} {(warm >= b.Percent ? "held" : "missed")}" : "";
        return
        [
            time.Problem.Name,
            $"{time.Algorithm}{(time.Chosen ? " *" : "")}",
            $"{1e3 * time.Warm:F3}",
            $"{time.Speed(time.Warm):F1}",
            $"{warm:F1}",
            $"{time.Bandwidth(time.Warm):F1}",
            $"{1e3 * time.Cold:F3}",
            $"{cold:F1}",
            $"{time.Bandwidth(time.Cold):F1}",
            bar,
        ];
    }

    private static IEnumerable<string> Bars(List<LayerTime> times, double peak) =>
        from time in times
        let bar = time.Bar()
        where bar is not null
        group 100 * time.Speed(time.Warm) / peak by bar.Value into layers
        let held = layers.Count(percent => percent >= layers.Key.Percent)
        select $"{layers.Key.Layers}: {layers.Key.Percent} % of the peak held by {held} of {layers.Count()}, least {layers.Min():F1} %";
}
