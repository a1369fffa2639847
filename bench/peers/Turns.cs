using System.Diagnostics;

namespace Fovea.Peers;

/// <summary>An engine's times in milliseconds.</summary>
/// <param name="Median">Of all runs of all turns.</param>
/// <param name="Shortest">Of all runs of all turns.</param>
internal readonly record struct Times(double Median, double Shortest);

/// <summary>Measures engines in turns, so that what else the machine does meets all of them.</summary>
internal static class Turns
{
    private const int FewestRuns = 3;

    /// <summary>Measures; each round begins with another engine.</summary>
    /// <returns>By engine, in their order.</returns>
    public static Times[] Measure(IReadOnlyList<Engine> engines, PeerOptions options)
    {
        List<double>[] times = [.. engines.Select(_ => new List<double>())];
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int turn = 0; turn < engines.Count; turn++)
            {
                int i = (round + turn) % engines.Count;
                engines[i].Use(options.Threads);
                Take(engines[i], options.Seconds, times[i]);
            }
        }

        return [.. times.Select(Summary)];
    }

    private static void Take(Engine engine, double seconds, List<double> times)
    {
        engine.Run(); // what others left in caches and threads that still wait busily are not its own
        long begin = Stopwatch.GetTimestamp();
        for (int runs = 0; runs < FewestRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; runs++)
        {
            long start = Stopwatch.GetTimestamp();
            engine.Run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static Times Summary(List<double> times)
    {
        times.Sort();
        int half = times.Count / 2;
        return new(times.Count % 2 == 1 ? times[half] : (times[half - 1] + times[half]) / 2, times[0]);
    }
}
