namespace Fovea.Workbench;

/// <summary>What is known of the learning rate: numbers that the loss's scale does not change.</summary>
/// <param name="Curve">The loss.</param>
/// <param name="LagCosine">Cosine of successive gradients, over the newest 100 updates; NaN with fewer.</param>
/// <param name="Gain">What updates gain over what their gradients promise: median over the newest probes; NaN without.</param>
/// <param name="GainsBelow">Share of probes with a gain below -1.</param>
/// <param name="GainsAbove">Share of probes with a gain above 0.95.</param>
/// <param name="Gains">Number of such probes.</param>
/// <param name="Uphill">Share of probes after which the loss of the batch was higher, by about what its gradient says.</param>
/// <param name="Sharpness">Curvature over the highest that the rate bears: median over the newest probes; NaN without.</param>
/// <param name="Ratio">Size of an update over the size of the weight: median over weights and the newest samples.</param>
/// <param name="Wanted">Where that settles by theory; NaN where no theory says.</param>
/// <param name="Trial">The newest probe of other rates; null without.</param>
internal sealed record RateSigns(
    LossCurve Curve,
    double LagCosine,
    double Gain,
    double GainsBelow,
    double GainsAbove,
    int Gains,
    double Uphill,
    double Sharpness,
    double Ratio,
    double Wanted,
    MeasuredProbe? Trial
)
{
    // Training hovers about the limit by itself.
    private const double Past = 1.5;

    // Updates of a thousandth of the weights' size are usual: a loss that hardly moves then has other reasons.
    private const double Small = 1e-3;

    private static readonly string[] Others = ["0.1", "0.33", "3", "10", "100"];

    /// <summary>Which of curvature, gain and successive gradients say that the rate is too high, in words.</summary>
    public IReadOnlyList<string> TooHigh =>
        [
            .. new[]
            {
                Sharpness > Past ? $"the loss is curved {Sharpness:G3} times as much as the rate bears" : "",
                Gains >= 2 && GainsBelow > 0.5
                    ? $"updates raise the loss of their own batch (gain {Gain:G3} in the middle of {Gains})"
                    : "",
                LagCosine < -0.2 ? $"successive gradients point against each other (cosine {LagCosine:G2})" : "",
            }.Where(s => s.Length > 0),
        ];

    /// <summary>Whether curvature or gain is past its limit: gradients against each other are health at the edge of
    /// stability.</summary>
    public bool IsPast => Sharpness > Past || (Gains >= 2 && GainsBelow > 0.5);

    /// <summary>Which signs say that the rate is too low, in words: updates far below where they settle, with successive
    /// gradients alike or gains all as promised.</summary>
    public IReadOnlyList<string> TooLow =>
        Ratio < 0.1 * Wanted && (LagCosine > 0.5 || (Gains >= 2 && GainsAbove >= 1.0))
            ?
            [
                $"updates are {Ratio:G2} of the weights' size, where {Wanted:G2} is to be expected",
                LagCosine > 0.5
                    ? $"successive gradients are alike (cosine {LagCosine:G2})"
                    : $"all {Gains} updates looked at gained what their gradient promised",
            ]
        : Hardly && !(Ratio > Small) && Gains >= 1 && GainsAbove >= 1.0
            ?
            [
                $"updates looked at gained what their gradient promised ({Gains} of {Gains}), and the loss has hardly moved",
            ]
        : Hardly && !(Ratio > Small) && HigherHelps ? ["the loss has hardly moved, and higher rates do better"]
        : [];

    /// <summary>Whether the loss is about where it began.</summary>
    private bool Hardly => Curve.Best > 0.9 * Curve.Start;

    /// <summary>Whether a tenth of the rate goes below the best loss so far and the present rate does not.</summary>
    public bool LowerHelps =>
        Trial is { } t && t["arm0.1"] < Best(t) - t["error"] && !(t["arm1"] < Best(t)) && double.IsFinite(t["arm0.1"]);

    /// <summary>Whether three and ten times the rate both gain more than three standard errors, or where the loss has hardly
    /// moved a hundred times.</summary>
    public bool HigherHelps => Gains3And10 || HundredHelps;

    /// <summary>Whether a hundred times the rate gains more than three standard errors where the loss has hardly moved.</summary>
    public bool HundredHelps =>
        Trial is { } t && Hardly && t["arm10"] <= t["arm1"] && t["arm1"] - t["arm100"] > 3.0 * Error(t, "error100");

    private bool Gains3And10 =>
        Trial is { } t
        && t["arm1"] - t["arm3"] > 3.0 * Error(t, "error3")
        && t["arm1"] - t["arm10"] > 3.0 * Error(t, "error10");

    /// <summary>Whether no other rate does better than the present one, by more than three standard errors.</summary>
    public bool NoRateHelps =>
        Trial is { } t && Others.All(arm => !(t["arm1"] - t[$"arm{arm}"] > 3.0 * Error(t, $"error{arm}")));

    /// <summary>Reads them.</summary>
    public static RateSigns Of(Measurements measured)
    {
        MeasuredProbe[] gains = [.. measured.ProbesOf("gain").Where(p => double.IsFinite(p["rho"])).TakeLast(10)];
        MeasuredRun run = measured.Run;
        MeasuredStep[] samples = [.. measured.Samples.Where(s => s.Updates is not null)];
        int[] weights =
        [
            .. Enumerable
                .Range(0, run.Parameters.Count)
                .Where(i => run.Parameters[i] is { IsWeight: true, IsTrainable: true, IsOptimized: true }),
        ];
        // At the end of a schedule updates are small by right: what counts is the height of the rate.
        double highest = samples.Length == 0 ? 0.0 : samples.Max(s => s.LearningRate);
        samples = [.. samples.Where(s => s.LearningRate >= 0.5 * highest)];
        double wanted =
            samples.Length == 0
                ? double.NaN
                : Statistics.Median(
                    weights.Select(i =>
                        EquilibriumRatio.Of(run, run.Parameters[i], samples[^1].LearningRate) ?? double.NaN
                    )
                );
        return new RateSigns(
            LossCurve.Of(measured),
            Statistics.RecentMean(measured.Steps, s => s.LagCosine, 100),
            Statistics.Median(gains.Select(p => p["rho"])),
            Share(gains, p => p["rho"] < -1.0),
            Share(gains, p => p["rho"] > 0.95),
            gains.Length,
            Share(gains, IsUphill),
            Statistics.Median(measured.ProbesOf("sharpness").TakeLast(3).Select(p => p["s"] / p["limit"])),
            MedianRatio(weights, samples.TakeLast(10)),
            wanted,
            measured.LastProbe("rate")
        );
    }

    /// <summary>The size of updates over that of weights: the median over weights and samples.</summary>
    public static double MedianRatio(IReadOnlyList<int> weights, IEnumerable<MeasuredStep> samples) =>
        Statistics.Median(samples.SelectMany(s => weights.Select(i => SignalLayers.Ratio(s, i))).Where(r => r > 0.0));

    // The loss rises by rho x g.u, and by about as much as the gradient says: a step the wrong way, not one too far.
    private static bool IsUphill(MeasuredProbe probe) =>
        probe["rho"] * probe["gu"] > 0.0 && Math.Abs(probe["rho"]) is > 0.5 and < 1.5;

    private static double Share(MeasuredProbe[] probes, Func<MeasuredProbe, bool> holds) =>
        probes.Length == 0 ? double.NaN : (double)probes.Count(holds) / probes.Length;

    private double Best(MeasuredProbe probe) =>
        double.IsFinite(probe["best"]) ? Math.Min(probe["best"], Curve.Best) : Curve.Best;

    private static double Error(MeasuredProbe probe, string name) =>
        double.IsFinite(probe[name]) ? probe[name]
        : double.IsFinite(probe["error"]) ? probe["error"]
        : 0.0;
}
