using System.Diagnostics;

namespace Fovea.Peers;

/// <summary>An engine's times in milliseconds.</summary>
/// <param name="Median">The median of the turns' medians: a disturbed turn has fewer runs, but counts as one.</param>
/// <param name="Shortest">Of all runs of all turns.</param>
internal readonly record struct Times(double Median, double Shortest);

/// <summary>Measures engines in turns, so that what else the machine does meets all of them.</summary>
internal static class Turns
{
    private const int FewestRuns = 3;

    /// <summary>Measures; each round begins with another engine.</summary>
    /// <returns>By engine, in their order.</returns>
    public static Times[] Measure(Comparison comparison, PeerOptions options)
    {
        IReadOnlyList<Engine> engines = comparison.Engines;
        List<double[]>[] turns = [.. engines.Select(_ => new List<double[]>())];
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int turn = 0; turn < engines.Count; turn++)
            {
                int i = (round + turn) % engines.Count;
                engines[i].Use(comparison.Row.Threads);
                turns[i].Add(Take(engines[i], options.Seconds));
            }
        }

        return [.. turns.Select(t => new Times(Median(t.Select(Median)), t.Min(runs => runs.Min())))];
    }

    private static double[] Take(Engine engine, double seconds)
    {
        List<double> times = [];
        engine.Run(); // what others left in caches and threads that still wait busily are not its own
        long begin = Stopwatch.GetTimestamp();
        while (times.Count < FewestRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            engine.Run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return [.. times];
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
