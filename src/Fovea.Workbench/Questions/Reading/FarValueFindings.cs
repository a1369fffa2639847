namespace Fovea.Workbench;

/// <summary>Values that lie far from all others, as they stand for what is missing or broken, and positions that hold nearly all
/// variance. Both take away the scale of everything else.</summary>
internal static class FarValueFindings
{
    // Times the distance that all other values of a channel lie within.
    public const double Far = 10;

    // Of the items.
    private const double ManyItems = 0.1;

    // Of the variance, in a hundredth of the positions; deviations of the furthest value.
    private const double Most = 0.5,
        ManyDeviations = 30;

    /// <summary>What is found; it comes before all that is said of layout, parts and labels.</summary>
    public static Finding? Of(DataReport data) => FarOff(data) ?? InItems(data) ?? ByPosition(data);

    private static Finding? FarOff(DataReport data) =>
        data.Far is not { Times: >= Far } far
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.DataScale,
                $"The value {far.Value:G4} as fed lies {far.Times:G3} times as far from the nearest other one ({far.Next:G4}) as all others of its channel lie apart, {(far.Count == 1 ? "once" : $"and comes {far.Count:N0} times ({Figures.Percent(far.Share)})")}: {(far.Count == 1 ? "a broken value" : "it seems to stand for what is missing")}, and mean and deviation are of it."
            )
            {
                Remedy =
                    far.Count == 1
                        ? "Look at the item that has it; leave it out, or clip values, before Preprocessing.Fit."
                        : "Put the mean of the channel in its place before Preprocessing.Fit, with a channel that says where, if that matters.",
                Onset = 0,
                Threshold = "a value ten times as far from all others of its channel as those lie apart",
            };

    /// <summary>Each series has a mark of its own, as it was scaled by itself.</summary>
    private static Finding? InItems(DataReport data) =>
        data.FarItems < ManyItems * (data.Looked - data.OthersLooked) || data.FarItems < 2
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.DataScale,
                $"{data.FarItems:N0} of {data.Looked - data.OthersLooked:N0} series have a value that comes several times and lies {Far:F0} times as far from all others as those lie apart: it seems to stand for what is missing, and each series is scaled by it."
            )
            {
                Remedy = "Fill what is missing, by its neighbours or the mean, before series are scaled.",
                Onset = 0,
                Threshold = "such a value in a tenth of the series",
            };

    private static Finding? ByPosition(DataReport data) =>
        !(data.VarianceOfFew >= Most && data.LargestDeviations >= ManyDeviations)
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.DataScale,
                $"One position in a hundred has {Figures.Percent(data.VarianceOfFew)} of the variance, and a value lies {data.LargestDeviations:G3} deviations from the mean: positions seem to be scaled one by one, by deviations that were nearly 0."
            )
            {
                Remedy =
                    "Scale by one mean and deviation a channel: Preprocessing.Fit(train); or keep deviations above a hundredth of the largest.",
                Onset = 0,
                Threshold =
                    "half of the variance in a hundredth of the positions, and a value 30 deviations from the mean",
            };
}
