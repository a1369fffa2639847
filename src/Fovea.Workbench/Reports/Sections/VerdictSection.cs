using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>1: what is wrong, where, since when, and what to do, on one screen.</summary>
internal static class VerdictSection
{
    private const int Causes = 2; // a reader who is given more is given none
    private const int Layers = 3;

    public static Element Of(RunReportData data, IReadOnlyList<ChartEvent> events) =>
        ReportPage.Section(1, "Verdict", Headline(data, events), Figures(data), Others(data));

    private static IEnumerable<Element> Headline(RunReportData data, IReadOnlyList<ChartEvent> events)
    {
        if (data.Result is { Outcome: not TrainingOutcome.Finished, Message: { Length: > 0 } message } result)
        {
            yield return E("p", Class("outcome"), E("strong", $"The run {Words.Of(result.Outcome)}. "), message);
        }

        Answer[] told = Told(data);
        if (told.Length > 0)
        {
            foreach (Answer answer in told)
            {
                yield return Card(answer, events);
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

    /// <summary>The answers of the first screen: what to fix, else what to look at.</summary>
    private static Answer[] Told(RunReportData data)
    {
        Answer[] fix = [.. data.Answers.Where(a => a.Verdict == Verdict.Fix).Take(Causes)];
        return fix.Length > 0 ? fix : [.. data.Answers.Where(a => a.Verdict == Verdict.Look).Take(1)];
    }

    private static Element Card(Answer answer, IReadOnlyList<ChartEvent> events)
    {
        ChartEvent? mark = answer.OnsetStep is { } onset
            ? events.FirstOrDefault(e => e.Style == "onset" && e.Step == onset)
            : null;
        return E(
            "div",
            Class("card " + ReportPage.Name(answer.Verdict)),
            E(
                "h3",
                Badge(answer.Verdict),
                " ",
                answer.Cause.Length > 0 ? Capital(Words.Of(answer.Cause)) : answer.Question
            ),
            E("p", answer.Finding),
            E(
                "dl",
                Pair("Where", answer.Layers.Count > 0 ? Names(answer.Layers) : null),
                Pair(
                    "Since",
                    answer.OnsetStep is { } step
                        ? string.Create(CultureInfo.InvariantCulture, $"update {step:N0}{Exactness(answer)}")
                            + (mark is null ? "" : $" (mark {mark.Code} in the curves)")
                        : null
                ),
                Pair("Do", answer.Remedy.Length > 0 ? answer.Remedy : null),
                Pair(
                    "Options",
                    answer.Options.Count > 0
                        ? E(
                            "code",
                            string.Join(" ", answer.Options.Select(o => $"--{o.Key} {ShellText.Quote(o.Value)}"))
                        )
                        : null
                ),
                Pair(
                    "Try",
                    answer.Experiment.Length > 0 ? E("pre", A("tabindex", "0"), E("code", answer.Experiment)) : null
                ),
                Pair("Threshold", answer.Threshold.Length > 0 ? answer.Threshold : null)
            )
        );
    }

    /// <summary>How exactly an onset is known.</summary>
    private static string Exactness(Answer answer) =>
        answer switch
        {
            { OnsetWithin: > 0 and { } off } => string.Create(
                CultureInfo.InvariantCulture,
                $", known to {off:N0} updates"
            ),
            { OnsetWithin: 0, OnsetStep: > 0 } => ", exactly",
            _ => "",
        };

    private static Element? Figures(RunReportData data)
    {
        List<Element> figures = [];
        TrainingResult? result = data.Result;
        if (result?.Test is { } test)
        {
            figures.Add(
                test.AccuracyOrNone is null
                    ? Figure("Test loss", ChartAxis.Short(test.Loss), $"{test.N:N0} items")
                    : Figure(
                        "Test accuracy",
                        Workbench.Figures.Percent(test.Accuracy.Value),
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"95 % interval {100 * test.Accuracy.Low:F1} – {100 * test.Accuracy.High:F1} %, {test.N:N0} items"
                        )
                    )
            );
        }

        if (data.Epochs is [.., var last])
        {
            figures.Add(
                Figure(
                    last.ValidationAccuracy is null ? "Training loss" : "Held-out accuracy",
                    last.ValidationAccuracy is { } held ? Workbench.Figures.Percent(held) : ChartAxis.Short(last.Loss),
                    $"last epoch, number {last.Epoch}"
                )
            );
        }

        if (result is { BestEpoch: > 0 })
        {
            figures.Add(
                Figure("Best epoch", result.BestEpoch.ToString(CultureInfo.InvariantCulture), "its weights are kept")
            );
        }

        return figures.Count > 0 ? E("div", Class("figures"), figures) : null;
    }

    private static IEnumerable<Element> Others(RunReportData data)
    {
        Answer[] told = Told(data);
        Answer[] others = [.. data.Answers.Where(a => a.Verdict is Verdict.Fix or Verdict.Look).Except(told)];
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
        string where = a.Layers.Count > 0 ? $" Where: {Names(a.Layers)}." : "",
            since = a.OnsetStep is { } step
                ? string.Create(CultureInfo.InvariantCulture, $" Since update {step:N0}{Exactness(a)}.")
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

    private static string Names(IReadOnlyList<string> layers) => Workbench.Figures.Names(layers, Layers);

    public static Element Badge(Verdict verdict) =>
        E("span", Class("verdict " + ReportPage.Name(verdict)), $"{Words.Sign(verdict)} {Words.Of(verdict)}");

    private static Element Figure(string name, string value, string note) =>
        E("div", E("span", Class("label"), name), E("span", Class("value"), value), E("span", Class("label"), note));

    private static Element[]? Pair(string name, object? value) =>
        value is null ? null : [E("dt", name), E("dd", value)];

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
