namespace Fovea.Workbench;

/// <summary>2.14: how much aliasing each down-sampling adds.</summary>
/// <remarks>What lies above half the sampling frequency of a stride comes back as something that is not there, and differs with
/// each shift of the input. White noise has 1 - 1/stride² of its energy there in two axes.</remarks>
public sealed class Aliasing : MeasuredQuestion
{
    private const string Probe = "aliasing";

    // Of the share of white noise.
    private const double Rough = 0.5;

    private const int Named = 3;

    /// <inheritdoc/>
    public override string Id => "2.14";

    /// <inheritdoc/>
    public override string Text => "How much aliasing does each down-sampling add?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        if (evidence.Graph.SpatialRank == 0)
        {
            return NotApplicable("The input has no spatial axes.");
        }

        IReadOnlyList<MeasuredProbe> lines = EndProbe.Lines(measured, Probe);
        if (lines.Count == 0)
        {
            return CannotTell(EndProbe.WhyNone(measured, Probe));
        }

        MeasuredProbe[] layers =
        [
            .. lines.Where(l => l.Layer.Length > 0).OrderByDescending(l => l["share"] / l["white"]),
        ];
        double all = lines.First(l => l.Layer.Length == 0)["layers"];
        if (layers.Length == 0)
        {
            return all == 0
                ? NotApplicable("No layer has a stride above 1.")
                : CannotTell("The maps before sub-sampling have fewer than 8 positions, or are constant.");
        }

        return Judge(layers);
    }

    private Answer Judge(MeasuredProbe[] layers)
    {
        MeasuredProbe[] rough = [.. layers.Where(l => l["share"] > Rough * l["white"])];
        return Answer(
            rough.Length > 0 ? Verdict.Look : Verdict.Ok,
            $"{Figures.Of(layers.Length, "layer samples", "layers sample")} down; most of what its stride cannot carry has {layers[0].Layer}: {Figures.Percent(layers[0]["share"])} of the energy of its map, where white noise has {Figures.Percent(layers[0]["white"])}{(layers.Length > 1 ? $"; then {string.Join(", ", layers.Skip(1).Take(Named - 1).Select(l => $"{l.Layer} {Figures.Percent(l["share"])}"))}" : "")}."
        ) with
        {
            Layers = [.. rough.Select(l => l.Layer)],
            Predicted = [new("whiteNoise", layers[0]["white"], "ratio of energy")],
            Measured =
            [
                .. layers
                    .Take(2 * Named)
                    .Select(l => new Quantity($"outOfBand.{l.Layer}", l["share"], "ratio of energy")),
            ],
            Threshold = $"to look at: above {100 * Rough:F0} % of what white noise has",
            Source = "Zhang 2019; Ribeiro, Schön 2021; the half is ours",
            Remedy = rough.Length > 0 ? $"Whether it matters, 2.15 says. {Blur.Remedy}" : "",
        };
    }
}
