namespace Fovea.Workbench;

/// <summary>A layer's weight before the first update, beside its rule.</summary>
/// <param name="Place">The layer's place in <see cref="MeasuredRun.Points"/>.</param>
/// <param name="Layer">The layer.</param>
/// <param name="MeanSquare">Mean square of the values.</param>
/// <param name="Rule">Mean square that the rule gives.</param>
internal sealed record FirstWeights(int Place, FilterLayer Layer, double MeanSquare, double Rule)
{
    // Five deviations of a mean square of normal values; rules are kept to a tenth anyway.
    private const double Deviations = 5.0,
        Close = 0.1;

    /// <summary>How far a weight that was drawn by its rule may be off, as a share.</summary>
    public double Band => Math.Max(Close, Deviations * Math.Sqrt(2.0 / Math.Max(1, Layer.Weight!.Count)));

    /// <summary>Whether the values have the size that their rule gives: they were drawn by it, and not loaded or
    /// overwritten.</summary>
    public bool IsByRule => Rule > 0.0 ? Math.Abs((MeanSquare / Rule) - 1.0) <= Band : MeanSquare == 0.0;

    /// <summary>The weights of the first update; empty where that was not measured.</summary>
    public static IReadOnlyList<FirstWeights> Of(Evidence evidence, Measurements measured)
    {
        MeasuredRun run = measured.Run;
        if (measured.Samples.FirstOrDefault() is not { Step: 0 } first)
        {
            return [];
        }

        Dictionary<string, FilterLayer> layers = FilterLayer
            .Of(evidence)
            .Where(l => l.Weight is not null)
            .ToDictionary(l => l.Node.Output.Name);
        List<FirstWeights> found = [];
        for (int i = 0; i < run.Parameters.Count; i++)
        {
            MeasuredParameter parameter = run.Parameters[i];
            if (
                parameter is { IsWeight: true, Layer: >= 0 }
                && layers.GetValueOrDefault(run.Points[parameter.Layer].Name) is { Weight: { } weight } layer
                && weight.Count == parameter.Count
            )
            {
                double mean = weight.Initializer.MeanValue(weight.Shape);
                found.Add(
                    new FirstWeights(
                        parameter.Layer,
                        layer,
                        first.Weights![i] * first.Weights[i] / parameter.Count,
                        weight.Initializer.Variance(weight.Shape) + (mean * mean)
                    )
                );
            }
        }

        return found;
    }
}

/// <summary>What a layer does to the mean square of its signal before the first update, beside what structure
/// predicts.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Measured">Mean square of the output over that of the input.</param>
/// <param name="Predicted">The same by structure; null where a rule is missing, or a pool in between makes it depend on how
/// alike neighbours are.</param>
internal sealed record FirstSignals(SignalLayer Layer, double Measured, double? Predicted)
{
    private const double Twice = 2.0,
        Deviations = 3.0;

    /// <summary>How many times the factor may be off: twice, or more for few units, whose mean square is a matter of
    /// chance.</summary>
    public double Band => Math.Max(Twice, 1.0 + (Deviations * Math.Sqrt(2.0 / Layer.Point.Units)));

    /// <summary>Measured over predicted; NaN where nothing is predicted.</summary>
    public double Off => Measured / Predicted ?? double.NaN;

    /// <summary>Whether more comes out than predicted.</summary>
    public bool IsHigh => Off > Band;

    /// <summary>Whether less comes out than predicted.</summary>
    public bool IsLow => Off < 1.0 / Band;

    /// <summary>The layers in the first update; empty where that was not measured.</summary>
    public static IReadOnlyList<FirstSignals> Of(Evidence evidence, Measurements measured)
    {
        MeasuredRun run = measured.Run;
        return measured.Samples.FirstOrDefault() is { Step: 0, Power: { } power }
            ?
            [
                .. SignalLayers
                    .Of(run)
                    .Where(l => l.Point.From.Count > 0)
                    .Select(l => new FirstSignals(
                        l,
                        power[l.Place] / Before(l, i => power[i])!.Value,
                        SignalLayers.IsPooled(evidence, run, l.Point)
                            ? null
                            : l.Point.PredictedPower / Before(l, i => run.Points[i].PredictedPower)
                    ))
                    .Where(f => double.IsFinite(f.Measured)),
            ]
            : [];

        double? Before(SignalLayer layer, Func<int, double?> powerOf) =>
            layer.Point.From.Sum(f => powerOf(f) * Weight(f)) is var sum
            && layer.Point.From.All(f => powerOf(f) is not null)
                ? sum / layer.Point.From.Sum(Weight)
                : null;

        double Weight(int point) => run.Points[point].Units;
    }
}
