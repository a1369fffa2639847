using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>1: what is wrong, where, since when, and what to do, on one screen.</summary>
internal static class VerdictSection
{
    private const int Causes = 2; // a reader who is given more is given none

    public static Element Of(RunReportData data, IReadOnlyList<ChartEvent> events) =>
        ReportPage.Section(1, "Verdict", Headline(data, events), RunFigures.Of(data), Others(data));

    private static IEnumerable<Element> Headline(RunReportData data, IReadOnlyList<ChartEvent> events)
    {
        if (data.Result is { Outcome: not TrainingOutcome.Finished, Message: { Length: > 0 } message } result)
        {
            yield return E("p", Class("outcome"), E("strong", $"The run {Words.Of(result.Outcome)}. "), message);
        }

        IReadOnlyList<VerdictCard> told = Told(data);
        if (told.Count > 0)
        {
            foreach (VerdictCard card in told)
            {
                yield return card.Draw(events, ReportPage.Text(data));
            }
        }
        else if (data.Answers.Count == 0)
        {
            yield return E("p", Class("card cannot-tell"), "? No question was asked of this run.");
        }
        else
        {
            int asked = data.Answers.Count(a => a.Verdict is Verdict.Ok or Verdict.CannotTell),
                open = data.Answers.Count(a => a.Verdict == Verdict.CannotTell);
            yield return E(
                "p",
                Class("card ok"),
                E("span", Class("verdict"), "✔ nothing to fix"),
                $" {asked - open} of {asked} questions were answered without a finding"
                    + (open > 0 ? $"; {open} could not be told, see section 8." : ".")
            );
        }
    }

    /// <summary>The causes of the first screen: what to fix, else what to look at; a cause that several questions found is one.</summary>
    private static IReadOnlyList<VerdictCard> Told(RunReportData data)
    {
        Answer[] fix = [.. data.Answers.Where(a => a.Verdict == Verdict.Fix)],
            look = [.. data.Answers.Where(a => a.Verdict == Verdict.Look).Take(1)];
        return
        [
            .. (fix.Length > 0 ? fix : look)
                .DistinctBy(a => a.Cause.Length > 0 ? a.Cause : a.Id)
                .Take(Causes)
                .Select(a => VerdictCard.Of(a, data.Answers)),
        ];
    }

    private static IEnumerable<Element> Others(RunReportData data)
    {
        HashSet<Answer> told = [.. Told(data).SelectMany(c => c.All)];
        Answer[] others = [.. data.Answers.Where(a => a.Verdict is Verdict.Fix or Verdict.Look && !told.Contains(a))];
        if (others.Length > 0)
        {
            yield return E("h3", "Further findings");
            yield return E("ul", Class("findings"), others.Select(Finding));
        }

        if (data.Answers.Count > 0)
        {
            yield return Evidence(data.Answers);
        }
    }

    private static Element Finding(Answer a)
    {
        string where = a.Layers.Count > 0 ? $" Where: {VerdictCard.Names(a.Layers)}." : "",
            since = a.OnsetStep is { } step
                ? string.Create(CultureInfo.InvariantCulture, $" Since update {step:N0}{VerdictCard.Exactness(a)}.")
                : "";
        return E(
            "li",
            E("p", Badge(a.Verdict), " ", E("b", $"{a.Id} {a.Question}")),
            E("p", a.Finding + where + since),
            a.Remedy.Length > 0 ? E("p", E("em", a.Remedy)) : null
        );
    }

    /// <summary>Every answer with its numbers.</summary>
    private static Element Evidence(IReadOnlyList<Answer> answers)
    {
        NumberTable table = new("Verdict", "Question", "Predicted", "Measured", "Threshold", "Source");
        foreach (Answer a in answers)
        {
            table.Add(
                Badge(a.Verdict),
                $"{a.Id} {a.Question}",
                Quantities(a.Predicted),
                Quantities(a.Measured),
                a.Threshold,
                a.Source
            );
        }

        return E("details", E("summary", $"Numbers: all {answers.Count} answers"), table.Shown("All answers"));
    }

    private static string Quantities(IReadOnlyList<Quantity> quantities) =>
        string.Join("; ", quantities.Select(q => $"{q.Name} {ChartAxis.Short(q.Value)} {q.Unit}"));

    public static Element Badge(Verdict verdict) =>
        E("span", Class("verdict " + ReportPage.Name(verdict)), $"{Words.Sign(verdict)} {Words.Of(verdict)}");
}
