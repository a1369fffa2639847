using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>Sums and largest values over axes.</summary>
internal static class ReductionEntries
{
    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        Over("sum", "the sum over axes", new(default, Keep: false, IsMean: false)),
        Over("mean", "the mean over axes", new(default, Keep: false, IsMean: true)),
        Over(
            "meanloss",
            "the mean of losses, 0 where there are none",
            new(default, Keep: false, IsMean: true, EmptyIsZero: true),
            OperatorFamily.Loss
        ),
        ShapingEntries
            .Sizes("max", "the axes over which the largest is sought, brought together", "Max", Reduction)
            .Where(a => a.Name == "Max" && a.Form is ReshapeSizes, options => options.Has("shape")),
        new OperatorEntry<MaxAttributes>(
            "max",
            Reduction,
            "the largest value along an axis",
            _ => new(0, false),
            typeof(Max)
        )
            .Needs("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v })
            .Option("keep", OptionTypes.Flag, a => a.Keep, (a, v) => a with { Keep = v }, false)
            .MadeBy((a, owner) => new Max(a) { Owner = owner }),
        new OperatorEntry<CumulativeSumAttributes>(
            "cumsum",
            Reduction,
            "the sum of all elements up to each position along an axis",
            _ => new(-1, false),
            typeof(CumulativeSum)
        )
            .Option("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v }, -1)
            .Option("reverse", OptionTypes.Flag, a => a.IsReversed, (a, v) => a with { IsReversed = v }, false)
            .MadeBy((a, owner) => new CumulativeSum(a) { Owner = owner }),
        new OperatorEntry<TopKAttributes>(
            "topk",
            Reduction,
            "the largest or smallest values along an axis, and their positions",
            _ => new(0, -1, true),
            typeof(TopK)
        )
            .Needs("count", OptionTypes.OpenSize, a => a.Count, (a, v) => a with { Count = v })
            .Option("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v }, -1)
            .Option("largest", OptionTypes.Flag, a => a.IsLargest, (a, v) => a with { IsLargest = v }, true)
            .ByPosition("count")
            .MadeBy((a, owner) => new TopK(a) { Owner = owner }),
    ];

    private static OperatorEntry<SumAttributes> Over(
        string word,
        string summary,
        SumAttributes start,
        OperatorFamily family = Reduction
    ) =>
        new OperatorEntry<SumAttributes>(word, family, summary, _ => start, typeof(Sum))
            .Option("axes", OptionTypes.Integers, a => a.Axes, (a, v) => a with { Axes = v }, default(NumberList))
            .Option("keep", OptionTypes.Flag, a => a.Keep, (a, v) => a with { Keep = v }, false)
            .MadeBy((a, owner) => new Sum(a) { Owner = owner })
            .Where(a => a.IsMean == start.IsMean && a.EmptyIsZero == start.EmptyIsZero, _ => true);
}
