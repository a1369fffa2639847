namespace Fovea.Workbench;

/// <summary>What structure and books say of normalizations: one value alone, one layer in several places, statistics that move without
/// an update.</summary>
internal static class NormalizationWiring
{
    /// <summary>All of them, in the order in which causes explain.</summary>
    public static IEnumerable<Finding> Of(Evidence evidence, Measurements measured) =>
        new[] { OneValue(evidence), Shared(evidence, measured), MovedBetween(measured) }.OfType<Finding>();

    /// <summary>A normalization within an item over one value: it makes 0 of each, and its shift of the item.</summary>
    private static Finding? OneValue(Evidence evidence)
    {
        Node[] alone = [.. evidence.Graph.Nodes.Where(n => n.Has(OperatorTraits.Normalizes) && Values(n) == 1)];
        return alone.Length == 0
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.SmallBatchStatistics,
                $"{alone[0].Name} normalizes each value by itself: its mean is the value, so that 0 is left, and the shift, whatever the input ({Figures.Of(alone.Length, "normalization")})."
            )
            {
                Remedy =
                    "Normalize before the positions are pooled away, or over several channels: a GroupNorm of one group, a LayerNorm.",
                Layers = [.. alone.Select(n => n.Name)],
                Onset = 0,
                Threshold = "one value a group, in the network's structure",
            };
    }

    /// <summary>Values that an item's statistics are taken over; 0 where they are of the batch.</summary>
    private static long Values(Node node) =>
        node.Has(OperatorTraits.UsesBatchStatistics)
            ? 0
            : node.Operator.Attributes switch
            {
                GroupNormAttributes group => node.Output.Shape.Single.Count
                    / node.Output.Shape.Single[0]
                    / group.Groups,
                LayerNormAttributes layer => layer.Normalized.Count,
                _ => 0,
            };

    /// <summary>One batch normalization in several places, and evaluation that is worse for it: its running statistics are a mean of
    /// what is nowhere.</summary>
    private static Finding? Shared(Evidence evidence, Measurements measured)
    {
        Node[] places =
        [
            .. evidence
                .Graph.Nodes.Where(n => n.Has(OperatorTraits.UsesBatchStatistics) && n.Parameters.Any())
                .GroupBy(n => n.Parameters.First())
                .MaxBy(g => g.Count())
                ?? Enumerable.Empty<Node>(),
        ];
        return places.Length < 2 || measured.Run.Normalizations.Count == 0 || !Suffers(measured)
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.RunningStatistics,
                $"One batch normalization stands in {places.Length} places ({Figures.Names([.. places.Select(n => n.Name)])}): its running statistics are a mean over all of them, and fit none in evaluation."
            )
            {
                Remedy = "Make a normalization for each place.",
                Layers = [.. places.Select(n => n.Name)],
                Onset = 0,
                Threshold =
                    "one layer in two places or more, and evaluation worse than training on the same items in the last epoch",
            };
    }

    /// <summary>Running statistics that something moved between updates, and evaluation that is worse for it.</summary>
    private static Finding? MovedBetween(Measurements measured)
    {
        int count = measured.Steps.Sum(s => s.StatisticsMoved);
        return count == 0 || !Suffers(measured)
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.RunningStatistics,
                $"Before {Figures.Of(count, "update")} the running statistics were not those that the update before had left: the network was run in training on other values in between."
            )
            {
                Remedy =
                    "Call net.Eval() before each run of the network that is not learned from: a measurement of its speed, a look at examples, the items held out.",
                Onset = measured.Steps.First(s => s.StatisticsMoved > 0).Step,
                Threshold =
                    "running statistics that move between two updates, and evaluation worse than training on the same items in the last epoch",
            };
    }

    /// <summary>Whether the same items are surely worse in evaluation than in training, in the last epoch and one before.</summary>
    private static bool Suffers(Measurements measured) =>
        NormalizationFindings.Gaps(measured).TakeLast(2).ToArray() is [{ IsLarge: true }, { IsLarge: true }];
}
