namespace Fovea.Workbench;

/// <content>The order of channels and positions.</content>
internal static partial class DataScaleFindings
{
    /// <summary>Neighbours that are no more alike than strangers.</summary>
    private static Finding? Unlike(Measurements measured, DataReport data) =>
        data.Looked < Enough
        || data.ItemShape.Skip(1).Aggregate(1, (a, b) => a * b) < 9
        || !(Math.Abs(data.NeighbourCorrelation) < Alike)
            ? null
            : new Finding(
                data.ItemShape.Count == 3 ? Verdict.Fix : Verdict.Look,
                Cause.DataLayout,
                $"Neighbouring values of an item have a correlation of {data.NeighbourCorrelation:F2}: they are no more alike than distant ones, and kernels look at neighbours. A table of values by items that was reshaped, not transposed, has items mixed so."
            )
            {
                IsFact = true,
                Crossed =
                [
                    new("correlation of neighbours", Math.Abs(data.NeighbourCorrelation), "<", Alike, Crossing.Ours),
                ],
                Remedy =
                    $"Look at an item{Experiments.OfData(measured)} as a picture or a curve. Transpose [values, items] to [items, values].",
                Threshold = "a correlation of neighbours below 0.1; to fix: of pictures",
            };

    /// <summary>Means of channels that agree between the parts in the opposite order only.</summary>
    private static Finding? Swapped(Measurements measured, DataReport data)
    {
        IReadOnlyList<double> own = data.ChannelMeans,
            other = data.TestChannelMeans;
        if (own.Count is not (3 or 4) || other.Count != own.Count || data.OthersLooked < Enough)
        {
            return null;
        }

        double size = data.ChannelDeviations.Average(),
            kept = Distance([.. other]) / size,
            turned = Distance([.. other.Take(3).Reverse(), .. other.Skip(3)]) / size;
        if (!(kept > 0.2 && turned < kept / 4))
        {
            return null;
        }

        MeasuredProbe? tried = measured.LastProbe("reordered-channels");
        bool helps = tried is not null && tried["loss"] - tried["reordered"] > Sure * tried["error"];
        return new Finding(
            helps ? Verdict.Fix : Verdict.Look,
            Cause.DataLayout,
            $"The means of the channels agree between the parts when one part's channels are turned round: red and blue are swapped.{(helps ? $" With its channels turned round, the loss of the other part falls from {tried!["loss"]:G4} to {tried["reordered"]:G4}." : "")}"
        )
        {
            Remedy = "Read all parts in one order of channels: red, green, blue.",
            Threshold =
                "means a fifth of a deviation apart as they are, and a quarter of that turned round; to fix where the loss falls so by 3 standard errors",
        };

        double Distance(double[] means) => Math.Sqrt(means.Zip(own, (a, b) => (a - b) * (a - b)).Average());
    }

    /// <summary>Positions in another order: what is alike lies far apart.</summary>
    private static Finding? Scattered(Measurements measured, DataReport data) =>
        !(data.DistantPartners > ScatteredLook)
            ? null
            : new Finding(
                data.DistantPartners > ScatteredFix ? Verdict.Fix : Verdict.Look,
                Cause.DataLayout,
                $"For {Figures.Percent(data.DistantPartners)} of the positions looked at the one that is most alike lies far away: positions seem to be in another order than that of the picture or series, and kernels look at neighbours."
            )
            {
                Crossed =
                [
                    new(
                        "share of positions whose like lies far away",
                        data.DistantPartners,
                        ">",
                        data.DistantPartners > ScatteredFix ? ScatteredFix : ScatteredLook,
                        Crossing.Ours
                    ),
                ],
                Remedy =
                    $"Look at an item{Experiments.OfData(measured)} as a picture, and at each Reshape, Permute or shuffle on its way.",
                Threshold = "to look at: a fifth of the positions; to fix: half of them",
            };

    private static Finding? Layout(DataReport data)
    {
        IReadOnlyList<int> shape = data.ItemShape;
        bool isPicture = shape.Count == 3;
        if (isPicture && shape[0] >= ManyChannels && shape[2] <= Colours && shape[1] > Colours)
        {
            return new Finding(
                Verdict.Look,
                Cause.DataLayout,
                $"An item {string.Join("x", shape)} is taken for {shape[0]} channels of {shape[1]} x {shape[2]}: colours seem to come last."
            )
            {
                IsFact = true,
                Remedy = "Put channels first: [C, H, W].",
            };
        }

        return !(data.PeriodExcess > PeriodLook) || data.Looked < Enough
            ? null
            : new Finding(
                data.PeriodExcess > PeriodFix && isPicture ? Verdict.Fix : Verdict.Look,
                Cause.DataLayout,
                $"Values {shape[0]} apart along a line are more alike than neighbours, by a correlation of {data.PeriodExcess:F2}: colours lie beside each other where lines of one channel should be."
            )
            {
                IsFact = true,
                Remedy = "Transpose [H, W, C] to [C, H, W]; a reshape leaves the values where they are.",
                Threshold = "to look at: an excess of the correlation of 0.05; to fix: 0.2 in pictures",
            };
    }
}
