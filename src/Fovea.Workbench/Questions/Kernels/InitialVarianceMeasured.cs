namespace Fovea.Workbench;

/// <summary>1.8, measured: whether each layer's signal has the scale that structure predicts, at the first update.</summary>
/// <remarks>
/// Layers are judged by what they do to their own input, so that what comes wrong from before is not held against them. A
/// mean square of few units is a matter of chance: three deviations of sqrt(2/units) are allowed for.
/// </remarks>
public sealed class InitialVarianceMeasured : MeasuredQuestion
{
    // A factor of a hundred in one layer alone.
    private static readonly double FarOff = Math.Log(100.0);

    /// <inheritdoc/>
    public override string Id => "1.8";

    /// <inheritdoc/>
    public override string Text => "Has each layer the variance at the start that structure predicts?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        if (measured.Run.Untraced.Length > 0)
        {
            return CannotTell(measured.Run.Untraced);
        }

        IReadOnlyList<FirstSignals> signals = FirstSignals.Of(evidence, measured);
        FirstSignals[] known = [.. signals.Where(s => double.IsFinite(s.Off))];
        return known.Length == 0
            ? CannotTell(
                signals.Count == 0
                    ? "Signals of the first update were not measured."
                    : "Structure predicts no layer's factor: an operator before each has no rule, or pools."
            )
            : Judge(evidence, measured, signals, known);
    }

    private Answer Judge(
        Evidence evidence,
        Measurements measured,
        IReadOnlyList<FirstSignals> signals,
        FirstSignals[] known
    )
    {
        MeasuredRun run = measured.Run;
        IReadOnlyList<double> power = measured.Samples.First().Power!;
        FirstSignals[] off = [.. known.Where(s => s.IsHigh || s.IsLow)];
        FirstSignals told = off.FirstOrDefault() ?? known.MaxBy(s => Math.Abs(Math.Log(s.Off)))!;

        // Behind a normalization the scale is whole again.
        FirstSignals[] bare = [.. signals.Where(s => !s.Layer.IsNormalized)];
        double input = run
            .Points.Select((p, i) => (p, i))
            .Where(p => p.p.Kind == PointKind.Input)
            .Select(p => power[p.i])
            .DefaultIfEmpty(1.0)
            .First();
        (FirstSignals Signal, double Decades) far = bare.Select(s => (s, Math.Log10(power[s.Layer.Place] / input)))
            .Where(s => double.IsFinite(s.Item2))
            .DefaultIfEmpty((told, 0.0))
            .MaxBy(s => Math.Abs(s.Item2));
        bool stuck = LossCurve.Of(measured).IsStuck(run, 2 * LossCurve.Window);
        Verdict drift = SignalLimits.VerdictOf(Math.Abs(far.Decades)),
            verdict = stuck
            && (drift < Verdict.Ok || off.Any(o => !o.Layer.IsNormalized && Math.Abs(Math.Log(o.Off)) > FarOff))
                ? Verdict.Fix
            : drift < Verdict.Ok || off.Any(o => !o.Layer.IsNormalized) ? Verdict.Look
            : Verdict.Ok;
        string factor =
            $"{told.Layer.Name} gives {told.Measured:G3} times the mean square of its input, where structure predicts {told.Predicted:G3}";
        string finding =
            off.Length == 0
                ? $"{Figures.Of(known.Length, "layer")} do to their signal what structure predicts; furthest off is {told.Layer.Name}, {told.Off:G3} times."
                : $"{factor}: its weights or biases are not those of its rule, or its input is not what the rule takes it for; {off.Length} of {Figures.Of(known.Length, "layer")} are off.";
        string over =
            drift == Verdict.Ok
                ? ""
                : $" At {far.Signal.Layer.Name} the signal's mean square is {Math.Pow(10.0, far.Decades):G3} times that of the data{(stuck ? ", and the loss does not move" : "")}.";
        return Answer(verdict, finding + over) with
        {
            Layers =
                verdict == Verdict.Ok
                    ? []
                    : [.. off.Select(o => o.Layer.Name).Append(far.Signal.Layer.Name).Distinct().Take(5)],
            OnsetStep = verdict == Verdict.Ok ? null : 0,
            Cause = verdict == Verdict.Ok ? "" : Cause.FirstValues,
            Predicted = [new("factor", told.Predicted!.Value, "ratio")],
            Measured =
            [
                new("factor", told.Measured, "ratio"),
                new("off", told.Off, "ratio"),
                new("layersOff", off.Length, "layers"),
                new("drift", far.Decades, "decades of power"),
            ],
            Threshold =
                $"a layer's factor beyond twice the predicted, or three deviations for few units; {SignalLimits.Text("signal's power")}, with a loss that does not move",
            Source = SignalLimits.Source,
            Remedy =
                verdict == Verdict.Ok
                    ? ""
                    : $"Draw the weights of {(off.Length > 0 ? told : far.Signal).Layer.Name} by KaimingNormal with biases at 0, or put a normalization behind each layer.",
            Experiment = verdict == Verdict.Ok ? "" : Experiments.DryRun(measured),
        };
    }
}
