namespace Fovea.Workbench;

/// <summary>3.3: whether units are dead or saturated, and since when.</summary>
/// <remarks>
/// A unit of an activation function is dead when it gave nothing above 0 for any of the items looked at: 0 of 3,840 says,
/// by Wilson's interval, that it is alive for less than one item in a thousand. Layers whose input is dead are victims and
/// are left out. A value is saturated where the slope of its function is below a twentieth of the largest.
/// </remarks>
public sealed partial class UnitsAlive : MeasuredQuestion
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
        bool born = worst.Onset == 0 || (worst.Onset is null && !worst.Grows); // what dies later is pushed there by its updates
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
            Crossed = [worst.Crossed],
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
            Remedy = born
                ? $"Look at the bias and the first values of {layer}: start the bias at 0, the weights by KaimingNormal; or use LeakyReLU."
                : $"Lower the learning rate, or use LeakyReLU behind {layer}.",
            Options =
                !born && run.LearningRate > 0.0
                    ? new Dictionary<string, string> { ["lr"] = Experiments.Number(run.LearningRate / 3.0) }
                    : new Dictionary<string, string>(),
            Experiment = born ? Experiments.Rewritten(measured, "relu", "leakyrelu 0.01") : "",
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
            Crossed =
            [
                new(
                    $"share of values of {point.Name} at flat ends",
                    worst.Share,
                    ">",
                    worst.Share > AllFlat && stuck ? AllFlat : Flat,
                    Crossing.Ours
                ),
            ],
            Measured = [new("saturated", worst.Share, "share")],
            Threshold =
                $"to look at: {100 * Flat:F0} % of a layer's values where the slope is below a twentieth of its largest, {Persistence.Rule}; to fix: {100 * AllFlat:F0} % and a loss that does not move",
            Source = "Glorot, Bengio 2010, section 3, for saturation at the start; the shares are ours",
            Remedy =
                $"Draw smaller weights for {layer} (XavierNormal), scale the data to mean 0 and deviation 1, or put a normalization before {point.Name}.",
            Experiment = Experiments.Rewritten(measured, point.Operator, $"bn; {point.Operator.ToLowerInvariant()}"),
        };
    }
}
