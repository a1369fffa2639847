using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>A cause on the first screen, with all answers that found it and those that it explains.</summary>
/// <param name="Lead">The answer whose remedy is given.</param>
/// <param name="Same">Further answers with the same cause.</param>
/// <param name="Symptoms">Answers that it explains.</param>
internal sealed record VerdictCard(Answer Lead, IReadOnlyList<Answer> Same, IReadOnlyList<Answer> Symptoms)
{
    private const int Layers = 3,
        LongNetwork = 40,
        LineWidth = 90;

    /// <summary>All answers that the card speaks of.</summary>
    public IEnumerable<Answer> All => [Lead, .. Same, .. Symptoms];

    /// <summary>The card of an answer.</summary>
    /// <param name="lead">The answer.</param>
    /// <param name="answers">All answers.</param>
    public static VerdictCard Of(Answer lead, IReadOnlyList<Answer> answers)
    {
        Answer[] acted = [.. answers.Where(a => a != lead && a.Verdict is Verdict.Fix or Verdict.Look)],
            same = [.. acted.Where(a => lead.Cause.Length > 0 && a.Cause == lead.Cause && a != lead)];
        string[] ids = [lead.Id, .. same.Select(a => a.Id)];
        return new VerdictCard(lead, same, [.. acted.Where(a => ids.Contains(a.ExplainedBy) && !same.Contains(a))]);
    }

    /// <param name="events">What is marked in the curves.</param>
    /// <param name="network">The network as it was given.</param>
    public Element Draw(IReadOnlyList<ChartEvent> events, string network) =>
        E(
            "div",
            Class("card " + ReportPage.Name(Lead.Verdict)),
            E("h3", VerdictSection.Badge(Lead.Verdict), " ", Title),
            E("p", Lead.Finding),
            E(
                "dl",
                Pair("Where", Where is { Length: > 0 } where ? Names(where) : null),
                Pair("Since", Since(events)),
                Pair("Do", Lead.Remedy.Length > 0 ? Lead.Remedy : null),
                Pair(
                    "Options",
                    Lead.Options.Count > 0
                        ? E("code", string.Join(" ", Lead.Options.Select(o => $"--{o.Key} {ShellText.Quote(o.Value)}")))
                        : null
                ),
                Pair(
                    "Try",
                    Try(network) is { Length: > 0 } command ? E("pre", A("tabindex", "0"), E("code", command)) : null
                ),
                Pair("Limit", Limits()),
                Pair("Seen too", Told(Same)),
                Pair("It explains", Told(Symptoms))
            )
        );

    private string[] Where => [.. Lead.Layers.Concat(Same.SelectMany(a => a.Layers)).Distinct()];

    /// <summary>The commands; a network that is long text is named once, for all of them.</summary>
    private string Try(string network)
    {
        string commands = All.Take(1 + Same.Count).Select(a => a.Experiment).FirstOrDefault(e => e.Length > 0, ""),
            quoted = ShellText.Quote(network);
        return quoted.Length <= LongNetwork || !commands.Contains($" {quoted} ", StringComparison.Ordinal)
            ? commands
            : string.Join(
                '\n',
                [
                    .. ShellText.Assign(network, LineWidth),
                    commands.Replace(quoted, ShellText.Assigned, StringComparison.Ordinal),
                ]
            );
    }

    // Units that die while the network learns are a symptom, though nothing else may have been found.
    private string Title =>
        Lead.Cause == Cause.DeadUnits && Lead.Options.ContainsKey("lr")
            ? "Learning rate too high, by the units that died"
        : Lead.Cause.Length > 0 ? Capital(Words.Of(Lead.Cause))
        : Lead.Question;

    private string? Since(IReadOnlyList<ChartEvent> events)
    {
        if (Lead.OnsetStep is not { } step)
        {
            return null;
        }

        ChartEvent? mark = events.FirstOrDefault(e => e.Style == "onset" && e.Step == step);
        return string.Create(CultureInfo.InvariantCulture, $"update {step:N0}{Exactness(Lead)}")
            + (mark is null ? "" : $" (mark {mark.Code} in the curves)");
    }

    /// <summary>What was measured beside the limit that it crossed; where an answer does not say so, its rule.</summary>
    private object? Limits()
    {
        Answer[] found = [Lead, .. Same];
        Crossing[] crossed = [.. found.SelectMany(a => a.Crossed).Distinct()];
        return crossed.Length > 0
                ? E("ul", Class("plain"), crossed.Select(c => E("li", E("b", c.Text), $" ({c.Source})")))
            : Lead.Threshold.Length > 0 ? Lead.Threshold
            : null;
    }

    private static Element? Told(IReadOnlyList<Answer> answers) =>
        answers.Count > 0
            ? E("ul", Class("plain"), answers.Select(a => E("li", E("b", $"{a.Id} {a.Question}"), " ", a.Finding)))
            : null;

    /// <summary>How exactly an onset is known.</summary>
    public static string Exactness(Answer answer) =>
        answer switch
        {
            { OnsetWithin: > 0 and { } off } => string.Create(
                CultureInfo.InvariantCulture,
                $", known to {off:N0} updates"
            ),
            { OnsetWithin: 0, OnsetStep: > 0 } => ", exactly",
            _ => "",
        };

    /// <summary>The first few layers, and how many more there are.</summary>
    public static string Names(IReadOnlyList<string> layers) => Figures.Names(layers, Layers);

    private static Element[]? Pair(string name, object? value) =>
        value is null ? null : [E("dt", name), E("dd", value)];

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
