namespace Fovea;

/// <summary>All fusions of compiled execution, in the order in which they are tried. Nothing else fuses.</summary>
internal static class LoweringRules
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<LoweringRule> All { get; } =
    [
        new ScaleIntoWeights(),
        new SumIntoConvolution(),
        new ClampIntoStep(),
        new FunctionIntoStep(),
        new ClampAsScale(),
        new ChannelShuffle(),
        new ViewByItems(),
        new ConcatWithinLater(),
        new ConcatInPlace(),
        new DepthwiseWithConvolution(),
        new GateIntoWeights(),
        new MeanOfRowSums(),
    ];

    /// <summary>The rules of a phase.</summary>
    public static IReadOnlyList<LoweringRule> Of(LoweringPhase phase) => ByPhase[(int)phase];

    private static IReadOnlyList<LoweringRule>[] ByPhase { get; } =
    [.. Enum.GetValues<LoweringPhase>().Select(phase => All.Where(r => r.Phase == phase).ToArray())];
}
