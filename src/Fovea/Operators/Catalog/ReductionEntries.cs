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
