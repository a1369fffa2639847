using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The speed of single layers on one thread: each convolution of <c>problems.txt</c> by the algorithm that compiled networks choose, and where Winograd's applies, by both.</summary>
/// <remarks>
/// <c>ms</c> is the fastest of many runs on the same memory. <c>cold ms</c> is the mean of a pass over copies of maps and weights that together exceed the second cache, in the fastest pass:
/// whole networks come back to a layer's weights only after all others. GFLOP/s count multiply-adds by the definition, so Winograd's exceed the peak. GB/s count input and output once.
/// </remarks>
internal static class LayerSpeed
{
    private const double WarmSeconds = 0.3;
    private const double ColdSeconds = 0.4;

    private static readonly string[] Header = ["layer", "algorithm", "ms", "GFLOP/s", "% of peak", "GB/s", "cold ms", "cold %", "cold GB/s", "bar"];

    /// <summary>Measures and prints.</summary>
    /// <param name="filter">Only problems with this text in section, name or sizes.</param>
    /// <param name="coldMegabytes">What the copies take together.</param>
    /// <param name="markdown">A file to write the table to, or null.</param>
    public static void Run(string filter, int coldMegabytes, string? markdown)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        WorkerPool.Threads = 1;
        double peak = PeakSpeed.Measure(60, threads: 1);
        string title = $"{CpuTier.Description}, one thread; peak {peak:F1} GFLOP/s; cold: {coldMegabytes} MB of copies";
        Console.WriteLine(title);
        LayerTable table = new(Header, title);
        SortedDictionary<string, (int Held, int All)> bars = [];
        foreach (ConvolutionProblem problem in ConvolutionProblem.All().Where(p => $"[{p.Section}] {p.Text}n\"{p.Name}\"".Contains(filter, StringComparison.Ordinal)))
        {
            table.Section(problem.Section);
            bool chosen = true;
            foreach (LayerKernel kernel in LayerKernel.For(problem.Geometry))
            {
                (string[] cells, LayerBar? bar, bool held) = Measure(problem, kernel, chosen, peak, (long)coldMegabytes << 20);
                table.Row(cells, $"`{problem.Text}` {problem.Name}");
                if (bar is not null)
                {
                    (int before, int all) = bars.GetValueOrDefault($"{bar.Layers}: {bar.Percent} %");
                    bars[$"{bar.Layers}: {bar.Percent} %"] = (before + (held ? 1 : 0), all + 1);
                }

                chosen = false;
            }
        }

        table.Text([.. bars.Select(b => $"{b.Key}: held by {b.Value.Held} of {b.Value.All}")]);
        if (markdown is not null)
        {
            File.WriteAllText(markdown, table.Markdown);
        }
    }

    private static (string[] Cells, LayerBar? Bar, bool Held) Measure(ConvolutionProblem problem, LayerKernel kernel, bool chosen, double peak, long coldBytes)
    {
        ConvolutionGeometry g = problem.Geometry;
        using LayerMemory memory = new(kernel, g.OutChannels, g.WeightCount, coldBytes);
        double warm = Fastest(WarmSeconds, 1, _ => memory.Run(0)), cold = Fastest(ColdSeconds, memory.Copies, memory.Run);
        double operations = 2e-9 * g.MultiplyAdds, moved = 4e-9 * (g.InputCount + g.OutputCount), percent = 100 * operations / warm / peak;
        LayerBar? bar = LayerBar.For(g, kernel.ToString()!);
        bool held = bar is not null && percent >= bar.Percent;
        string[] cells =
        [
            problem.Name, $"{kernel}{(chosen ? " *" : "")}", $"{1e3 * warm:F3}", $"{operations / warm:F1}", $"{percent:F1}", $"{moved / warm:F1}",
            $"{1e3 * cold:F3}", $"{100 * operations / cold / peak:F1}", $"{moved / cold:F1}", bar is null ? "" : held ? $"{bar.Percent} held" : $"{bar.Percent} MISSED",
        ];
        return (cells, bar, held);
    }

    /// <summary>Seconds of a run in the fastest pass over the copies; passes are made until the time is over, 4 at least after one that warms up.</summary>
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
}
