using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Kinds of faults that were planted after all rules and thresholds of the diagnosis were set, by someone who did
/// not know them; kept apart from <see cref="Plans.Kinds"/>. The causes accepted were fixed before any run.</summary>
internal static class AsideKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. new[] { AsideRates.All, AsideLoops.All, AsideItems.All, AsideLabels.All, AsideNetworks.All, AsideLosses.All }
            .SelectMany(kinds => kinds)
            .Select(kind => kind with { IsAside = true }),
    ];

    /// <summary>Problems of their own: data in colour, data whose classes are mirror images, and two dots.</summary>
    public static IReadOnlyList<Problem> Problems { get; } = [.. Colour, .. Handed, .. Dots];

    /// <summary>Where the order of colours matters.</summary>
    public static IReadOnlyList<Problem> Colour =>
        [
            new(Nets.Bn, AsideData.Tinted, "sgd,momentum=0.9,decay=5e-4", 0.05, IsHeldOut: true),
            new(Nets.Plain, AsideData.Tinted, "adam", 0.002, IsHeldOut: true),
        ];

    /// <summary>Where left and right matter.</summary>
    public static IReadOnlyList<Problem> Handed =>
        [
            new(Nets.LeNet, HandedShoes.Title, "sgd,momentum=0.9", 0.02, IsHeldOut: true),
            new(Nets.Bn, HandedShoes.Title, "adam", 0.003, IsHeldOut: true),
        ];

    /// <summary>Where a distance matters.</summary>
    public static IReadOnlyList<Problem> Dots =>
        [
            new(AsideNets.Strided, AsideData.TwoDots, "rmsprop", 0.001, IsHeldOut: true),
            new(AsideNets.Strided, AsideData.TwoDots, "adam", 0.001, IsHeldOut: true),
        ];

    /// <summary>A kind that is planted in a loop written by hand.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="accepts">The causes that name it.</param>
    /// <param name="habits">The loop's habits, made anew for each run; null where it does not fit.</param>
    public static Fault ByHand(string name, string[] accepts, Func<Problem, ulong, Habits?> habits) =>
        new(
            name,
            accepts,
            (p, seed) =>
                habits(p, seed) is { } own ? new Case(p.Build(seed), p.Source, p.Options(seed)) { Own = own } : null
        );

    /// <summary>A kind that is planted in the options.</summary>
    public static Fault ByOptions(
        string name,
        string[] accepts,
        Func<Problem, TrainingOptions, TrainingOptions?> change
    ) =>
        new(
            name,
            accepts,
            (p, seed) => change(p, p.Options(seed)) is { } options ? new Case(p.Build(seed), p.Source, options) : null
        );

    /// <summary>Whether a problem is learned with SGD.</summary>
    public static bool IsSgd(Problem problem) => problem.Optimizer.StartsWith("sgd", StringComparison.Ordinal);

    /// <summary>Whether a problem is of series.</summary>
    public static bool IsSeries(Problem problem) => problem.Source.Train.ItemShape.Rank == 2;
}
