namespace Fovea.Workbench;

/// <summary>2.10: whether units have learned where the border is.</summary>
/// <remarks>Zero padding is a signal of its own that stands at the border alone, and filters pick it up. That helps where position
/// matters, and makes answers depend on where an object lies. In pre-trained classifiers some 2 % of filters do so.</remarks>
public sealed class BorderUnits : MeasuredQuestion
{
    private const string Probe = "border-units";

    // Of the units; by chance 1 % of them at most. Small maps are border for a good part, and healthy networks on them have a
    // quarter.
    private const double Many = 0.5,
        Chance = 0.01;

    private const int Named = 3;

    /// <inheritdoc/>
    public override string Id => "2.10";

    /// <inheritdoc/>
    public override string Text => "Do units learn where the border is?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        if (evidence.Graph.SpatialRank == 0)
        {
            return NotApplicable("The input has no spatial axes.");
        }

        MeasuredProbe[] layers = [.. EndProbe.Lines(measured, Probe).Where(l => l["units"] > 0)];
        if (layers.Length == 0)
        {
            return measured.LastProbe(Probe) is { Values.Count: 0 } && measured.Run.Untraced.Length == 0
                ? NotApplicable("No layer has maps of 6 positions or more along each axis.")
                : CannotTell(EndProbe.WhyNone(measured, Probe));
        }

        return Judge(layers).UnlessAtChance(measured);
    }

    private Answer Judge(MeasuredProbe[] layers)
    {
        double units = layers.Sum(l => l["units"]),
            found = layers.Sum(l => l["found"]),
            share = found / units;
        Proportion interval = Proportion.Wilson((long)found, (long)units);
        MeasuredProbe[] most = [.. layers.Where(l => l["found"] > 0).OrderByDescending(l => l["found"] / l["units"])];
        bool looks = share > Many;
        return Answer(
            looks ? Verdict.Look : Verdict.Ok,
            found == 0
                ? $"None of {units:F0} units tells the border of its map from the middle."
                : $"{found:F0} of {units:F0} units ({Figures.Percent(share)}) tell the border of their map from the middle: {string.Join(", ", most.Take(Named).Select(l => $"{l.Layer} {l["found"]:F0} of {l["units"]:F0}"))}. {(interval.Low > Chance ? "Chance gives 1 % at most." : "Chance alone can give as many.")}"
        ) with
        {
            Layers = looks ? [.. most.Select(l => l.Layer)] : [],
            Measured =
            [
                new("borderUnits", found, "units"),
                new("units", units, "units"),
                new("share", share, "ratio"),
                new("shareLow", interval.Low, "ratio, 95 %"),
                new("shareHigh", interval.High, "ratio, 95 %"),
                new("largestDifference", layers.Max(l => l["largest"]), "Kolmogorov-Smirnov"),
            ],
            Threshold =
                $"a unit: distributions 0.5 apart or more, which at most one in 100 permutations reaches; to look at: {100 * Many:F0} % of units",
            Source =
                "Garcia-Gasulla et al. 2023, Padding aware neurons: about 2 % of filters on ImageNet; the limits are ours",
            Remedy = looks
                ? "Where answers must not depend on position: reflect or replicate padding (padding-mode=reflect), and random crops with a wide margin."
                : "",
        };
    }
}
