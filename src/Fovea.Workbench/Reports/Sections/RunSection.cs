using System.Globalization;
using System.Text.Json.Nodes;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>8: how to repeat the run, what was not checked and why, and how far verdicts can be trusted.</summary>
internal static class RunSection
{
    public static Element Of(RunReportData data) =>
        ReportPage.Section(
            8,
            "Run",
            E("h3", "How to repeat it"),
            Repeat(data),
            Choices(data.Run),
            E("h3", "What was not checked"),
            NotChecked(data),
            E("h3", "How often verdicts are right"),
            Rates(data)
        );

    private static Element Repeat(RunReportData data) =>
        data.Command.Length > 0
            ? E(
                "div",
                E("pre", A("tabindex", "0"), E("code", data.Command)),
                E("p", "The same seed, data and version give the same bits, for any number of threads.")
            )
            : E(
                "p",
                "The run trains a module of a program of its own: repeat it there, with the options and the seed below."
            );

    private static IEnumerable<Element> Choices(JsonObject? run)
    {
        if (run is null)
        {
            yield return E("p", ReportPage.DidNotRun("there is no run.json to read version, options and machine from"));
            yield break;
        }

        NumberTable table = new("What", "Value");
        foreach (string name in new[] { "version", "started", "seed", "model", "parameters" })
        {
            Add(table, name, run[name]);
        }

        Add(table, "", run["options"]);
        yield return table.Shown("The choices of the run");
        NumberTable machine = new("Machine", "Value");
        Add(machine, "", run["machine"]);
        foreach (JsonNode? resumed in run["resumed"] as JsonArray ?? [])
        {
            Add(machine, "continued", resumed?["at"]);
        }

        yield return machine.Shown("The machine");
        NumberTable identity = new("Data", "Value");
        Add(identity, "", run["data"]);
        yield return identity.Shown("The data");
    }

    private static void Add(NumberTable table, string name, JsonNode? value)
    {
        switch (value)
        {
            case null:
                break;
            case JsonObject inner:
                foreach ((string key, JsonNode? part) in inner)
                {
                    Add(table, key, part);
                }

                break;
            case JsonArray list:
                table.Add(
                    name,
                    string.Join(", ", list.Take(30)) + (list.Count > 30 ? $" and {list.Count - 30} more" : "")
                );
                break;
            default:
                table.Add(name, value.ToString());
                break;
        }
    }

    private static Element NotChecked(RunReportData data)
    {
        List<Element> items = [];
        if (data.Answers.Count == 0)
        {
            items.Add(E("li", ReportPage.DidNotRun("no question was asked").Insert(0, "Questions: ")));
        }

        if (data.Measured is null)
        {
            items.Add(
                E("li", ReportPage.DidNotRun("nothing was measured in training").Insert(0, "Measured questions: "))
            );
        }
        else if (data.Measured.Run.Untraced.Length > 0)
        {
            items.Add(E("li", ReportPage.DidNotRun(data.Measured.Run.Untraced).Insert(0, "Signals by layer: ")));
        }

        if (data.Result?.Test is null)
        {
            items.Add(E("li", ReportPage.DidNotRun("training did not finish").Insert(0, "Test items: ")));
        }

        foreach (Answer a in data.Answers.Where(a => a.Verdict == Verdict.CannotTell))
        {
            items.Add(E("li", $"{a.Id} {a.Question} ", ReportPage.DidNotRun(a.Finding.TrimEnd('.'))));
        }

        Answer[] none = [.. data.Answers.Where(a => a.Verdict == Verdict.NotApplicable)];
        if (none.Length > 0)
        {
            items.Add(
                E(
                    "li",
                    E(
                        "details",
                        E("summary", $"{none.Length} questions that the network has nothing for"),
                        E("ul", none.Select(a => E("li", $"{a.Id} {a.Question} {a.Finding}")))
                    )
                )
            );
        }

        return items.Count > 0 ? E("ul", items) : E("p", "Every question was answered.");
    }

    private static Element Rates(RunReportData data)
    {
        string[] named =
        [
            .. data
                .Answers.Where(a => a.Verdict is Verdict.Fix or Verdict.Look && a.Cause.Length > 0)
                .Select(a => a.Cause)
                .Distinct(),
        ];
        if (data.Rates.Count == 0)
        {
            return E(
                "p",
                "None is published yet: how often these verdicts are right, and how often they cry wolf, is not known."
            );
        }

        NumberTable table = new("Cause", "Named here", "Found where planted", "Named in healthy runs");
        foreach (PublishedRate rate in data.Rates.OrderBy(r => named.Contains(r.Cause) ? 0 : 1))
        {
            table.Add(
                Words.Of(rate.Cause),
                named.Contains(rate.Cause) ? "yes" : "",
                Rate(rate.Found, rate.Planted),
                Rate(rate.FalseAlarms, rate.Healthy)
            );
        }

        string[] without = [.. named.Except(data.Rates.Select(r => r.Cause))];
        return E(
            "div",
            table.Shown("Published rates"),
            without.Length > 0
                ? E("p", $"No rate is published of: {string.Join(", ", without.Select(Words.Of))}.")
                : null
        );
    }

    private static string Rate(int count, int of)
    {
        if (of == 0)
        {
            return "not tried";
        }

        Proportion p = Proportion.Wilson(count, of);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} of {of:N0} (95 % interval {100 * p.Low:F1} – {100 * p.High:F1} %)"
        );
    }
}
