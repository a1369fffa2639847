using static Fovea.Workbench.Reports.ChartFigure;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>A bar.</summary>
/// <param name="Value">Its length; 0 or more.</param>
/// <param name="Text">What stands at its end.</param>
/// <param name="Kind">0 or 1: which of two kinds of bars a row has.</param>
internal sealed record Bar(double Value, string Text, int Kind = 0);

/// <summary>A row of bars.</summary>
internal sealed record BarRow(string Name, IReadOnlyList<Bar> Bars);

/// <summary>Bars from left to right, a row a thing, each with its value in words.</summary>
internal static class BarChart
{
    private const double Thickness = 13;
    private const double Gap = 7;
    private const int NameLength = 22;

    public static Element Draw(ChartText text, IReadOnlyList<BarRow> rows, string unit)
    {
        ChartAxis axis = ChartAxis.For(
            rows.SelectMany(r => r.Bars).Select(b => b.Value).Append(0),
            unit,
            fromZero: true
        );
        double height = rows.Sum(r => Room(r));
        List<Element> drawing = [];
        for (int i = 0; i < axis.Ticks.Count; i++)
        {
            double x = axis.Place(axis.Ticks[i].Value);
            drawing.Add(Line(x, 0, x, height, "grid"));
            drawing.Add(Text(x, 0, height + 12, axis.Ticks[i].Text, i % 2 == 0 ? "tick middle" : "tick middle rare"));
        }

        drawing.Add(Text(0.5, 0, height + 30, unit, "unit middle"));
        double y = 0;
        foreach (BarRow row in rows)
        {
            drawing.Add(Text(0, -8, y + (Room(row) / 2), Cut(row.Name, NameLength), "tick end"));
            double top = y + (Gap / 2);
            foreach (Bar bar in row.Bars)
            {
                double length = Math.Max(0, axis.Place(bar.Value));
                drawing.Add(
                    E(
                        "rect",
                        Class($"bar b{bar.Kind}"),
                        A("x", 0),
                        A("y", top),
                        A("width", Percent(length)),
                        A("height", Thickness - 2)
                    )
                );
                drawing.Add(Text(length, 5, top + (Thickness / 2) - 1, bar.Text, "value"));
                top += Thickness;
            }

            y += Room(row);
        }

        return Of(text, height, drawing, "rows");
    }

    private static double Room(BarRow row) => (row.Bars.Count * Thickness) + Gap;
}
