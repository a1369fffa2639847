namespace Fovea.Workbench;

/// <summary>Measurements as numbers with names, for curves. Values that are no finite numbers are left out.</summary>
internal static class MeasuredScalars
{
    /// <summary>Of a measured update: norm of the gradient; slopes of signal and gradient over the layers; sizes of updates
    /// over those of their weights; shares of zeros, silent units and flat values; drift of running statistics. Nothing of
    /// an update whose signals were not measured.</summary>
    /// <param name="run">What is measured.</param>
    /// <param name="step">The update.</param>
    public static IEnumerable<(string Tag, double Value)> Of(MeasuredRun run, MeasuredStep step) =>
        step.Gradients is { } gradients
            ? Finite([
                ("gradient_norm", Math.Sqrt(gradients.Sum(g => g * g))),
                ("slope/signal", Slope(run, step.Power)),
                ("slope/gradient", Slope(run, step.GradientPower)),
                .. Enumerable
                    .Range(0, run.Parameters.Count)
                    .Where(i => run.Parameters[i].IsWeight)
                    .Select(i => ($"update_ratio/{run.Parameters[i].Name}", SignalLayers.Ratio(step, i))),
                .. ByActivation(run, "zero_share", step.Zeros),
                .. ByActivation(
                    run,
                    "silent_share",
                    step.Silent is { } silent ? [.. silent.Select((n, i) => (double)n / run.Points[i].Units)] : null
                ),
                .. ByActivation(run, "saturated_share", step.Saturated),
                .. run.Normalizations.Zip(step.MeanDrift ?? [], (name, value) => ($"mean_drift/{name}", value)),
                .. run.Normalizations.Zip(step.VarianceDrift ?? [], (name, value) => ($"variance_drift/{name}", value)),
            ])
            : [];

    /// <summary>Of an epoch: dead units by layer, as a share; the loss of the fixed items in evaluation and as in
    /// training.</summary>
    /// <param name="run">What is measured.</param>
    /// <param name="epoch">The epoch.</param>
    public static IEnumerable<(string Tag, double Value)> Of(MeasuredRun run, MeasuredEpoch epoch) =>
        Finite([
            .. ByActivation(
                run,
                "dead_share",
                epoch.DeadUnits.Count == run.Points.Count
                    ? [.. epoch.DeadUnits.Select((n, i) => (double)n / run.Points[i].Units)]
                    : null
            ),
            ("fixed_items/loss", epoch.Train?.Loss ?? double.NaN),
            ("fixed_items/loss_as_trained", epoch.TrainingModeLoss ?? double.NaN),
        ]);

    /// <summary>Of a probe: its values.</summary>
    /// <param name="probe">The probe.</param>
    public static IEnumerable<(string Tag, double Value)> Of(MeasuredProbe probe) =>
        Finite([
            .. probe.Values.Select(v =>
                (string.Join('/', new[] { "probe", probe.Name, probe.Layer, v.Key }.Where(p => p.Length > 0)), v.Value)
            ),
        ]);

    /// <summary>Decades of norm a layer towards the output, as question 3.2 has them.</summary>
    private static double Slope(MeasuredRun run, IReadOnlyList<double>? power) =>
        power is null
            ? double.NaN
            : Statistics.Slope([
                .. SignalLayers
                    .Trunk(run)
                    .Select(l => ((double)l.Depth, l.LogNorm(power[l.Result]) / Math.Log(10.0)))
                    .Where(p => double.IsFinite(p.Item2)),
            ]);

    private static IEnumerable<(string, double)> ByActivation(
        MeasuredRun run,
        string name,
        IReadOnlyList<double>? values
    ) =>
        values is null
            ? []
            : run
                .Points.Select((p, i) => (Point: p, Value: values[i]))
                .Where(p => p.Point.Kind == PointKind.Activation && p.Value >= 0.0)
                .Select(p => ($"{name}/{p.Point.Name}", p.Value));

    private static IEnumerable<(string, double)> Finite(IEnumerable<(string, double Value)> values) =>
        values.Where(v => double.IsFinite(v.Value));
}
