using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>A second set of kinds of faults planted after all rules and thresholds of the diagnosis were set, by someone who
/// did not know them; none is in <see cref="Plans.Kinds"/> or <see cref="AsideKinds"/>. The causes accepted were fixed
/// before any run. A kind that no cause names accepts none, and is always missed.</summary>
internal static class BlindKinds
{
    private static readonly Problem PowerCons = new(
        Nets.SeriesPlain,
        "PowerCons",
        "sgd,momentum=0.9",
        0.02,
        IsHeldOut: true
    );

    /// <summary>Series behind which a network looks at where, not only at what.</summary>
    public static IReadOnlyList<Problem> PlacedSeries { get; } =
    [Problem.All.First(p => p.Network == Nets.SeriesPlain), PowerCons];

    /// <summary>The problems that they are planted in.</summary>
    public static IReadOnlyList<Problem> Problems { get; } = [.. Problem.All, .. Problem.Aside, PowerCons];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. new[]
        {
            BlindItems.All,
            BlindLabels.All,
            BlindBatches.All,
            BlindLosses.All,
            BlindSteps.All,
            BlindNetworks.All,
        }
            .SelectMany(kinds => kinds)
            .Select(kind => kind with { IsAside = true }),
    ];

    /// <summary>Whether a problem is of pictures.</summary>
    public static bool IsPictures(Problem problem) => !AsideKinds.IsSeries(problem);
}
