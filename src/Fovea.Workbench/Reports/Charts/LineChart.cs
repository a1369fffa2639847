using System.Text;
using static Fovea.Workbench.Reports.ChartFigure;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>A curve.</summary>
/// <param name="Name">What stands beside it.</param>
/// <param name="Points">From left to right.</param>
internal sealed record Curve(string Name, IReadOnlyList<Bucket> Points);

/// <summary>Something that happened, marked in every curve of a page.</summary>
/// <param name="Code">A letter or two.</param>
/// <param name="Step">When.</param>
/// <param name="Style">Class: <c>onset</c>, <c>rate</c>, <c>best</c>, <c>resumed</c>.</param>
/// <param name="Text">What.</param>
internal sealed record ChartEvent(string Code, double Step, string Style, string Text);

/// <summary>Curves over steps. Each has a colour, a dash and a marker of its own, and its name at its end.</summary>
internal sealed class LineChart(ChartAxis across, ChartAxis up, IReadOnlyList<ChartEvent> events)
{
    private const double Height = 220;
    private const double LabelGap = 15;
    private const double FarFromEdge = 0.98; // a curve that ends before has a line to its name
    private const int FewPoints = 24; // these have a marker each

    /// <param name="text">Title, sentence, numbers.</param>
    /// <param name="curves">At most as many as <see cref="Scheme.Series"/> has colours.</param>
    public Element Draw(ChartText text, IReadOnlyList<Curve> curves)
    {
        Curve[] shown = [.. curves.Where(c => c.Points.Count > 0)];
        return Of(text, Height, [.. Axes(), .. Events(), .. Lines(shown), .. Ends(shown)], "curves", Key(shown));
    }

    private double Y(double value) => Height * (1 - up.Place(value));

    private IEnumerable<Element> Axes()
    {
        foreach (Tick tick in up.Ticks)
        {
            yield return Line(0, Y(tick.Value), 1, Y(tick.Value), "grid");
            yield return Text(0, -8, Y(tick.Value), tick.Text, "tick end");
        }

        yield return Line(0, Height, 1, Height, "axis");
        yield return Text(0, -48, -37, up.Unit, "unit"); // above the letters of events
        for (int i = 0; i < across.Ticks.Count; i++)
        {
            Tick tick = across.Ticks[i];
            double x = across.Place(tick.Value);
            yield return E(
                "line",
                Class("axis"),
                A("x1", Percent(x)),
                A("x2", Percent(x)),
                A("y1", Height),
                A("y2", Height + 5)
            );
            yield return Text(x, 0, Height + 15, tick.Text, i % 2 == 0 ? "tick middle" : "tick middle rare");
        }

        yield return Text(0.5, 0, Height + 32, across.Unit, "unit middle");
    }

    private IEnumerable<Element> Events()
    {
        ChartEvent[] marks = [.. events.OrderBy(e => e.Step)];
        double[] places = [.. marks.Select(e => Math.Clamp(across.Place(e.Step), 0, 1))];
        foreach (MarkLabel label in MarkLabel.Of([.. marks.Select((e, i) => (places[i], e.Code))]))
        {
            foreach (int i in label.Marks)
            {
                yield return Line(places[i], -4, places[i], Height, "event " + marks[i].Style);
            }

            yield return E(
                "g",
                E("title", string.Join("; ", label.Marks.Select(i => $"{marks[i].Code}: {marks[i].Text}"))),
                Text(label.X, 0, label.Row == 0 ? -10 : -22, label.Code, "code middle " + marks[label.Marks[0]].Style)
            );
        }
    }

    /// <summary>The curves, in a drawing of their own that is stretched to the width, its strokes not.</summary>
    private IEnumerable<Element> Lines(Curve[] curves)
    {
        yield return E(
            "svg",
            A("width", "100%"),
            A("height", Height),
            A("viewBox", $"0 0 1000 {Coordinate(Height)}"),
            A("preserveAspectRatio", "none"),
            A("aria-hidden", "true"),
            curves.Select((c, i) => new[] { Area(c, i), E("path", Class($"line s{i}"), A("d", Path(c.Points))) })
        );
        for (int i = 0; i < curves.Length; i++)
        {
            IReadOnlyList<Bucket> points = curves[i].Points;
            int every = points.Count <= FewPoints ? 1 : (points.Count / 6) + 1;
            for (int j = (points.Count - 1) % every; j < points.Count; j += every)
            {
                yield return Marker(i, across.Place(points[j].X), Y(points[j].Mean));
            }
        }
    }

    private Element? Area(Curve curve, int number)
    {
        if (curve.Points.All(p => p.High <= p.Low))
        {
            return null;
        }

        StringBuilder d = new();
        foreach (Bucket p in curve.Points)
        {
            Append(d, p.X, p.High);
        }

        foreach (Bucket p in curve.Points.Reverse())
        {
            Append(d, p.X, p.Low);
        }

        return E("path", Class($"area s{number}"), A("d", d.Append('Z').ToString()));
    }

    private string Path(IReadOnlyList<Bucket> points)
    {
        StringBuilder d = new();
        foreach (Bucket p in points)
        {
            Append(d, p.X, p.Mean);
        }

        return d.ToString();
    }

    private void Append(StringBuilder d, double x, double y) =>
        d.Append(d.Length == 0 ? 'M' : 'L')
            .Append(Coordinate(1000 * across.Place(x)))
            .Append(' ')
            .Append(Math.Round(Y(y), 1).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Names at the ends of the curves, moved apart where those meet.</summary>
    private IEnumerable<Element> Ends(Curve[] curves)
    {
        double floor = double.NegativeInfinity;
        (int Number, double Y)[] ends =
        [
            .. curves.Select((c, i) => (Number: i, Y: Y(c.Points[^1].Mean))).OrderBy(e => e.Y),
        ];
        double excess = ((ends.Length - 1) * LabelGap) - Height;
        foreach ((int number, double y) in ends)
        {
            double at = Math.Max(Math.Clamp(y, 0, Height - Math.Max(0, excess)), floor);
            floor = at + LabelGap;
            double end = across.Place(curves[number].Points[^1].X);
            if (end < FarFromEdge)
            {
                yield return Line(end, y, 1, at, "leader");
            }

            yield return Text(1, 10, at, curves[number].Name, $"name s{number}");
        }
    }

    /// <summary>The names with a piece of their line, for screens that have no room beside it.</summary>
    private static Element Key(Curve[] curves) =>
        E(
            "ul",
            Class("key"),
            curves.Select(
                (c, i) =>
                    E(
                        "li",
                        E(
                            "svg",
                            A("width", 34),
                            A("height", 12),
                            A("aria-hidden", "true"),
                            E("path", Class($"line s{i}"), A("d", "M0 6H34")),
                            E(
                                "g",
                                A("transform", "translate(17 6)"),
                                E("path", Class($"mark s{i}"), A("d", MarkerPath(i)))
                            )
                        ),
                        " ",
                        c.Name
                    )
            )
        );
}
