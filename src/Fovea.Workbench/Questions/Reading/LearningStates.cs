namespace Fovea.Workbench;

/// <summary>A parameter that does not learn.</summary>
/// <param name="Parameter">Its place in <see cref="MeasuredRun.Parameters"/>; -1 where it is not among them.</param>
/// <param name="Name">Its name.</param>
/// <param name="Layer">Its layer's.</param>
/// <param name="Verdict">How bad that is.</param>
/// <param name="Cause">Why.</param>
/// <param name="Finding">What is seen, as the end of a sentence.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Gradient">Median norm of its gradient; 0 without one.</param>
internal sealed record Still(
    int Parameter,
    string Name,
    string Layer,
    Verdict Verdict,
    string Cause,
    string Finding,
    string Remedy,
    double Gradient
);

/// <summary>Tells parameters that learn from those that do not.</summary>
internal static class LearningStates
{
    // Half a unit in the last place of a Float32 of size 1.
    private const double Rounding = 6e-8;

    /// <summary>The samples in which the learning rate was not at its end: a share of the highest or more.</summary>
    public static MeasuredStep[] Moving(Measurements measured, double share)
    {
        double highest = measured.Steps.Select(s => s.LearningRate).DefaultIfEmpty(0.0).Max();
        return [.. measured.Samples.Where(s => s.Updates is not null && s.LearningRate > share * highest)];
    }

    /// <summary>The parameters that do not learn.</summary>
    public static IEnumerable<Still> Of(Evidence evidence, Measurements measured, MeasuredStep[] samples)
    {
        MeasuredRun run = measured.Run;
        HashSet<int> drawn =
        [
            .. FirstWeights.Of(evidence, measured).Where(w => w.IsByRule && w.Rule > 0.0).Select(w => w.Place),
        ];
        for (int i = 0; i < run.Parameters.Count; i++)
        {
            int place = i;
            MeasuredParameter parameter = run.Parameters[i];
            double[] gradients = [.. samples.Select(s => s.Gradients is { } g ? g[place] : double.NaN)];
            bool moved = samples.Any(s => s.Updates![place] > 0.0),
                pulled = gradients.Any(g => g > 0.0);
            if (moved && (pulled || parameter.IsTrainable))
            {
                if (!pulled && parameter.WeightDecay > 0.0 && Shrinks(samples, place))
                {
                    yield return parameter.IsReached && IsDead(measured)
                        ? NotPulled(measured, parameter, place)
                        : Decays(run, parameter, place, isFrozen: false);
                }

                continue;
            }

            yield return !parameter.IsTrainable ? Frozen(run, parameter, place, moved, drawn.Contains(parameter.Layer))
            : pulled
                ? NotMoved(
                    run,
                    parameter,
                    place,
                    samples,
                    Statistics.Median(gradients),
                    drawn.Contains(parameter.Layer)
                )
            : NotPulled(measured, parameter, place);
        }

        foreach (Still unknown in Unregistered(evidence, run))
        {
            yield return unknown;
        }
    }

    /// <summary>Layers whose weight is learned, but none of the network's parameters.</summary>
    private static IEnumerable<Still> Unregistered(Evidence evidence, MeasuredRun run)
    {
        HashSet<string> known = [.. run.Parameters.Where(p => p.IsWeight).Select(p => SignalLayers.LayerName(run, p))];
        return FilterLayer
            .ByLayer(evidence)
            .Where(uses => uses[0].Weight is not null && run.Points.Any(p => p.Name == uses[0].Node.Output.Name))
            .Where(uses => !uses.Any(u => known.Contains(u.Node.Output.Name)))
            .Select(uses => new Still(
                -1,
                uses[0].Name,
                uses[0].Name,
                Verdict.Fix,
                Workbench.Cause.Unregistered,
                "works with a weight that is none of the network's parameters",
                $"Make {uses[0].Name} in the constructor and keep it in a field or add it with Register; a layer made in Forward is new each time.",
                0.0
            ));
    }

    private static Still Frozen(MeasuredRun run, MeasuredParameter parameter, int place, bool moved, bool drawn) =>
        moved ? Decays(run, parameter, place, isFrozen: true)
        : run.Freeze.Length > 0 || !drawn || !parameter.IsWeight
            ? new Still(
                place,
                parameter.Name,
                SignalLayers.LayerName(run, parameter),
                Verdict.Ok,
                Workbench.Cause.Frozen,
                "is frozen by wish",
                "",
                0.0
            )
        : new Still(
            place,
            parameter.Name,
            SignalLayers.LayerName(run, parameter),
            Verdict.Fix,
            Workbench.Cause.Frozen,
            "is frozen at the values it was drawn with, and no --freeze asked for it",
            $"Set RequiresGrad = true on {parameter.Name} before the optimizer is made, or load trained values for it.",
            0.0
        );

    private static Still Decays(MeasuredRun run, MeasuredParameter parameter, int place, bool isFrozen) =>
        new(
            place,
            parameter.Name,
            SignalLayers.LayerName(run, parameter),
            Verdict.Fix,
            isFrozen ? Workbench.Cause.Frozen : Workbench.Cause.Disconnected,
            "gets no gradient and shrinks by weight decay all the same",
            $"Give the optimizer only what is trained: leave {parameter.Name} out of its groups.",
            0.0
        );

    private static Still NotMoved(
        MeasuredRun run,
        MeasuredParameter parameter,
        int place,
        MeasuredStep[] samples,
        double gradient,
        bool drawn
    )
    {
        double rate = samples.Max(s => s.LearningRate) * parameter.LearningRateScale,
            weight = Statistics.Median(samples.Select(s => s.Weights![place]));
        Still still = new(
            place,
            parameter.Name,
            SignalLayers.LayerName(run, parameter),
            Verdict.Fix,
            Workbench.Cause.NotOptimized,
            $"has a gradient of {gradient:G3} and an update of exactly 0",
            $"Give it to the optimizer: make the optimizer from model.Parameters(), after {parameter.Name} exists.",
            gradient
        );
        if (parameter.IsOptimized && parameter.LearningRateScale == 0.0)
        {
            return still with
            {
                Verdict = drawn && parameter.IsWeight && run.Freeze.Length == 0 ? Verdict.Fix : Verdict.Look,
                Cause = Workbench.Cause.Frozen,
                Finding = drawn
                    ? "has a learning rate of 0 in its group, at the values it was drawn with"
                    : "has a learning rate of 0 in its group",
                Remedy = $"Raise LearningRateScale of the group of {parameter.Name}.",
            };
        }

        if (!parameter.IsOptimized || (run.Optimizer == "sgd" && rate * gradient >= Rounding * weight))
        {
            return still;
        }

        // A bias before a normalization has a gradient of rounding errors alone.
        double largest = Enumerable
            .Range(0, run.Parameters.Count)
            .Max(i => Statistics.Median(samples.Select(s => s.Gradients![i])) is var g && g > 0.0 ? g : 0.0);
        bool faded = gradient < 1e-3 * largest;
        return still with
        {
            Verdict = parameter.IsWeight ? Verdict.Look : Verdict.Ok,
            Cause =
                !parameter.IsWeight ? ""
                : faded ? Workbench.Cause.Vanishing
                : Workbench.Cause.RateTooLow,
            Finding = $"has a gradient of {gradient:G3} and does not move: its updates are lost in rounding",
            Remedy = faded ? "See question 3.2: the gradient fades on its way." : "Raise the learning rate (--lr).",
        };
    }

    private static Still NotPulled(Measurements measured, MeasuredParameter parameter, int place)
    {
        MeasuredRun run = measured.Run;
        bool dead = parameter.Layer >= 0 && IsDead(measured);
        return parameter.IsReached && !parameter.IsWeight
                ? new Still(
                    place,
                    parameter.Name,
                    SignalLayers.LayerName(run, parameter),
                    Verdict.Ok,
                    "",
                    "gets no gradient, as a bias before a normalization",
                    "",
                    0.0
                )
            : !parameter.IsReached
                ? new Still(
                    place,
                    parameter.Name,
                    SignalLayers.LayerName(run, parameter),
                    Verdict.Fix,
                    Workbench.Cause.Disconnected,
                    "is not used: the outputs do not depend on it",
                    $"Use {parameter.Name} in Forward, or take it out.",
                    0.0
                )
            : dead
                ? new Still(
                    place,
                    parameter.Name,
                    SignalLayers.LayerName(run, parameter),
                    Verdict.Look,
                    Workbench.Cause.DeadUnits,
                    "gets no gradient, as a layer is dead",
                    "See question 3.3.",
                    0.0
                )
            : new Still(
                place,
                parameter.Name,
                SignalLayers.LayerName(run, parameter),
                Verdict.Fix,
                Workbench.Cause.Disconnected,
                "gets no gradient, though the outputs depend on it",
                $"Look between {parameter.Name} and the loss for Detach, NoGrad or an operator of your own whose Backward hands nothing on.",
                0.0
            );
    }

    /// <summary>Whether a layer is dead as a whole, so that nothing comes back through it.</summary>
    private static bool IsDead(Measurements measured) =>
        measured.Epochs.LastOrDefault(e => e.DeadUnits.Count == measured.Run.Points.Count) is { } epoch
        && measured.Run.Points.Where((p, i) => epoch.DeadUnits[i] == p.Units).Any();

    private static bool Shrinks(MeasuredStep[] samples, int place) =>
        samples[^1].Weights![place] < samples[0].Weights![place];
}
