namespace Fovea.Workbench;

/// <summary>What a look at the data says of the scale and the order of values.</summary>
internal static partial class DataScaleFindings
{
    // Root mean square as fed. Values 0 to 1 have 0.2 to 0.6, standardized ones 1, bytes 60 to 150; divided by 255 twice,
    // 0.001 to 0.003.
    private const double Large = 10,
        Small = 0.02;

    // Between parts: differences of means in deviations, and ratios of deviations.
    private const double MeanLook = 0.5,
        MeanFix = 2,
        RatioLook = 1.5,
        RatioFix = 3;

    // Fewer items say little of a part.
    private const int Enough = 12;

    // Correlations.
    private const double PeriodLook = 0.05,
        PeriodFix = 0.2;

    // Shares of positions.
    private const double ScatteredLook = 0.2,
        ScatteredFix = 0.5;

    // Channels without positions beside an axis as short as that of colours.
    private const int ManyChannels = 16,
        Colours = 4;

    // Correlation of neighbours.
    private const double Alike = 0.1;

    // Shares of a series.
    private const double MostlyPadding = 0.5,
        NearlyAllPadding = 0.75;

    // Deviations of a channel.
    private const double Still = 1e-6,
        Varies = 1e-3;

    // Standard errors of a probe.
    private const double Sure = 3;

    /// <summary>All of them.</summary>
    public static IEnumerable<Finding> Of(Measurements measured, DataReport data) =>
        FarValueFindings.Of(data) is not null
            ? [] // it takes away the scale of all others, and what is alike with it
            : new[]
            {
                Swapped(measured, data),
                Parts(measured, data),
                Missing(data),
                Scale(measured, data),
                Layout(data),
                Scattered(measured, data),
                Unlike(measured, data),
                Padded(data),
            }.OfType<Finding>();

    /// <summary>The root mean square of values as fed; NaN where it was not looked at.</summary>
    public static double Size(DataReport data) =>
        data.ChannelMeans.Count == 0
            ? double.NaN
            : Math.Sqrt(data.ChannelMeans.Zip(data.ChannelDeviations, (m, s) => (m * m) + (s * s)).Average());

    // A normalization takes away what is large; what is small drowns in the epsilon of its root, 1e-5.
    private static Finding? Scale(Measurements measured, DataReport data)
    {
        double size = Size(data);
        if (!(size > Large || size < Small) || size == 0 || (size > Large && IsNormalizedFirst(measured.Run)))
        {
            return null;
        }

        MeasuredProbe? tried = measured.LastProbe("standardized"),
            first = measured.LastProbe(FirstBatchProbe.ProbeName);
        bool helps = tried is not null && tried["loss"] - tried["standardized"] > Sure * tried["error"],
            starts = size > Large && first is not null && first["loss"] > 2 * measured.Run.ChanceLoss;
        string consequence =
            helps
                ? $" 20 steps on standardized values bring the loss to {tried!["standardized"]:G4} instead of {tried["loss"]:G4}."
            : starts
                ? $" The first loss is {first!["loss"]:G4}, where knowing nothing has {measured.Run.ChanceLoss:G4}."
            : "";
        string guess =
            data.Low >= 0 && data.High is > 100 and <= 255 ? ", bytes that nobody divided"
            : data.Low >= 0 && data.High <= 1.01 / 255 ? ", as if divided by 255 twice"
            : "";
        return new Finding(
            helps || starts ? Verdict.Fix : Verdict.Look,
            Cause.DataScale,
            $"Values as fed lie between {data.Low:G3} and {data.High:G3}, of size {size:G3}{guess}; first values of weights suit a size of 1.{consequence}"
        )
        {
            IsFact = true,
            Crossed =
            [
                new(
                    "root mean square of the values as fed",
                    size,
                    size > Large ? ">" : "<",
                    size > Large ? Large : Small,
                    Crossing.Ours
                ),
            ],
            Remedy = "Standardize each channel: Preprocessing.Fit(train), or (x - mean) / std where samples are read.",
            Threshold =
                "a root mean square above 10 or below 0.02 that no normalization takes away; to fix where standardized values learn faster by 3 standard errors, or the first loss is twice that of knowing nothing",
        };
    }

    /// <summary>Whether the first layer's scale, or the input's, is taken away by a normalization.</summary>
    private static bool IsNormalizedFirst(MeasuredRun run)
    {
        int first = run.Points.ToList().FindIndex(p => p.Kind == PointKind.Filters);
        return run.Points.Any(p =>
            p.Kind == PointKind.Normalization
            && p.From.Any(f => f == first || run.Points.ElementAtOrDefault(f)?.Kind == PointKind.Input)
        );
    }

    private static Finding? Parts(Measurements measured, DataReport data)
    {
        if (data.OthersLooked < Enough || data.TestChannelMeans.Count != data.ChannelMeans.Count)
        {
            return null;
        }

        (double Mean, double Ratio)[] off =
        [
            .. Enumerable
                .Range(0, data.ChannelMeans.Count)
                .Where(c => data.ChannelDeviations[c] > 1e-6)
                .Select(c =>
                    (
                        Math.Abs(data.TestChannelMeans[c] - data.ChannelMeans[c]) / data.ChannelDeviations[c],
                        Spread(data.TestChannelDeviations[c] / data.ChannelDeviations[c])
                    )
                ),
        ];
        if (off.Length == 0)
        {
            return null;
        }

        double mean = off.Max(o => o.Mean),
            ratio = off.Max(o => o.Ratio);
        return mean <= MeanLook && ratio <= RatioLook
            ? null
            : new Finding(
                mean > MeanFix || ratio > RatioFix ? Verdict.Fix : Verdict.Look,
                Cause.PipelinesDiffer,
                $"The parts are fed with other values: means of a channel differ by {mean:G3} deviations, and deviations {ratio:G3} times."
            )
            {
                Crossed =
                [
                    .. new Crossing[]
                    {
                        new(
                            "means apart, in deviations",
                            mean,
                            ">",
                            mean > MeanFix ? MeanFix : MeanLook,
                            Crossing.Ours
                        ),
                        new("ratio of deviations", ratio, ">", ratio > RatioFix ? RatioFix : RatioLook, Crossing.Ours),
                    }.Where(c => c.Value > c.Limit),
                ],
                Remedy = "Prepare all parts by one Preprocessing, fitted to the items learned from.",
                Threshold =
                    "to look at: means half a deviation apart, or deviations 1.5 times; to fix: 2 deviations, or 3 times",
            };

        static double Spread(double ratio) => ratio > 0 ? Math.Max(ratio, 1 / ratio) : double.PositiveInfinity;
    }

    /// <summary>A channel that has one value throughout in one part, and not in the other.</summary>
    private static Finding? Missing(DataReport data)
    {
        int[] missing =
        [
            .. Enumerable
                .Range(0, Math.Min(data.ChannelDeviations.Count, data.TestChannelDeviations.Count))
                .Where(c =>
                    Math.Max(data.ChannelDeviations[c], data.TestChannelDeviations[c]) > Varies
                    && Math.Min(data.ChannelDeviations[c], data.TestChannelDeviations[c]) < Still
                ),
        ];
        return missing.Length == 0 || data.OthersLooked < Enough
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.PipelinesDiffer,
                $"Channel {missing[0]} has one value throughout in {(data.ChannelDeviations[missing[0]] < Still ? "the items learned from" : "the other part")} (deviation {Math.Min(data.ChannelDeviations[missing[0]], data.TestChannelDeviations[missing[0]]):G3}) and varies in {(data.ChannelDeviations[missing[0]] < Still ? "the other part" : "the items learned from")} ({Math.Max(data.ChannelDeviations[missing[0]], data.TestChannelDeviations[missing[0]]):G3})."
            )
            {
                Remedy = "Read all parts by the same code: in one of them a channel is lost.",
                Threshold = "a deviation below 1e-6 in one part, and above 1e-3 in the other",
            };
    }

    /// <summary>Series that are mostly padding.</summary>
    private static Finding? Padded(DataReport data) =>
        !(data.ConstantTail > MostlyPadding)
            ? null
            : new Finding(
                data.ConstantTail > NearlyAllPadding ? Verdict.Fix : Verdict.Look,
                Cause.InputUnused,
                $"One value fills the last {Figures.Percent(data.ConstantTail)} of a series, in the mean: padding, which takes part in every mean over positions and in every batch statistic."
            )
            {
                IsFact = true,
                Crossed =
                [
                    new(
                        "share of a series that is padding",
                        data.ConstantTail,
                        ">",
                        data.ConstantTail > NearlyAllPadding ? NearlyAllPadding : MostlyPadding,
                        Crossing.Ours
                    ),
                ],
                Remedy = "Cut series to their length, or pad to the longest of a batch.",
                Threshold = "half of a series; to fix: three quarters",
            };
}
