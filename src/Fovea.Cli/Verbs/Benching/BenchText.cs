using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What <c>bench</c> prints for people.</summary>
internal static class BenchText
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The steps where they were asked for, else the whole.</summary>
    public static IEnumerable<string> Lines(BenchResult r, CompiledNetwork? network, Terminal terminal) =>
        !r.Request.ByStep ? Whole(r)
        : network is null ? [.. Training(r, terminal), .. Directions(r)]
        : [.. Groups(network, r.Request.Batch), .. Steps(r, terminal)];

    /// <summary>How a batch passes, where it does in groups.</summary>
    public static IEnumerable<string> Groups(CompiledNetwork network, int batch) =>
        network.GroupSize(batch) is int size && size < batch
            ? [$"{batch} items in groups of {size}; steps of a group:"]
            : [];

    /// <summary>A line a step; where rules made it, another with their names.</summary>
    public static IEnumerable<string> Plan(IReadOnlyList<PlannedStep> steps, Terminal terminal) =>
        steps
            .SelectMany(s =>
                s.Rules.Count == 0 ? [s.Step] : new[] { s.Step, $"    rules: {string.Join(", ", s.Rules)}" }
            )
            .SelectMany(line =>
                terminal.TableWidth is { } width
                    ? TextLayout.Wrap(line, width, 6, line.Length - line.TrimStart().Length)
                    : [line]
            );

    private static IEnumerable<string> Whole(BenchResult b)
    {
        SpeedResult r = b.Whole;
        bool trains = b.Request.IsTraining;
        yield return string.Create(
            Culture,
            $"{b.Model} at {string.Join('x', b.Item)}, batch {r.Batch}, {(trains ? "training steps" : "inference")}, {r.Threads} {(r.Threads == 1 ? "thread" : "threads")}, {r.Runs} runs"
        );
        yield return string.Create(
            Culture,
            $"  time of a run    median {r.MedianMs:F3} ms, shortest {r.MinMs:F3}, 9 of 10 below {r.P90Ms:F3}"
        );
        yield return string.Create(Culture, $"  items a second   {r.ItemsPerSecond:F1}");
        yield return string.Create(
            Culture,
            $"  GFLOP/s          {r.Gflops:F1}, {r.Gflops / r.PeakGflops:P0} of the measured peak of {r.PeakGflops:F1}{(trains ? "; a step counts as three forward passes" : "")}"
        );
        if (r.NotCompiled is { } reason)
        {
            yield return $"  not compiled     {reason}";
        }
    }

    private static IEnumerable<string> Steps(BenchResult r, Terminal terminal)
    {
        ResultTable table = new([.. Numbers, new("step", Folds: true)]);
        double sum = r.Steps.Sum(s => s.Milliseconds);
        foreach (StepTime step in r.Steps)
        {
            table.Add([.. Cells(LayerSpeed.Of([step], r.Machine)[0], sum), step.Step]);
        }

        table.Add([.. Sum(sum), Roofs(r)]);
        return table.Lines(terminal);
    }

    private static IEnumerable<string> Training(BenchResult r, Terminal terminal)
    {
        ResultTable table = new([.. Numbers, new("pass"), new("layer", Folds: true)]);
        double sum = r.Steps.Sum(s => s.Milliseconds);
        foreach (LayerSpeed layer in r.Layers)
        {
            table.Add([.. Cells(layer, sum), NameOf(layer.Direction), layer.Layer]);
        }

        table.Add([.. Sum(sum), "", Roofs(r)]);
        return table.Lines(terminal);
    }

    /// <summary>A line for each direction.</summary>
    private static IEnumerable<string> Directions(BenchResult r)
    {
        double sum = r.Steps.Sum(s => s.Milliseconds);
        foreach (IGrouping<StepDirection, LayerSpeed> g in r.Layers.GroupBy(l => l.Direction).OrderBy(g => g.Key))
        {
            double ms = g.Sum(l => l.Milliseconds),
                gflops = 2e-6 * g.Sum(l => l.MultiplyAdds) / ms;
            string speed =
                gflops > 0
                    ? string.Create(Culture, $", {gflops:F1} GFLOP/s, {gflops / r.Machine.PeakGflops:P0} of the peak")
                    : "";
            yield return string.Create(Culture, $"{NameOf(g.Key), -8} {ms, 10:F3} ms {ms / sum, 5:P0}{speed}");
        }
    }

    private static TableColumnOf[] Numbers =>
        [
            new("ms", IsNumber: true),
            new("share", IsNumber: true),
            new("GFLOP/s", IsNumber: true, Rank: 1),
            new("of peak", IsNumber: true, Rank: 2),
            new("GB/s", IsNumber: true, Rank: 5),
            new("FLOP/byte", IsNumber: true, Rank: 6),
            new("bound by", Rank: 3),
            new("of roof", IsNumber: true, Rank: 4),
        ];

    private static IEnumerable<string> Cells(LayerSpeed l, double sum)
    {
        bool multiplies = l.MultiplyAdds > 0;
        return
        [
            l.Milliseconds.ToString("F3", Culture),
            (l.Milliseconds / sum).ToString("P0", Culture),
            multiplies ? l.Gflops.ToString("F1", Culture) : "",
            multiplies ? l.ShareOfPeak.ToString("P0", Culture) : "",
            l.GigabytesPerSecond.ToString("F1", Culture),
            multiplies ? l.Intensity.ToString("F1", Culture) : "",
            l.Bound.ToString().ToLowerInvariant(),
            l.ShareOfRoof.ToString("P0", Culture),
        ];
    }

    private static IEnumerable<string> Sum(double sum) => [sum.ToString("F3", Culture), "", "", "", "", "", "", ""];

    private static string Roofs(BenchResult r) =>
        string.Create(
            Culture,
            $"sum of the medians; peak {r.Machine.PeakGflops:F1} GFLOP/s, memory {r.Machine.MemoryGBs:F1} GB/s"
        );

    private static string NameOf(StepDirection direction) =>
        direction switch
        {
            StepDirection.Forward => "forward",
            StepDirection.BackwardData => "data",
            StepDirection.BackwardWeights => "weights",
            _ => "update",
        };
}
