using System.Globalization;
using static Fovea.Workbench.Reports.ChartFigure;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>Layers as points of FLOP a byte and GFLOP/s, below the roofs of a machine: what memory and each cache bring, and
/// the peak (Williams, Waterman, Patterson 2009). Both axes are powers of ten, so the roofs are straight.</summary>
internal sealed class RooflineChart
{
    private const double Height = 380;
    private const double LetterGap = 13; // pixels
    private const double LetterWidth = 0.02; // of the width
    private const int Labelled = 6;

    private static readonly string[] _styles = ["event", "event resumed", "event rate", "leader"]; // memory, then nearer

    private readonly MachineSpeed _machine;
    private readonly LayerSpeed[] _points;
    private readonly ChartAxis _across;
    private readonly ChartAxis _up;

    /// <param name="layers">The layers; those that multiply nothing have no place and are not drawn.</param>
    /// <param name="machine">The roofs.</param>
    public RooflineChart(IReadOnlyList<LayerSpeed> layers, MachineSpeed machine)
    {
        _machine = machine;
        _points = [.. layers.Where(l => l.Intensity > 0 && l.Gflops > 0)];
        double ridge = machine.Ridge;
        _across = ChartAxis.OfPowers(
            _points.Select(p => p.Intensity).Append(ridge / 10).Min(),
            _points.Select(p => p.Intensity).Append(ridge * 10).Max(),
            "FLOP a byte"
        );
        _up = ChartAxis.OfPowers(
            _points.Select(p => p.Gflops).Append(machine.PeakGflops / 10).Min(),
            _points.Select(p => p.Gflops).Append(machine.PeakGflops).Max(),
            "GFLOP/s"
        );
    }

    /// <summary>The layers that lose most time below their roof, which have letters.</summary>
    public IReadOnlyList<LayerSpeed> Outliers =>
        [.. _points.Where(p => Lost(p) > 0).OrderByDescending(Lost).Take(Labelled)];

    /// <summary>The levels that values come from, memory first, with GB/s.</summary>
    private IEnumerable<(string Name, double GBs, string Style)> Levels =>
        new[]
        {
            ("memory", _machine.MemoryGBs, _styles[0]),
            ("third cache", _machine.ThirdCacheGBs, _styles[1]),
            ("second cache", _machine.SecondCacheGBs, _styles[2]),
            ("first cache", _machine.FirstCacheGBs, _styles[3]),
        }.Where(l => l.Item2 > 0);

    /// <summary>The picture.</summary>
    /// <param name="text">Title, sentence, numbers.</param>
    public Element Draw(ChartText text) =>
        Of(
            text,
            Height,
            [.. Axes(), .. Roofs(), .. _points.Select(Point), .. Letters()],
            "curves",
            E("div", Key(), Legend())
        );

    /// <summary>Milliseconds that a layer would take less at its roof.</summary>
    private static double Lost(LayerSpeed layer) => layer.Milliseconds * (1 - Math.Min(1, layer.ShareOfRoof));

    private double X(double intensity) => _across.Place(intensity);

    private double Y(double gflops) => Height * (1 - _up.Place(gflops));

    private IEnumerable<Element> Axes()
    {
        foreach (Tick tick in _up.Ticks)
        {
            yield return Line(0, Y(tick.Value), 1, Y(tick.Value), "grid");
            yield return Text(0, -8, Y(tick.Value), tick.Text, "tick end");
        }

        foreach (Tick tick in _across.Ticks)
        {
            yield return Line(X(tick.Value), 0, X(tick.Value), Height, "grid");
            yield return Text(X(tick.Value), 0, Height + 15, tick.Text, "tick middle");
        }

        yield return Line(0, Height, 1, Height, "axis");
        yield return Text(0, -48, -28, _up.Unit, "unit");
        yield return Text(0.5, 0, Height + 32, _across.Unit, "unit middle");
    }

    /// <summary>Each level rises with the intensity until it meets the peak.</summary>
    private IEnumerable<Element> Roofs()
    {
        double left = _across.Ticks[0].Value,
            floor = _up.Ticks[0].Value,
            peak = _machine.PeakGflops;
        foreach ((_, double speed, string style) in Levels)
        {
            double from = Math.Max(left, floor / speed),
                to = peak / speed;
            if (from < to)
            {
                yield return Line(X(from), Y(from * speed), X(to), Y(peak), style);
            }
        }

        yield return Line(X(Math.Max(left, peak / Levels.Max(l => l.GBs))), Y(peak), 1, Y(peak), "event");
        yield return Text(
            1,
            8,
            Y(peak),
            string.Create(CultureInfo.InvariantCulture, $"peak {peak:F0} GFLOP/s"),
            "name"
        );
    }

    private Element Point(LayerSpeed layer) =>
        E("g", E("title", Words(layer)), Marker((int)layer.Direction, X(layer.Intensity), Y(layer.Gflops)));

    /// <summary>Letters at the outliers, moved up where they would meet, with a line back to their point.</summary>
    private IEnumerable<Element> Letters()
    {
        List<(double X, double Y)> taken = [];
        IReadOnlyList<LayerSpeed> outliers = Outliers;
        for (int i = 0; i < outliers.Count; i++)
        {
            double x = X(outliers[i].Intensity),
                point = Y(outliers[i].Gflops),
                y = point - LetterGap;
            while (taken.Any(t => Math.Abs(t.Y - y) < LetterGap && Math.Abs(t.X - x) < LetterWidth))
            {
                y -= LetterGap;
            }

            taken.Add((x, y));
            yield return Line(x, point, x, y + (LetterGap / 2), "leader");
            yield return Text(x, 0, y, Code(i), "code middle");
        }
    }

    /// <summary>What the letters stand for, by time that is lost.</summary>
    private Element Legend() =>
        E("ul", Class("marks"), Outliers.Select((l, i) => E("li", E("b", Code(i)), " ", Words(l))));

    private static string Code(int outlier) => ((char)('A' + outlier)).ToString();

    /// <summary>What marks and lines stand for.</summary>
    private Element Key() =>
        E(
            "ul",
            Class("choices"),
            _points
                .Select(p => p.Direction)
                .Distinct()
                .Order()
                .Select(d =>
                    Sample(
                        Words(d),
                        E(
                            "g",
                            A("transform", "translate(17 6)"),
                            E("path", Class($"mark s{(int)d}"), A("d", MarkerPath((int)d)))
                        )
                    )
                ),
            Levels.Select(l =>
                Sample(
                    string.Create(CultureInfo.InvariantCulture, $"{l.Name}, {l.GBs:F0} GB/s"),
                    E("line", Class(l.Style), A("x1", 0), A("x2", 34), A("y1", 6), A("y2", 6))
                )
            )
        );

    private static Element Sample(string text, Element mark) =>
        E("li", E("svg", A("width", 34), A("height", 12), A("aria-hidden", "true"), mark), " ", text);

    private static string Words(LayerSpeed l) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{l.Layer}, {Words(l.Direction)}: {l.Milliseconds:G3} ms, {l.Gflops:F1} GFLOP/s, {l.Intensity:G3} FLOP a byte, {l.ShareOfRoof:P0} of its roof"
        );

    /// <summary>A direction in words.</summary>
    public static string Words(StepDirection direction) =>
        direction switch
        {
            StepDirection.Forward => "forward",
            StepDirection.BackwardData => "backward, data",
            StepDirection.BackwardWeights => "backward, weights",
            _ => "update",
        };
}
