using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>A table of a page.</summary>
/// <param name="Columns">Heads; those that begin with <c>#</c> are of numbers.</param>
internal sealed record NumberTable(params IReadOnlyList<string> Columns)
{
    private const int MostRows = 500; // of a page that must open quickly
    private const int MostLetters = 600;

    private readonly List<object?[]> _rows = [];

    public int Count => _rows.Count;

    /// <summary>Adds a row of texts and elements; numbers in at most four digits.</summary>
    public void Add(params object?[] cells) => _rows.Add(cells);

    /// <summary>The table, which moves sideways by itself where the screen is narrow.</summary>
    /// <param name="name">What it is called by those who hear it.</param>
    public Element Shown(string name) =>
        E(
            "div",
            Class("scroll"),
            A("role", "group"),
            A("aria-label", name),
            A("tabindex", "0"),
            E(
                "table",
                E("thead", E("tr", Columns.Select(c => E("th", A("scope", "col"), Style(c), c.TrimStart('#'))))),
                E(
                    "tbody",
                    _rows
                        .Take(MostRows)
                        .Select(row =>
                            E(
                                "tr",
                                row.Select(
                                    (cell, i) =>
                                        i == 0
                                            ? E("th", A("scope", "row"), Style(Columns[i]), Content(cell))
                                            : E("td", Style(Columns[i]), Content(cell))
                                )
                            )
                        )
                )
            ),
            Count > MostRows ? E("p", $"{Count - MostRows:N0} more rows are left out.") : null
        );

    /// <summary>The table, closed until its reader opens it.</summary>
    /// <param name="name">What it holds the numbers of.</param>
    public Element Folded(string name) => E("details", E("summary", $"Numbers: {name}"), Shown($"Numbers: {name}"));

    private static HtmlAttribute? Style(string column) => column.StartsWith('#') ? Class("number") : null;

    private static object? Content(object? cell) =>
        cell switch
        {
            double value => double.IsNaN(value) ? "–" : ChartAxis.Short(value),
            int or long => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{cell:N0}"),
            string text => ChartFigure.Cut(text, MostLetters),
            _ => cell,
        };
}
