using Fovea.Data;
using static Fovea.Workbench.Reports.ChartFigure;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>A column of a map that is marked.</summary>
/// <param name="Column">Where, 0-1.</param>
/// <param name="Code">A letter or two.</param>
/// <param name="Text">What happened.</param>
internal sealed record MapMark(double Column, string Code, string Text);

/// <summary>How values become colours.</summary>
internal enum MapScale
{
    /// <summary>Evenly.</summary>
    Even,

    /// <summary>By powers of ten.</summary>
    Logarithmic,

    /// <summary>By the square root, so that small shares beside large ones are seen.</summary>
    Root,
}

/// <summary>A map of values in viridis: rows of layers over columns of steps, or classes over classes. The cells are a picture of a
/// pixel each, so that thousands weigh a few kilobytes.</summary>
/// <param name="rows">Names, from the top.</param>
/// <param name="columns">Where columns are named: place 0-1 and text.</param>
/// <param name="across">What columns are.</param>
internal sealed class HeatMap(
    IReadOnlyList<string> rows,
    IReadOnlyList<(double Place, string Text)> columns,
    string across
)
{
    private const double LeastHeight = 120;
    private const double MostHeight = 460;
    private const double RowHeight = 16;
    private const double LabelHeight = 12;
    private const int NameLength = 22;

    /// <summary>Further classes of the frame.</summary>
    public string Shape { get; init; } = "";

    public IReadOnlyList<MapMark> Marks { get; init; } = [];

    /// <param name="text">Title, sentence, numbers.</param>
    /// <param name="values">By row and column; NaN for none.</param>
    /// <param name="unit">What is measured, and in what.</param>
    /// <param name="scale">How values become colours.</param>
    public Element Draw(ChartText text, double[][] values, string unit, MapScale scale)
    {
        double height = Math.Clamp(rows.Count * RowHeight, Math.Min(LeastHeight, rows.Count * 30), MostHeight),
            row = height / rows.Count;
        (double low, double high) = Range(values, scale == MapScale.Logarithmic);
        List<Element> drawing = [Picture(values, v => Share(v, low, high, scale), height)];
        int every = Math.Max(1, (int)Math.Ceiling(LabelHeight / row));
        for (int i = 0; i < rows.Count; i += every)
        {
            drawing.Add(Text(0, -8, (i + 0.5) * row, Cut(rows[i], NameLength), "tick end"));
        }

        for (int i = 0; i < columns.Count; i++)
        {
            drawing.Add(
                Text(columns[i].Place, 0, height + 12, columns[i].Text, i % 2 == 0 ? "tick middle" : "tick middle rare")
            );
        }

        drawing.Add(Text(0.5, 0, height + 30, across, "unit middle"));
        drawing.AddRange(MarksTo(height));
        return Of(text, height, drawing, "rows map " + Shape, Legend(low, high, unit, scale));
    }

    private IEnumerable<Element> MarksTo(double height)
    {
        MapMark[] marks = [.. Marks.OrderBy(m => m.Column)];
        return MarkLabel
            .Of([.. marks.Select(m => (m.Column, m.Code))])
            .Select(label =>
                E(
                    "g",
                    E("title", string.Join("; ", label.Marks.Select(i => $"{marks[i].Code}: {marks[i].Text}"))),
                    label.Marks.Select(i => Line(marks[i].Column, 0, marks[i].Column, height, "event halo")),
                    label.Marks.Select(i => Line(marks[i].Column, 0, marks[i].Column, height, "event onset")),
                    Text(label.X, 0, label.Row == 0 ? -9 : -21, label.Code, "code middle onset")
                )
            );
    }

    /// <summary>A picture of a pixel a cell, stretched to the drawing.</summary>
    private static Element Picture(double[][] values, Func<double, double> share, double height)
    {
        int columns = values.Max(r => r.Length);
        float[] samples = new float[3 * values.Length * columns];
        int plane = values.Length * columns;
        for (int i = 0; i < values.Length; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                Colour c = Palette.Viridis(j < values[i].Length ? share(values[i][j]) : double.NaN);
                int at = (i * columns) + j;
                (samples[at], samples[plane + at], samples[(2 * plane) + at]) = (
                    c.Red / 255f,
                    c.Green / 255f,
                    c.Blue / 255f
                );
            }
        }

        return Image(PngEncoder.Encode(samples, 3, values.Length, columns), height);
    }

    private static Element Image(byte[] png, double height) =>
        E(
            "image",
            Class("cells"),
            A("href", "data:image/png;base64," + Convert.ToBase64String(png)),
            A("width", "100%"),
            A("height", height),
            A("preserveAspectRatio", "none")
        );

    /// <summary>What the colours mean.</summary>
    private static Element Legend(double low, double high, string unit, MapScale scale)
    {
        double[][] ramp =
        [
            [.. Enumerable.Range(0, 64).Select(i => i / 63.0)],
        ];
        double middle = scale switch
        {
            MapScale.Logarithmic => Math.Sqrt(low * high),
            MapScale.Root => low + ((high - low) / 4),
            _ => (low + high) / 2,
        };
        return E(
            "p",
            Class("scale"),
            $"{unit}{(scale == MapScale.Logarithmic ? ", powers of ten" : "")}: ",
            ChartAxis.Short(low),
            " ",
            E(
                "svg",
                Class("ramp"),
                A("width", 140),
                A("height", 12),
                A("aria-hidden", "true"),
                Picture(ramp, v => v, 12)
            ),
            $" {ChartAxis.Short(high)} (middle {ChartAxis.Short(middle)}); grey: not measured"
        );
    }

    private static (double Low, double High) Range(double[][] values, bool logarithmic)
    {
        double low = double.PositiveInfinity,
            high = double.NegativeInfinity;
        foreach (double v in values.SelectMany(r => r).Where(v => double.IsFinite(v) && (!logarithmic || v > 0)))
        {
            (low, high) = (Math.Min(low, v), Math.Max(high, v));
        }

        return low > high ? (logarithmic ? (0.1, 1) : (0, 1))
            : low == high ? (logarithmic ? (low / 10, low) : (low - 1, low))
            : (low, high);
    }

    private static double Share(double value, double low, double high, MapScale scale) =>
        double.IsNaN(value) ? double.NaN
        : double.IsInfinity(value) ? (value > 0 ? 1 : 0)
        : scale == MapScale.Even ? (value - low) / (high - low)
        : scale == MapScale.Root ? Math.Sqrt((value - low) / (high - low))
        : value <= 0 ? 0
        : Math.Log(value / low) / Math.Log(high / low);
}
