namespace Fovea.Workbench;

/// <summary>3.3: whether units are dead or saturated, and since when.</summary>
/// <remarks>
/// A unit of an activation function is dead when it gave nothing above 0 for any of the items looked at: 0 of 3,840 says,
/// by Wilson's interval, that it is alive for less than one item in a thousand. Layers whose input is dead are victims and
/// are left out. A value is saturated where the slope of its function is below a twentieth of the largest.
/// </remarks>
public sealed class UnitsAlive : MeasuredQuestion
{
    // Wilson's interval of 0 of n reaches to 3.84 / (n + 3.84).
    private const int Enough = 3840;
    private const double Share = 0.2,
        Half = 0.5,
        Tenth = 0.1,
        Flat = 0.3,
        AllFlat = 0.7;

    /// <inheritdoc/>
    public override string Id => "3.3";

    /// <inheritdoc/>
    public override string Text => "Are units dead or saturated, and since when?";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wants => ["revive"];

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        MeasuredRun run = measured.Run;
        int[] activations =
        [
            .. Enumerable
                .Range(0, run.Points.Count)
                .Where(i => run.Points[i].Kind == PointKind.Activation && !run.Points[i].IsOutput),
        ];
        if (run.Untraced.Length > 0)
        {
            return CannotTell(run.Untraced);
        }

        if (activations.Length == 0)
        {
            return NotApplicable("There is no activation function between layers.");
        }

        MeasuredEpoch? last = measured.Epochs.LastOrDefault(e => e.DeadUnits.Count == run.Points.Count);
        Dead[] dead = last is null
            ? []
            : [.. activations.Select(i => Dead.Of(evidence, measured, last, i)).OfType<Dead>()];
        Dead? worst = dead.Where(d => d.Verdict < Verdict.Ok)
            .OrderBy(d => d.Verdict)
            .ThenBy(d => d.Place)
            .FirstOrDefault();
        Answer flat = Saturation(evidence, measured, activations);
        if (worst is null || flat.Verdict < worst.Verdict)
        {
            return flat.Verdict < Verdict.Ok ? flat
                : last is null && !measured.Samples.Any() ? CannotTell("No units were looked at yet.")
                : flat with
                {
                    Finding = last is null
                        ? flat.Finding
                        : $"Of {activations.Length} activation layers none has dead units worth a look, most at {Most(dead, run)}; {last.UnitItems} items were looked at. {flat.Finding}",
                };
        }

        return Of(evidence, measured, last!, worst, dead);
    }

    private static string Most(Dead[] dead, MeasuredRun run) =>
        dead.MaxBy(d => d.Share) is { } most
            ? $"{run.Points[most.Place].Name}, {most.Count} of {most.Units}"
            : "none, 0";

    private Answer Of(Evidence evidence, Measurements measured, MeasuredEpoch last, Dead worst, Dead[] dead)
    {
        MeasuredRun run = measured.Run;
        MeasuredPoint point = run.Points[worst.Place];
        string layer = point.Layer >= 0 ? run.Points[point.Layer].Name : point.Name;
        double bound = Proportion.Wilson(0, last.UnitItems).High;
        string since =
            worst.Onset is not { } onset ? ""
            : onset == 0 ? ", from the first update on"
            : $", since update {onset}";
        string grown = worst.Grows ? $"; they were {worst.Before} before" : "";
        return Answer(
            worst.Verdict,
            $"{worst.Count} of {worst.Units} units of {point.Name} gave nothing above 0 for any of {last.UnitItems} items{since}{grown}: each is alive for {100.0 * bound:G2} % of the items at most."
                + $" {(worst.Why.Length > 0 ? worst.Why : "No harm is shown.")}"
        ) with
        {
            Layers =
            [
                layer,
                .. dead.Where(d => d != worst && d.Verdict < Verdict.Ok)
                    .Select(d => run.Points[d.Place])
                    .Select(p => p.Layer >= 0 ? run.Points[p.Layer].Name : p.Name)
                    .Distinct(),
            ],
            OnsetStep = worst.Onset,
            Cause = Cause.DeadUnits,
            Measured =
            [
                new("deadUnits", worst.Count, "units"),
                new("units", worst.Units, "units"),
                new("items", last.UnitItems, "items"),
                new("aliveAtMost", 100.0 * bound, "% of items"),
            ],
            Predicted = [new("deadUnits", 0, "units")],
            Threshold =
                $"to look at: a tenth of a layer; to fix: a loss that is lower by three standard errors once they are revived, more than {100 * Share:F0} % and growing while the loss does not move, a whole layer, or dead from the start by values far off their rule; behind a normalization only where the loss does not move",
            Source =
                "Wilson 1927 for the count; Lu et al. 2019, https://arxiv.org/abs/1903.06733 for units born dead; the shares are ours",
            Remedy = worst.Onset is null or 0
                ? $"Look at the bias and the first values of {layer}: start the bias at 0, the weights by KaimingNormal; or use LeakyReLU."
                : $"Lower the learning rate, or use LeakyReLU behind {layer}.",
            Options =
                worst.Onset is > 0 && run.LearningRate > 0.0
                    ? new Dictionary<string, string> { ["lr"] = Experiments.Number(run.LearningRate / 3.0) }
                    : new Dictionary<string, string>(),
            Experiment = worst.Onset is null or 0 ? Experiments.Rewritten(measured, "relu", "leakyrelu 0.01") : "",
        };
    }

    private Answer Saturation(Evidence evidence, Measurements measured, int[] activations)
    {
        MeasuredStep[] samples = [.. measured.Samples.Where(s => s.Saturated is not null)];
        (int Place, double Share, Persistence Lasts)[] flat =
        [
            .. activations
                .Select(i =>
                    (
                        i,
                        Statistics.Median(samples.TakeLast(5).Select(s => s.Saturated![i])),
                        Persistence.Of([.. samples.Select(s => (s.Step, s.Saturated![i] > Flat))])
                    )
                )
                .Where(f => double.IsFinite(f.Item2)),
        ];
        (int Place, double Share, Persistence? Lasts) worst = flat.Where(f => f.Lasts.Lasts)
            .OrderByDescending(f => f.Share)
            .FirstOrDefault();
        if (worst.Lasts is null)
        {
            return Answer(
                Verdict.Ok,
                flat.Length == 0
                    ? "No activation function has flat ends."
                    : $"At most {Figures.Percent(flat.Max(f => f.Share))} of the values are at the flat ends of their activation function."
            );
        }

        MeasuredPoint point = measured.Run.Points[worst.Place];
        string layer = point.Layer >= 0 ? measured.Run.Points[point.Layer].Name : point.Name;
        bool stuck = LossCurve.Of(measured).IsStuck(measured.Run, 2 * LossCurve.Window);
        return Answer(
            worst.Share > AllFlat && stuck ? Verdict.Fix : Verdict.Look,
            $"{Figures.Percent(worst.Share)} of the values of {point.Name} are at the flat ends of {point.Operator}, from update {worst.Lasts.Onset} on{(stuck ? ", and the loss does not move" : "; the loss moves all the same")}."
        ) with
        {
            Layers = [layer],
            OnsetStep = worst.Lasts.Onset,
            Cause = Cause.Saturation,
            Measured = [new("saturated", worst.Share, "share")],
            Threshold =
                $"to look at: {100 * Flat:F0} % of a layer's values where the slope is below a twentieth of its largest, {Persistence.Rule}; to fix: {100 * AllFlat:F0} % and a loss that does not move",
            Source = "Glorot, Bengio 2010, section 3, for saturation at the start; the shares are ours",
            Remedy =
                $"Draw smaller weights for {layer} (XavierNormal), scale the data to mean 0 and deviation 1, or put a normalization before {point.Name}.",
            Experiment = Experiments.Rewritten(measured, point.Operator, $"bn; {point.Operator.ToLowerInvariant()}"),
        };
    }

    /// <summary>Dead units of an activation.</summary>
    private sealed record Dead(int Place, int Count, int Units, int Before, long? Onset, Verdict Verdict, string Why)
    {
        public double Share => (double)Count / Units;

        public bool Grows => Count > Before + Math.Max(1, Units / 20);

        /// <summary>Null where nothing is dead, or the input is.</summary>
        public static Dead? Of(Evidence evidence, Measurements measured, MeasuredEpoch last, int place)
        {
            MeasuredRun run = measured.Run;
            int count = last.DeadUnits[place],
                units = run.Points[place].Units;
            if (count <= 0 || !IsFed(run, last, place))
            {
                return null;
            }

            MeasuredStep[] samples = [.. measured.Samples.Where(s => s.Silent is not null)];
            MeasuredStep? onset =
                samples.Length == 0
                    ? null
                    : samples.Reverse().TakeWhile(s => s.Silent![place] >= count).LastOrDefault();
            int before = measured.Epochs.FirstOrDefault(e => e.DeadUnits.Count > place)?.DeadUnits[place] ?? count;
            before = samples.Length == 0 ? before : Math.Min(before, samples[0].Silent![place]);
            Dead found = new(place, count, units, Math.Min(before, count), onset?.Step, Verdict.Ok, "");
            (Verdict verdict, string why) = found.Judge(evidence, measured, last);
            return found with { Verdict = verdict, Why = why };
        }

        private (Verdict Verdict, string Why) Judge(Evidence evidence, Measurements measured, MeasuredEpoch last)
        {
            MeasuredRun run = measured.Run;
            MeasuredPoint point = run.Points[Place];
            bool looked = last.UnitItems >= (run.TrainItems > 0 ? Math.Min(Enough, run.TrainItems) : Enough),
                stuck = LossCurve.Of(measured).IsStuck(run, 2 * LossCurve.Window),
                normalized = point.Layer >= 0 && point.From.Any(f => run.Points[f].Kind == PointKind.Normalization);
            bool whole = Count == Units,
                grown = Grows && Share > Share20 && stuck,
                shifted = Onset == 0 && Share >= Tenth && IsShifted(measured),
                born = Onset == 0 && !normalized && Share >= Tenth && Count >= 5 && IsOffRule(evidence, measured);
            string why =
                whole ? "Nothing passes the layer."
                : Revived(measured) is { } better ? $"Revived, they lower the loss by {better:G3} within 20 updates."
                : shifted ? "Its bias or shift was far below 0 at the first update."
                : born ? "The layer's first output is far from what its rule gives."
                : stuck && Share > Half ? "The loss does not move."
                : grown ? "They died in training, and the loss does not move."
                : "";
            return why.Length > 0 && (looked || whole || shifted) && last.Step >= Soon ? (Verdict.Fix, why)
                : Share >= Tenth && !normalized ? (Verdict.Look, why)
                : (Verdict.Ok, why);
        }

        /// <summary>By how much the loss is lower once they are alive, where that is more than chance; null else.</summary>
        private double? Revived(Measurements measured)
        {
            MeasuredPoint point = measured.Run.Points[Place];
            MeasuredProbe? probe = measured
                .ProbesOf("revive")
                .LastOrDefault(p =>
                    p.Layer == point.Name || (point.Layer >= 0 && p.Layer == measured.Run.Points[point.Layer].Name)
                );
            double gain = probe is null || Share < Tenth ? double.NaN : probe["loss"] - probe["revived"];
            return probe is not null && gain > 3.0 * probe["error"] ? gain : null;
        }

        private const double Share20 = UnitsAlive.Share;

        // Weights of 0 in front of an activation may have their first update yet to come.
        private const int Soon = 30;

        /// <summary>Whether something comes in: no layer before it is dead as a whole.</summary>
        private static bool IsFed(MeasuredRun run, MeasuredEpoch last, int place)
        {
            int layer = run.Points[place].Layer;
            return layer < 0
                || run.Points[layer].From.Count == 0
                || run.Points[layer].From.Any(f => last.DeadUnits[f] < run.Points[f].Units);
        }

        /// <summary>Whether the layer's bias, or the shift of the normalization behind it, was large before anything was learned:
        /// both start at 0, or well below 1 by the layers' usual rule.</summary>
        private bool IsShifted(Measurements measured)
        {
            MeasuredRun run = measured.Run;
            int layer = run.Points[Place].Layer;
            return measured.Samples.FirstOrDefault() is { Step: 0, Weights: { } norms }
                && run.Parameters.Select((p, i) => (p, i))
                    .Any(p =>
                        !p.p.IsWeight
                        && p.p.Layer >= 0
                        && run.Points[p.p.Layer].Layer == layer
                        && norms[p.i] > Shift * Math.Sqrt(p.p.Count)
                    );
        }

        private const double Shift = 5.0;

        /// <summary>Whether the layer's weights have the size of their rule and its first output has not.</summary>
        private bool IsOffRule(Evidence evidence, Measurements measured)
        {
            int layer = measured.Run.Points[Place].Layer;
            return layer >= 0
                && FirstSignals.Of(evidence, measured).FirstOrDefault(f => f.Layer.Place == layer) is { } first
                && first.IsHigh
                && FirstWeights.Of(evidence, measured).Any(w => w.Place == layer && w.IsByRule);
        }
    }
}
