using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Counts outcomes, with Wilson intervals, as Markdown.</summary>
internal static class Table
{
    // A fault that costs less than so much of the accuracy did no harm in this run.
    private const double Harm = 0.05;

    public static void Write(
        IReadOnlyList<Outcome> all,
        IReadOnlyList<Outcome> healthy,
        IReadOnlyList<Outcome> twins,
        TextWriter to
    )
    {
        Dictionary<string, double> reached = twins
            .GroupBy(t => t.Problem)
            .ToDictionary(g => g.Key, g => g.Average(t => t.Accuracy));
        bool Harmed(Outcome o) =>
            Kind(o.Kind) is { IsExact: true } or { IsStructural: true }
            || !(o.Accuracy > reached.GetValueOrDefault(o.Problem, 1.0) - Harm);
        IReadOnlyList<Outcome> faults = [.. all.Where(Harmed)];
        to.WriteLine(
            $"{all.Count} runs with a planted fault; in {all.Count - faults.Count} it cost less than {100 * Harm:F0} points of accuracy and is not counted: {string.Join(", ", all.Where(o => !Harmed(o)).GroupBy(o => o.Kind).Select(g => $"{g.Key} ({g.Count()})"))}."
        );
        Outcome[] seen = [.. faults.Where(o => !o.IsHeldOut)],
            aside = [.. faults.Where(o => o.IsHeldOut)];
        to.WriteLine(
            $"Faults: {faults.Select(o => o.Kind).Distinct().Count()} kinds, {faults.Count} runs, {faults.Select(o => o.Problem).Distinct().Count()} problems."
        );
        to.WriteLine(
            $"Right cause among the first two: {Of(faults, o => o.Hit)}; seen before {Of(seen, o => o.Hit)}, put aside {Of(aside, o => o.Hit)}."
        );
        to.WriteLine($"Right layer: {Of([.. faults.Where(o => o.LayerHit is not null)], o => o.LayerHit == true)}.");
        Outcome[] exact = [.. faults.Where(o => Kind(o.Kind) is { IsExact: true })],
            structural = [.. faults.Where(o => Kind(o.Kind) is { IsStructural: true })];
        to.WriteLine($"Faults that books show: {Of(exact, o => o.Hit)}.");
        to.WriteLine(
            $"Structural faults: named in all {Of(structural, o => o.Hit)}, before the first update {Of(structural, o => o.Before)}."
        );
        double[] late = [.. faults.Select(o => o.OnsetError).Where(double.IsFinite).Order()];
        to.WriteLine(
            late.Length == 0
                ? "Onset: no fault began on the way."
                : $"Onset of faults that began on the way: off by {late[late.Length / 2]:F0} updates in the middle of {late.Length}, {late[^1]:F0} at most."
        );
        to.WriteLine(
            $"Healthy: {healthy.Select(o => o.Kind).Distinct().Count()} networks, {healthy.Count} runs; runs with `fix`: {Of(healthy, o => o.Named.Count > 0)}; put aside {Of([.. healthy.Where(o => o.IsHeldOut)], o => o.Named.Count > 0)}."
        );
        to.WriteLine(
            $"Healthy networks with `fix` in any run: {Of([.. healthy.GroupBy(o => o.Kind).Select(g => g.MaxBy(o => o.Named.Count)!)], o => o.Named.Count > 0)}."
        );
        to.WriteLine();
        to.WriteLine("| fault | runs | right cause | named instead, or to look at |");
        to.WriteLine("|---|---|---|---|");
        foreach (IGrouping<string, Outcome> kind in faults.GroupBy(o => o.Kind))
        {
            string instead = string.Join(
                ", ",
                kind.Where(o => !o.Hit)
                    .SelectMany(o =>
                        o.Error.Length > 0 ? ["refused: " + o.Error[..Math.Min(60, o.Error.Length)]]
                        : o.Named.Count > 0 ? o.Named
                        : o.Looks.Select(l => "look " + l).DefaultIfEmpty("nothing")
                    )
                    .GroupBy(n => n)
                    .OrderByDescending(g => g.Count())
                    .Take(3)
                    .Select(g => $"{g.Key} ({g.Count()})")
            );
            to.WriteLine($"| {kind.Key} | {kind.Count()} | {Of([.. kind], o => o.Hit)} | {instead} |");
        }

        to.WriteLine();
        to.WriteLine("| false alarm | runs |");
        to.WriteLine("|---|---|");
        foreach (
            IGrouping<string, (string Cause, string Kind)> alarm in healthy
                .SelectMany(o => o.Named.Select(n => (n, o.Kind)))
                .GroupBy(a => a.n)
        )
        {
            to.WriteLine(
                $"| {alarm.Key} | {alarm.Count()}: {string.Join("; ", alarm.Select(a => a.Kind).Distinct().Take(4))} |"
            );
        }

        to.WriteLine();
        to.WriteLine("| tool | fires on faults | fires on healthy runs |");
        to.WriteLine("|---|---|---|");
        to.WriteLine(
            $"| Fovea, any `fix` | {Of(faults, o => o.Named.Count > 0)} | {Of(healthy, o => o.Named.Count > 0)} |"
        );
        foreach (string tool in new[] { "SageMaker", "TheDeepChecker", "DeepLocalize" })
        {
            bool Fires(Outcome o) => o.Others.Any(r => r.StartsWith(tool, StringComparison.Ordinal));
            to.WriteLine($"| {tool} | {Of(faults, Fires)} | {Of(healthy, Fires)} |");
        }

        foreach (string rule in healthy.Concat(faults).SelectMany(o => o.Others).Distinct().Order())
        {
            to.WriteLine(
                $"| {rule} | {Of(faults, o => o.Others.Contains(rule))} | {Of(healthy, o => o.Others.Contains(rule))} |"
            );
        }
    }

    /// <summary>The rates of each cause, as <c>docs/questions/rates.json</c>.</summary>
    public static void WriteRates(IReadOnlyList<Outcome> faults, IReadOnlyList<Outcome> healthy, TextWriter to)
    {
        string[] causes =
        [
            .. faults
                .Where(o => o.Hit)
                .Select(o => First(o))
                .Concat(healthy.SelectMany(o => o.Named.Select(Word)))
                .Where(c => c.Length > 0)
                .Distinct()
                .Order(),
        ];
        IEnumerable<string> lines = causes.Select(cause =>
        {
            Outcome[] planted = [.. faults.Where(o => Kind(o.Kind)?.Accepts.Contains(cause) == true)];
            return $$"""  {"cause": "{{cause}}", "found": {{planted.Count(o => o.Hit)}}, "planted": {{planted.Length}}, "falseAlarms": {{healthy.Count(o => o.Named.Select(Word).Contains(cause))}}, "healthy": {{healthy.Count}}}""";
        });
        to.WriteLine($"[\n{string.Join(",\n", lines)}\n]");

        static string Word(string named) => named.Split(' ')[^1];
        static string First(Outcome o) =>
            o.Named.Select(Word).FirstOrDefault(c => Kind(o.Kind)?.Accepts.Contains(c) == true) ?? "";
    }

    private static Fault? Kind(string name) =>
        Plans.Kinds.Concat(AsideKinds.All).Concat(BlindKinds.All).FirstOrDefault(k => k.Name == name);

    private static string Of(IReadOnlyList<Outcome> all, Func<Outcome, bool> holds)
    {
        int count = all.Count(holds);
        Proportion p = Proportion.Wilson(count, all.Count);
        return all.Count == 0
            ? "none"
            : $"{count} of {all.Count}, {100 * p.Value:F0} % ({100 * p.Low:F0} - {100 * p.High:F0})";
    }
}
