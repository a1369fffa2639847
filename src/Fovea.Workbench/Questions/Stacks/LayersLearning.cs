namespace Fovea.Workbench;

/// <summary>3.4: whether every layer is learning.</summary>
/// <remarks>
/// Weights before a normalization, with decay, settle where an update is sqrt(2 eta lam / (1 + mu)) of their size with SGD
/// of momentum mu, and sqrt(2 eta lam (1 - b1) / (1 + b1)) with AdamW (Kosson et al. 2023,
/// https://arxiv.org/abs/2305.17212), whatever the loss's scale. Other weights are compared with the layers around them. An
/// update of 0 where there is a gradient, and no gradient at all, are exact.
/// </remarks>
public sealed class LayersLearning : MeasuredQuestion
{
    private const double Apart = 100.0,
        Ended = 1e-3;
    private const int Soon = 30;

    /// <inheritdoc/>
    public override string Id => "3.4";

    /// <inheritdoc/>
    public override string Text => "Is every layer learning?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        MeasuredRun run = measured.Run;
        MeasuredStep[] samples = LearningStates.Moving(measured, Ended);
        if (samples.Length < 3 || samples[^1].Step - samples[0].Step < Soon)
        {
            return CannotTell($"Fewer than {Soon} updates were measured.");
        }

        Still[] still = [.. LearningStates.Of(evidence, measured, samples)];
        Still? worst = still
            .OrderBy(s => s.Verdict)
            .ThenBy(s => s.Parameter)
            .FirstOrDefault(s => s.Verdict < Verdict.Ok);
        (int Place, double Ratio, double? Wanted)[] ratios =
        [
            .. Enumerable
                .Range(0, run.Parameters.Count)
                .Where(i => run.Parameters[i].IsWeight && still.All(s => s.Parameter != i))
                .Select(i =>
                    (
                        i,
                        Statistics.Median(samples.TakeLast(10).Select(s => SignalLayers.Ratio(s, i))),
                        EquilibriumRatio.Of(run, run.Parameters[i], samples[^1].LearningRate)
                    )
                )
                .Where(r => r.Item2 > 0.0),
        ];
        return worst is null
            ? OfRatios(evidence, measured, samples, ratios)
            : OfStill(evidence, measured, samples, worst, still);
    }

    private Answer OfStill(Evidence evidence, Measurements measured, MeasuredStep[] samples, Still worst, Still[] still)
    {
        MeasuredRun run = measured.Run;
        Still[] same = [.. still.Where(s => s.Cause == worst.Cause && s.Verdict == worst.Verdict)];
        string[] layers = [.. same.Select(s => s.Layer).Distinct()];
        return Answer(
            worst.Verdict,
            $"{worst.Name} {worst.Finding}, over {samples.Length} samples up to update {samples[^1].Step}; {Figures.Of(same.Length, "parameter")} of {run.Parameters.Count}: {Figures.Names(layers)}."
        ) with
        {
            Layers = layers,
            OnsetStep = samples[0].Step,
            Cause = worst.Cause,
            Predicted = [new("still", 0, "parameters")],
            Measured =
            [
                new("still", same.Length, "parameters"),
                new("parameters", run.Parameters.Count, "parameters"),
                new("gradient", worst.Gradient, "norm"),
            ],
            Threshold = $"an update of exactly 0, or no gradient, in every sample over {Soon} updates",
            Source = "exact",
            Remedy = worst.Remedy,
            Experiment = worst.Verdict < Verdict.Ok ? Experiments.OneEpoch(measured) : "",
        };
    }

    private Answer OfRatios(
        Evidence evidence,
        Measurements measured,
        MeasuredStep[] samples,
        (int Place, double Ratio, double? Wanted)[] ratios
    )
    {
        MeasuredRun run = measured.Run;
        if (ratios.Length == 0)
        {
            return CannotTell("No weight with a size was measured.");
        }

        double middle = Statistics.Median(ratios.Select(r => r.Ratio)),
            start = Statistics.Median(
                ratios.Select(r =>
                    Statistics.Median(samples.TakeWhile(s => s.Step < 100).Select(s => SignalLayers.Ratio(s, r.Place)))
                )
            );
        (int Place, double Ratio, double? Wanted)[] slow =
        [
            .. ratios.Where(r => r.Ratio < middle / Apart && !(r.Ratio > r.Wanted / 3.0)).OrderBy(r => r.Ratio),
        ];
        double? wanted = ratios.Select(r => r.Wanted).FirstOrDefault(w => w is not null);
        string settled = wanted is { } w2 ? $"; before a normalization they settle at {w2:G2}" : "";
        string finding =
            slow.Length == 0
                ? $"All {Figures.Of(ratios.Length, "weight")} that are trained move, by {ratios.Min(r => r.Ratio):G2} to {ratios.Max(r => r.Ratio):G2} of their size an update, {middle:G2} in the middle{settled}."
                : $"{run.Parameters[slow[0].Place].Name} moves by {slow[0].Ratio:G2} of its size an update, the weight in the middle by {middle:G2}{settled}; {Figures.Of(slow.Length, "weight")} of {ratios.Length} move a hundredth as much or less.";
        return Answer(slow.Length == 0 ? Verdict.Ok : Verdict.Look, finding) with
        {
            Layers = [.. slow.Select(s => SignalLayers.LayerName(run, run.Parameters[s.Place])).Distinct()],
            Cause = slow.Length == 0 ? "" : Cause.Vanishing,
            Predicted = wanted is { } w ? [new("updateRatio", w, "ratio")] : [],
            Measured =
            [
                new("updateRatio", middle, "ratio"),
                new("updateRatioAtFirst", start, "ratio"),
                new("slowest", ratios.Min(r => r.Ratio), "ratio"),
                new("fastest", ratios.Max(r => r.Ratio), "ratio"),
            ],
            Threshold = $"to look at: a weight that moves less than 1/{Apart:F0} of the one in the middle",
            Source = "Kosson et al. 2023 for where weights settle; the hundred is ours",
            Remedy =
                slow.Length == 0
                    ? ""
                    : $"Look at question 3.2: gradients may fade before {SignalLayers.LayerName(run, run.Parameters[slow[0].Place])}; or give it a group of its own with a higher rate (ParameterGroup.LearningRateScale).",
        };
    }
}
