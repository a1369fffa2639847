namespace Fovea.Workbench;

/// <summary>3.8: where it is lost in which place of the input something is.</summary>
/// <remarks>What a linear read-out makes of the place of a planted dot, by layer, beside the positions that the layer has. Islam,
/// Jia, Bruce 2020, How much position information do convolutional neural networks encode?,
/// https://arxiv.org/abs/2001.08248. Behind global pooling nothing is left, but for what padding gives away at borders.</remarks>
public sealed class PositionKept : MeasuredQuestion
{
    // Shares of the variance of the place.
    private const double Kept = 0.5,
        Lost = 0.25;

    // Layers named besides the input.
    private const int Told = 5;

    /// <inheritdoc/>
    public override string Id => "3.8";

    /// <inheritdoc/>
    public override string Text => "Where is spatial information lost?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        EndLook look = EndLook.Of(
            measured,
            "position",
            "No dot can be planted: the network has several inputs, or reads something else than maps."
        );
        Place[] places = [.. look.Lines.Select(Place.Of).Where(p => double.IsFinite(p.Read))];
        if (places.Length == 0)
        {
            return evidence.Graph.SpatialRank == 0 && measured.Run.Untraced.Length == 0
                ? NotApplicable("The input has no spatial axes.")
                : CannotTell(look.Missing.Length > 0 ? look.Missing : "What layers give is no finite number.");
        }

        return places[0].Read < Kept
            ? CannotTell(
                $"Even from the input only {Figures.Percent(places[0].Read)} of the place of a dot can be read: it is too small for a linear read-out."
            )
            : Judge(places);
    }

    private Answer Judge(Place[] places)
    {
        int lost = Array.FindIndex(places, p => p.Read < Kept);
        Place last = places.LastOrDefault(p => p.IsMap) ?? places[0];
        bool early = last.Read < Lost;
        string way = string.Join(
            ", ",
            FilterStatistics
                .Spread(places.Length - 1, Told)
                .Select(i => places[^(i + 1)])
                .Reverse()
                .Prepend(places[0])
                .Select(p => p.Text)
        );
        Place pooled = places.FirstOrDefault(p => !p.IsMap) ?? last;
        string where =
            lost < 0
                ? pooled.IsMap
                    ? "It is kept to the end."
                    : $"Even at {pooled.Name}, which has no positions, it can be read: padding tells layers that see the border where that is."
                : places[lost].IsMap
                    ? $"At {places[lost].Name} more than half of it is lost, though that still has {places[lost].Sizes} positions."
                    : $"It is lost at {places[lost].Name}, which has no positions.";
        return Answer(
            early ? Verdict.Look : Verdict.Ok,
            $"Of the place of a dot a linear read-out gets: {way}. {where}"
        ) with
        {
            Layers = lost >= 0 ? [places[lost].Name] : [],
            Predicted = [new("lastMapPositions", last.Positions, "positions")],
            Measured =
            [
                new("readFromInput", places[0].Read, "share of variance"),
                new("readFromLastMap", last.Read, "share of variance"),
                new("readFromOutput", places[^1].Read, "share of variance"),
            ],
            Threshold = $"to look at: less than {Lost} of the variance of the place is read from the last map",
            Source = "Islam, Jia, Bruce 2020, https://arxiv.org/abs/2001.08248; the limits are ours",
            Remedy = early
                ? "Fine where the place does not matter; else fewer strides and pools, or skips from earlier maps."
                : "",
        };
    }

    /// <summary>What is read from a value.</summary>
    private sealed record Place(string Name, double Read, int[] Positions0)
    {
        public bool IsMap => Array.Exists(Positions0, p => p > 1);

        public int Positions => Positions0.Aggregate(1, (a, b) => a * b);

        public string Sizes => string.Join("x", Positions0);

        public string Text => $"{Figures.Percent(Read)} at {Name} ({Sizes})";

        public static Place Of(MeasuredProbe line) =>
            new(
                line.Layer,
                line["read"],
                [
                    .. Enumerable
                        .Range(0, line.Values.Count)
                        .Select(axis => line[$"positions{axis}"])
                        .Where(double.IsFinite)
                        .Select(p => (int)p),
                ]
            );
    }
}
