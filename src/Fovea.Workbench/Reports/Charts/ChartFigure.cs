using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>What a chart is to those who read it.</summary>
/// <param name="Id">Its name within the page, a word of the code's own.</param>
/// <param name="Title">What is shown.</param>
/// <param name="Sentence">What is to be seen in it, with numbers.</param>
/// <param name="Numbers">The same as a table.</param>
internal sealed record ChartText(string Id, string Title, string Sentence, NumberTable Numbers);

/// <summary>The frame of every chart: its sentence, the drawing with a name and a description, and its numbers as a
/// table.</summary>
internal static class ChartFigure
{
    private static readonly string[] _markers =
    [
        "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z",
        "M-3 -3H3V3H-3Z",
        "M0 -4L4 3H-4Z",
        "M0 -4.5L4.5 0L0 4.5L-4.5 0Z",
    ];

    /// <param name="text">Title, sentence, numbers.</param>
    /// <param name="height">Of the drawing, in pixels.</param>
    /// <param name="drawing">What stands in it: across in percent, down in pixels, so that it fits every width and its texts stay
    /// as large as those around.</param>
    /// <param name="shape">Class of the frame, which makes room for labels.</param>
    /// <param name="below">What stands below the drawing; null for nothing.</param>
    public static Element Of(
        ChartText text,
        double height,
        IEnumerable<Element> drawing,
        string shape,
        Element? below = null
    ) =>
        E(
            "figure",
            Class("chart"),
            A("id", text.Id),
            E("figcaption", E("strong", text.Title), " ", text.Sentence),
            E(
                "div",
                Class("plot " + shape),
                E(
                    "svg",
                    A("role", "img"),
                    A("aria-labelledby", $"{text.Id}-title {text.Id}-desc"),
                    A("width", "100%"),
                    A("height", height),
                    E("title", A("id", $"{text.Id}-title"), text.Title),
                    E("desc", A("id", $"{text.Id}-desc"), text.Sentence),
                    drawing
                )
            ),
            below,
            text.Numbers.Folded(text.Title)
        );

    public static Element Line(double x1, double y1, double x2, double y2, string style) =>
        E("line", Class(style), A("x1", Percent(x1)), A("y1", y1), A("x2", Percent(x2)), A("y2", y2));

    /// <param name="x">Share of the width.</param>
    /// <param name="dx">Pixels to the right of it.</param>
    /// <param name="y">Pixels from the top, of the middle of the letters.</param>
    /// <param name="text">Any text.</param>
    /// <param name="style">Class.</param>
    public static Element Text(double x, double dx, double y, string text, string style) =>
        E("text", Class(style), A("x", Percent(x)), A("dx", dx), A("y", y), A("dy", ".33em"), text);

    /// <summary>A mark of a kind at a place.</summary>
    /// <param name="number">Which kind: each has a shape and a colour.</param>
    /// <param name="x">Share of the width.</param>
    /// <param name="y">Pixels from the top.</param>
    public static Element Marker(int number, double x, double y) =>
        E(
            "svg",
            Class("marker"),
            A("x", Percent(x)),
            A("y", y),
            E("path", Class($"mark s{number}"), A("d", MarkerPath(number)))
        );

    /// <summary>The shape of a kind of marks.</summary>
    public static string MarkerPath(int number) => _markers[number % _markers.Length];

    /// <summary>A text cut in its middle, where the ends say most: paths of layers.</summary>
    public static string Cut(string text, int most)
    {
        int tail = most / 2,
            head = most - tail - 1;
        return text.Length <= most ? text : $"{text[..head]}…{text[^tail..]}";
    }
}
