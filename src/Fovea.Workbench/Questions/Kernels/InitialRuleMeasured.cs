namespace Fovea.Workbench;

/// <summary>1.6, measured: whether the weights of the first update are those of their rules, and suit the activation.</summary>
/// <remarks>
/// The mean square of n normal values spreads by sqrt(2/n) around its rule's; five deviations, or a tenth, is what drawing
/// leaves. Other values were loaded or written, and are compared with what the activation wants instead of the rule.
/// </remarks>
public sealed class InitialRuleMeasured : MeasuredQuestion
{
    // Decades of a mean square.
    private const double FarOff = 2.0;

    /// <inheritdoc/>
    public override string Id => "1.6";

    /// <inheritdoc/>
    public override string Text => "Do the first weights match their rule and the activation that follows?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        IReadOnlyList<FirstWeights> weights = FirstWeights.Of(evidence, measured);
        if (weights.Count == 0)
        {
            return CannotTell("The weights before the first update were not measured.");
        }

        FirstWeights[] other = [.. weights.Where(w => !w.IsByRule)];
        (FirstWeights Weight, double Factor)[] bare =
        [
            .. weights
                .Select(w => (Weight: w, Start: InitialRule.Start.Of(w.Layer)))
                .Where(w => w.Start is { IsNormalized: false } && w.Weight.Rule > 0.0)
                .Select(w => (w.Weight, w.Start!.Factor * w.Weight.MeanSquare / w.Weight.Rule)),
        ];
        (FirstWeights Weight, double Factor)[] off =
        [
            .. bare.Where(b => Math.Max(b.Factor, 1.0 / b.Factor) > InitialRule.Bound)
                .OrderByDescending(b => Math.Abs(Math.Log(b.Factor))),
        ];
        double product = bare.Aggregate(1.0, (p, b) => p * b.Factor);
        bool unsuited = off.Length > 0 && Math.Max(product, 1.0 / product) > InitialRule.Together;
        FirstWeights told = other.FirstOrDefault() ?? weights[0];
        string rule =
            other.Length == 0
                ? $"All {Figures.Of(weights.Count, "weight")} start with the size of their rule; {told.Layer.Name} as {Closest(told)}."
                : $"{other.Length} of {Figures.Of(weights.Count, "weight")} do not start with the size of their rule: {told.Layer.Name} has {told.MeanSquare / told.Rule:G3} times its mean square, as {Closest(told)}; they were loaded or written.";
        string suits = unsuited
            ? $" {off[0].Weight.Layer.Name} has {off[0].Factor:G3} times the variance that keeps the signal's scale; all layers without normalization together {product:G3} times."
            : "";
        // Values a hundred times off their rule, where no normalization makes the scale whole, and a loss that does not move.
        bool harms =
            unsuited
            && LossCurve.Of(measured).IsStuck(measured.Run, 2 * LossCurve.Window)
            && off.Any(o => !o.Weight.IsByRule && Math.Abs(Math.Log10(o.Weight.MeanSquare / o.Weight.Rule)) > FarOff);
        string stays = harms ? " The loss does not move." : "";
        return Answer(
            harms ? Verdict.Fix
                : unsuited ? Verdict.Look
                : Verdict.Ok,
            rule + suits + stays
        ) with
        {
            Layers = [.. (unsuited ? off.Select(o => o.Weight) : other).Select(w => w.Layer.Name)],
            OnsetStep = unsuited ? 0 : null,
            Cause = unsuited ? Cause.FirstValues : "",
            Predicted = [new("meanSquare", told.Rule, "squared weight")],
            Measured =
            [
                new("meanSquare", told.MeanSquare, "squared weight"),
                new("notByRule", other.Length, "weights"),
                new("product", product, "ratio"),
            ],
            Threshold =
                "off its rule: a tenth, or five deviations of n values; to look at: as in 1.6 by structure, with the values for the rule",
            Source = "variance of a mean square of n normal values, 2/n; He et al. 2015",
            Remedy = unsuited
                ? $"Draw the weights of {Figures.Names([.. off.Select(o => o.Weight.Layer.Name)])} by KaimingNormal, or load weights that belong to this network."
                : "",
        };
    }

    private static string Closest(FirstWeights weights)
    {
        (long fanIn, long fanOut) = InitialRule.Start.Fans(weights.Layer);
        return weights.MeanSquare > 0.0 ? InitialRule.Start.Nearest(weights.MeanSquare, fanIn, fanOut) : "zeros";
    }
}
