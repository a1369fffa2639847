namespace Fovea.Workbench;

/// <summary>3.10, measured: whether the branches beside skips add anything, as the size of branch over shortcut where they are
/// summed.</summary>
/// <remarks>
/// norm(F(x)) / norm(x) from the mean squares of both parts; Greff et al. 2017, https://arxiv.org/abs/1612.07771, and Veit et al. 2016
/// see 0.1 to 1 in trained ResNets, falling towards the output. A branch that starts at 0, by its last layer or scale, is healthy at
/// first and grows within some hundred updates.
/// </remarks>
public sealed class SkipsMeasured : MeasuredQuestion
{
    // Of the shortcut's norm.
    private const double Nothing = 0.01,
        Drowned = 100;

    // Branches that start at 0 have grown by then.
    private const int Enough = 500;

    // Standard errors of a probe.
    private const double Sure = 3;

    /// <inheritdoc/>
    public override string Id => "3.10";

    /// <inheritdoc/>
    public override string Text => "Are the skips used, and does each block add something?";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wants => ["layer"];

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        Block[] blocks = [.. Block.Of(measured.Run)];
        if (blocks.Length == 0)
        {
            return measured.Run.Untraced.Length > 0
                ? CannotTell($"The network cannot be traced: {measured.Run.Untraced}")
                : NotApplicable("There is no sum of a branch and a shortcut.");
        }

        MeasuredStep[] samples = [.. measured.Samples.Where(s => s.Power is not null).TakeLast(5)];
        if (samples.Length == 0)
        {
            return CannotTell("Signals were not measured.");
        }

        (Block Block, double Ratio)[] ratios =
        [
            .. blocks
                .Select(b => (b, Statistics.Median(samples.Select(s => b.Ratio(s.Power!)))))
                .Where(b => double.IsFinite(b.Item2))
                .OrderBy(b => b.Item2),
        ];
        return ratios.Length == 0
            ? CannotTell("The sizes of branch and shortcut were not measured.")
            : Judge(measured, ratios, measured.Updates >= Enough && samples.Length >= 3);
    }

    private Answer Judge(Measurements measured, (Block Block, double Ratio)[] ratios, bool isLate)
    {
        (Block Block, double Ratio)[] idle = [.. ratios.Where(r => r.Ratio < Nothing)],
            loud = [.. ratios.Where(r => r.Ratio > Drowned)];
        string[] useless = [.. idle.Where(i => IsUseless(measured, i.Block)).Select(i => i.Block.Name)];
        string finding =
            $"{Figures.Of(ratios.Length, "sum")}: a branch has {ratios[0].Ratio:G3} ({ratios[0].Block.Name}) to {ratios[^1].Ratio:G3} times the norm of its shortcut, the middle one {ratios[ratios.Length / 2].Ratio:G3}";
        string text =
            idle.Length > 0 && isLate
                ? $"{finding}; {Figures.Of(idle.Length, "block adds", "blocks add")} nothing to speak of: {Figures.Names([.. idle.Select(i => i.Block.Name)])}{(useless.Length > 0 ? $", and without {useless[0]} the loss is the same" : "")}."
            : idle.Length > 0 ? $"{finding}; branches that start at 0 are healthy so early."
            : loud.Length > 0 ? $"{finding}; at {loud[^1].Block.Name} the skip is drowned by its branch."
            : $"{finding}.";
        bool looks = (idle.Length > 0 && isLate) || loud.Length > 0;
        return Answer(looks ? Verdict.Look : Verdict.Ok, text) with
        {
            Layers = looks ? [.. (idle.Length > 0 ? idle : loud).Select(i => i.Block.Name)] : [],
            Predicted =
            [
                .. ratios
                    .Where(r => double.IsFinite(r.Block.Predicted))
                    .Take(1)
                    .Select(r => new Quantity("branchOverShortcut", r.Block.Predicted, "ratio of norms")),
            ],
            Measured =
            [
                new("smallestBranchOverShortcut", ratios[0].Ratio, "ratio of norms"),
                new("medianBranchOverShortcut", ratios[ratios.Length / 2].Ratio, "ratio of norms"),
                new("largestBranchOverShortcut", ratios[^1].Ratio, "ratio of norms"),
                new("idleBlocks", idle.Length, "blocks"),
            ],
            Threshold =
                $"to look at: a branch below {Nothing} of its shortcut after {Enough} updates, or above {Drowned} times",
            Source = "Greff et al. 2017; Veit, Wilber, Belongie 2016; the limits are ours",
            Remedy =
                !looks ? ""
                : idle.Length > 0
                    ? "Leave such blocks out, or let them learn: a normalization scale of 0 with weight decay stays at 0."
                : "Put a normalization at the end of the branch.",
        };
    }

    /// <summary>Whether the loss is the same without the branch's last layer.</summary>
    private static bool IsUseless(Measurements measured, Block block) =>
        measured.ProbesOf("layer").LastOrDefault(p => p.Layer == block.Layer) is { } probe
        && Math.Abs(probe["skipped"] - probe["loss"]) < Sure * probe["skippedError"];

    /// <summary>A sum of a branch and a shortcut.</summary>
    /// <param name="Name">The sum.</param>
    /// <param name="Layer">The branch's last layer of filters; empty where it has none.</param>
    /// <param name="Branch">Place of the branch's end.</param>
    /// <param name="Shortcut">Place of the shortcut's.</param>
    /// <param name="Predicted">What structure predicts; NaN where a rule is missing.</param>
    private sealed record Block(string Name, string Layer, int Branch, int Shortcut, double Predicted)
    {
        /// <summary>Norm of the branch over that of the shortcut.</summary>
        public double Ratio(IReadOnlyList<double> power) =>
            power[Shortcut] > 0 ? Math.Sqrt(power[Branch] / power[Shortcut]) : double.NaN;

        /// <summary>The sums of two parts, of which the branch is the one with more points on its way.</summary>
        public static IEnumerable<Block> Of(MeasuredRun run)
        {
            IReadOnlyList<MeasuredPoint> points = run.Points;
            int[] depth = new int[points.Count];
            for (int i = 0; i < points.Count; i++)
            {
                depth[i] = points[i].From.Select(f => depth[f] + 1).DefaultIfEmpty(0).Max();
                if (points[i] is not { Kind: PointKind.Sum, From: [var a, var b] } || depth[a] == depth[b])
                {
                    continue;
                }

                (int branch, int shortcut) = depth[a] > depth[b] ? (a, b) : (b, a);
                yield return new Block(
                    points[i].Name,
                    points[branch].Layer >= 0 ? points[points[branch].Layer].Name : "",
                    branch,
                    shortcut,
                    Math.Sqrt(points[branch].PredictedPower / points[shortcut].PredictedPower ?? double.NaN)
                );
            }
        }
    }
}
