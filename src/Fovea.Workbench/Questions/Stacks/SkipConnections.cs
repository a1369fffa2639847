namespace Fovea.Workbench;

/// <summary>3.10: how long the paths through the network are, and whether skips would shorten them or let the signal
/// grow.</summary>
/// <remarks>
/// Paths are counted by layers with filters. n residual blocks have 2^n paths of binomial lengths (Veit, Wilber,
/// Belongie 2016, https://arxiv.org/abs/1605.06431). Where even the shortest
/// is long, skips help: on ImageNet from 28.54 to 25.03 % error at 34 layers, not at 18 (27.94 and 27.88; He et al.
/// 2016, https://arxiv.org/abs/1512.03385, table 2), and
/// MobileNet trains 28 without; without skips
/// batch-normalized networks of about 50 layers stop training (Yang et al. 2019). Sums without normalization double the
/// signal at every block (Zhang et al. 2019, Fixup).
/// </remarks>
public sealed class SkipConnections : Question
{
    private const int Look = 30,
        Fix = 50;

    /// <inheritdoc/>
    public override string Id => "3.10";

    /// <inheritdoc/>
    public override string Text => "How long are the paths, and would skips help or are they used?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        PathLengths paths = PathLengths.Of(evidence.Graph);
        if (paths.Longest == 0)
        {
            return NotApplicable("No layer has filters.");
        }

        Node[] sums = [.. evidence.Graph.Nodes.Where(n => n.Has(OperatorTraits.Sum) && n.Activations.Count() > 1)];
        (Node Node, double Square)[] known =
        [
            .. sums.Select(n => (n, evidence.Signals[n.Output]?.MeanSquare ?? 0.0)).Where(n => n.Item2 > 0.0),
        ];
        (Node Node, double Square) largest = known.DefaultIfEmpty().MaxBy(k => k.Square);
        double growth = Growth(evidence, sums),
            decades = known.Length > 0 ? Math.Max(0.0, Math.Log10(largest.Square)) : 0.0;
        Verdict depth = paths.Shortest > Fix ? Verdict.Fix
            : paths.Shortest > Look ? Verdict.Look
            : Verdict.Ok,
            size = SignalLimits.VerdictOf(decades);
        string lengths = paths.Total.IsOne
            ? $"One path of {Figures.Of(paths.Longest, "layer")}, without skips"
            : $"{Figures.Of(sums.Length, "sum")}; {(double)paths.Total:G4} paths of {paths.Shortest} to {paths.Longest} layers, half of them no longer than {paths.Median}";
        string scale =
            known.Length == 0
                ? ""
                : $"; a sum multiplies the mean square by {growth:G3}, up to {largest.Square:G3} at {largest.Node.Name}";
        bool tooLong = depth != Verdict.Ok,
            tooLarge = size != Verdict.Ok;
        return Answer(
            depth < size ? depth : size,
            $"{lengths}{scale}{(tooLong ? $"; no path is shorter than {paths.Shortest} layers, where skips help" : "")}."
        ) with
        {
            Layers = tooLarge ? [largest.Node.Name] : [],
            Predicted =
            [
                new("sums", sums.Length, "operators"),
                new("paths", (double)paths.Total, "paths"),
                new("shortestPath", paths.Shortest, "layers"),
                new("medianPath", paths.Median, "layers"),
                new("longestPath", paths.Longest, "layers"),
                .. known.Length > 0
                    ?
                    [
                        new("growthPerSum", growth, "ratio"),
                        new("largestMeanSquare", largest.Square, "squared activation"),
                    ]
                    : Array.Empty<Quantity>(),
            ],
            Threshold =
                $"to look at: a shortest path of more than {Look} layers, or sums that let the mean square grow ten thousand times; to fix: more than {Fix}, or 1e8 times",
            Source = "He et al. 2016, table 2; Yang et al. 2019; " + SignalLimits.Source,
            Remedy =
                tooLarge ? "Put a normalization into each branch, or start the last layer of each branch at 0 (Fixup)."
                : tooLong ? "Put skips around every two or three layers."
                : "",
        };
    }

    /// <summary>What a sum multiplies the mean square of its larger part by, a geometric mean over the sums; 1 where
    /// none is known.</summary>
    private static double Growth(Evidence evidence, Node[] sums)
    {
        double[] factors =
        [
            .. sums.Select(n =>
                    (evidence.Signals[n.Output]?.MeanSquare ?? 0.0)
                    / n.Activations.Max(a => evidence.Signals[a.Value]?.MeanSquare ?? 0.0)
                )
                .Where(f => double.IsFinite(f) && f > 0.0),
        ];
        return factors.Length == 0 ? 1.0 : Math.Exp(factors.Average(Math.Log));
    }
}
