namespace Fovea.Workbench;

/// <content>Dead units of an activation, and whether they do harm.</content>
public sealed partial class UnitsAlive
{
    /// <summary>Dead units of an activation.</summary>
    private sealed record Dead(int Place, int Count, int Units, int Before, long? Onset, Verdict Verdict, string Why)
    {
        public double Share => (double)Count / Units;

        /// <summary>The share beside the limit that it crossed.</summary>
        public Crossing Crossed =>
            Count == Units ? new("share of dead units", Share, ">=", 1, "exact: nothing passes")
            : Verdict == Verdict.Fix && Share > Half ? new("share of dead units", Share, ">", Half, Crossing.Ours)
            : Verdict == Verdict.Fix && Share > Share20 ? new("share of dead units", Share, ">", Share20, Crossing.Ours)
            : new("share of dead units", Share, ">=", Tenth, Crossing.Ours);

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
