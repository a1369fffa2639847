using System.Globalization;
using Fovea.Models;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>The page: head, eight sections, foot.</summary>
internal static class ReportPage
{
    private const int LongestName = 120,
        LongestOpen = 400; // longer texts are opened by a click

    private static readonly string[] _names =
    [
        "Verdict",
        "Curves",
        "Network",
        "Layers over time",
        "Features",
        "Mistakes",
        "Data",
        "Run",
    ];

    public static string Html(RunReportData data)
    {
        IReadOnlyList<ChartEvent> events = ReportEvents.Of(data);
        string name = Name(data);
        return ReportFrame.Html(
            $"{name}: training report",
            E("a", Class("skip-link"), A("href", "#section-1"), "To the verdict"),
            Head(data, name),
            E("main", Sections(data, events))
        );
    }

    /// <summary>A section; its number and title head it.</summary>
    public static Element Section(int number, string title, params object?[] content) =>
        E(
            "section",
            A("id", $"section-{number}"),
            A("aria-labelledby", $"section-{number}-title"),
            E("h2", A("id", $"section-{number}-title"), $"{number} {title}"),
            content
        );

    /// <summary>The sentence where something is missing.</summary>
    public static string DidNotRun(string why) => $"Did not run, because {Lower(why)}.";

    /// <summary>A verdict as a class.</summary>
    public static string Name(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fix => "fix",
            Verdict.Look => "look",
            Verdict.Ok => "ok",
            _ => "cannot-tell",
        };

    /// <summary>The network as it was given: a name, or network text.</summary>
    public static string Text(RunReportData data) =>
        data.Network?.Evidence.Name ?? (string?)data.Run?["model"] ?? data.Measured?.Run.Model ?? "Training run";

    /// <summary>A short name: network text is told by what it is made of.</summary>
    private static string Name(RunReportData data)
    {
        string text = Text(data);
        if (!ModelSource.IsNetworkText(text))
        {
            return ChartFigure.Cut(text.ReplaceLineEndings("; "), LongestName);
        }

        bool folds = data.Network is { } network
            ? FilterLayer.Of(network.Evidence).Any(l => l.HasKernel)
            : text.Contains("conv", StringComparison.OrdinalIgnoreCase);
        int layers = data.Network is { } known
            ? FilterLayer.ByLayer(known.Evidence).Count
            : data.Measured?.Run.Points.Count(p => p.Kind == PointKind.Filters) ?? 0;
        long parameters =
            data.Network?.Totals.Params
            ?? data.Measured?.Run.Parameters.Sum(p => p.Count)
            ?? (long?)data.Run?["parameters"]
            ?? 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(folds ? "Conv network" : "Network")}{(layers > 0 ? $" of {Figures.Of(layers, "layer")}" : "")}{(parameters > 0 ? $", {parameters:N0} parameters" : "")}"
        );
    }

    /// <summary>The network text in full, below the name; null where the name is all.</summary>
    private static Element? Full(string text) =>
        !ModelSource.IsNetworkText(text) ? null
        : text.Length <= LongestOpen ? E("pre", A("tabindex", "0"), E("code", text.Trim()))
        : E("details", E("summary", "The network as text"), E("pre", A("tabindex", "0"), E("code", text.Trim())));

    private static Element[] Sections(RunReportData data, IReadOnlyList<ChartEvent> events) =>
        [
            VerdictSection.Of(data, events),
            CurvesSection.Of(data, events),
            NetworkSection.Of(data),
            LayersSection.Of(data, events),
            FeaturesSection.Of(data),
            MistakesSection.Of(data),
            DataSection.Of(data),
            RunSection.Of(data),
        ];

    private static Element Head(RunReportData data, string name)
    {
        List<string> facts = [];
        string? set = (string?)data.Run?["data"]?["name"] ?? data.Measured?.Run.Data;
        if (!string.IsNullOrEmpty(set))
        {
            facts.Add($"on {set}");
        }

        facts.Add(Words.Of(data.Result?.Outcome));
        if (data.Epochs is [.., var last])
        {
            string epochs = last.Epoch == 1 ? "epoch" : "epochs";
            facts.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{last.Epoch} {epochs}, {last.Step:N0} updates, {Time(last.Seconds)}"
                )
            );
        }
        else if (data.Measured is { Updates: > 0 } measured)
        {
            facts.Add(string.Create(CultureInfo.InvariantCulture, $"{measured.Updates:N0} updates"));
        }

        if ((string?)data.Run?["started"] is { Length: > 16 } started)
        {
            facts.Add($"started {started[..16].Replace('T', ' ')} UTC");
        }

        return E(
            "header",
            E("h1", name),
            E("p", Class("facts"), string.Join(" · ", facts)),
            Full(Text(data)),
            E(
                "nav",
                A("aria-label", "Sections"),
                E("ol", _names.Select((n, i) => E("li", E("a", A("href", $"#section-{i + 1}"), n))))
            )
        );
    }

    private static string Time(double seconds) =>
        seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s")
        : seconds < 7200 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} h");

    // The first word of a reason, unless it is a name.
    private static string Lower(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1])
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
}
