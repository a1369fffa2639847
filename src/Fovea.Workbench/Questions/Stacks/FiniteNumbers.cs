namespace Fovea.Workbench;

/// <summary>3.18: whether all numbers are finite, and where the first one stopped being so.</summary>
/// <remarks>One that is not is evidence by itself. The first operator in the order of execution is named; where signals and
/// loss are finite and gradients are not, the one that is nearest to the loss.</remarks>
public sealed class FiniteNumbers : MeasuredQuestion
{
    /// <inheritdoc/>
    public override string Id => "3.18";

    /// <inheritdoc/>
    public override string Text => "Are all numbers finite, and where did the first one stop being so?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        if (measured.Steps.Count == 0)
        {
            return CannotTell("No update was measured.");
        }

        MeasuredStep? bad = measured.Steps.FirstOrDefault(IsBad);
        if (bad is null)
        {
            int items = measured.Data?.NonFinite ?? 0;
            return items == 0
                ? Answer(
                    Verdict.Ok,
                    $"Losses, signals and gradients of {Figures.Of((int)Math.Min(int.MaxValue, measured.Updates), "update")} are finite."
                )
                : Told(
                    evidence,
                    measured,
                    null,
                    $"{Figures.Of(items, "item")} of the data hold values that are no finite numbers.",
                    []
                );
        }

        bool over = !IsBad(measured.Steps[^1]);
        string[] where = Where(measured, bad, out bool backwards);
        string place =
            where.Length == 0 ? ""
            : backwards
                ? $" Signals are finite; the gradient of {where[0]} is not: look for a root, a division or a norm at 0 there."
            : $" The first is at {where[0]}.";
        string grew = Grew(measured, bad)
            ? $" The loss had grown to {measured.Steps.TakeWhile(s => s != bad).Last().Loss:G3} before: the learning rate is the likely reason."
            : "";
        Answer answer = Told(
            evidence,
            measured,
            bad,
            $"From update {bad.Step - bad.Steps + 1}{(bad.Steps > 1 ? $" to {bad.Step}" : "")} on numbers are not finite: {What(bad)}.{place}{grew}{(over ? " They are finite again at the end." : "")}",
            where
        );
        return over ? answer with { Verdict = Verdict.Look } : answer;
    }

    private Answer Told(Evidence evidence, Measurements measured, MeasuredStep? bad, string finding, string[] layers)
    {
        double rate = measured.Run.LearningRate;
        bool data = measured.Data is { NonFinite: > 0 };
        return Answer(Verdict.Fix, finding) with
        {
            Layers = layers,
            OnsetStep = bad is null ? 0 : bad.Step - bad.Steps + 1,
            Cause = Cause.NonFinite,
            Crossed =
            [
                bad is { NonFinite: > 0 } ? new("values that are not finite", bad.NonFinite, ">", 0, "exact")
                : bad is not null ? new("losses or gradients that are not finite", 1, ">", 0, "exact")
                : new("items with values that are not finite", measured.Data?.NonFinite ?? 0, ">", 0, "exact"),
            ],
            Predicted = [new("nonFinite", 0, "values")],
            Measured =
            [
                new("nonFinite", bad?.NonFinite ?? 0, "values"),
                new("items", measured.Data?.NonFinite ?? 0, "items"),
            ],
            Threshold = "one number",
            Source = "exact",
            Remedy = data
                ? "Take the items with values that are no finite numbers out of the data, or fill them in."
                : "Lower the learning rate or clip the gradient (--clip-norm 1); where a root, a logarithm or a division is of your own, add a small number inside.",
            Options =
                data || rate <= 0.0
                    ? new Dictionary<string, string>()
                    : new Dictionary<string, string> { ["lr"] = Experiments.Number(rate / 10.0), ["clip-norm"] = "1" },
        };
    }

    private static bool IsBad(MeasuredStep line) =>
        line.NonFinite > 0 || !double.IsFinite(line.Loss) || !double.IsFinite(line.GradientNorm);

    private static string What(MeasuredStep bad) =>
        bad.NonFinite > 0 ? $"{bad.NonFinite} values of signals"
        : !double.IsFinite(bad.Loss) ? "the loss"
        : "the gradient";

    private static bool Grew(Measurements measured, MeasuredStep bad)
    {
        MeasuredStep? before = measured.Steps.TakeWhile(s => s != bad).LastOrDefault();
        return before is not null && measured.Steps[0].Loss > 0.0 && before.Loss > 2.0 * measured.Steps[0].Loss;
    }

    /// <summary>The layers whose numbers are not finite, the first at fault first.</summary>
    private static string[] Where(Measurements measured, MeasuredStep bad, out bool backwards)
    {
        MeasuredRun run = measured.Run;
        backwards = false;
        MeasuredStep? sample = measured.Samples.FirstOrDefault(s => s.Step >= bad.Step);
        if (sample?.Power is not { } power)
        {
            return [];
        }

        string[] forwards = [.. run.Points.Where((_, i) => !double.IsFinite(power[i])).Select(p => p.Name)];
        if (forwards.Length > 0 || sample.GradientPower is not { } gradients)
        {
            return forwards;
        }

        // A gradient that never comes is not a number either.
        IReadOnlyList<double>? before = measured.Samples.LastOrDefault(s => s.Step < bad.Step)?.GradientPower;
        backwards = true;
        return
        [
            .. run
                .Points.Select((p, i) => (p.Name, i))
                .Where(p =>
                    double.IsInfinity(gradients[p.i])
                    || (double.IsNaN(gradients[p.i]) && before is not null && double.IsFinite(before[p.i]))
                )
                .Select(p => p.Name)
                .Reverse(),
        ];
    }
}
