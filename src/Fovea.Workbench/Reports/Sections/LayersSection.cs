using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>4: layers over time, as maps.</summary>
internal sealed class LayersSection
{
    private const int Columns = 200;

    private readonly MeasuredRun _run;
    private readonly MeasuredStep[] _samples;
    private readonly IReadOnlyList<ChartEvent> _onsets;

    private LayersSection(Measurements measured, IReadOnlyList<ChartEvent> events)
    {
        _run = measured.Run;
        _samples = [.. measured.Samples];
        _onsets = [.. events.Where(e => e.Style == "onset")];
    }

    public static Element Of(RunReportData data, IReadOnlyList<ChartEvent> events)
    {
        const string Title = "Layers over time";
        if (data.Measured is not { } measured)
        {
            return ReportPage.Section(4, Title, E("p", ReportPage.DidNotRun("nothing was measured in training")));
        }

        LayersSection section = new(measured, events);
        Element[] maps = section._samples.Length == 0 ? [] : [.. section.Maps().OfType<Element>()];
        string why = measured.Run.Untraced.Length > 0 ? measured.Run.Untraced : "no update was measured by layer";
        return maps.Length == 0
            ? ReportPage.Section(4, Title, E("p", ReportPage.DidNotRun(why)))
            : ReportPage.Section(
                4,
                Title,
                E(
                    "p",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{section._samples.Length:N0} updates were measured by layer, the first ones densely: columns are those updates in order, not even stretches of time. Rows are layers from input to output. Where several updates share a column, it shows the one farthest from the layer's usual value."
                    )
                ),
                E("div", Class("charts"), maps)
            );
    }

    private IEnumerable<Element?> Maps()
    {
        yield return Map(
            "power",
            "Power of the signal",
            "mean square",
            true,
            Points(PointKind.Filters),
            (s, i) => At(s.Power, i)
        );
        yield return Map(
            "gradients",
            "Power of the gradient",
            "mean square",
            true,
            Points(PointKind.Filters),
            (s, i) => At(s.GradientPower, i)
        );
        yield return Map(
            "ratio",
            "Size of an update over its weights",
            "ratio of norms",
            true,
            [
                .. _run
                    .Parameters.Select((p, i) => (p.Name, i, p.IsWeight))
                    .Where(p => p.IsWeight)
                    .Select(p => (p.Name, p.i)),
            ],
            (s, i) => At(s.Weights, i) is > 0 and var norm ? At(s.Updates, i) / norm : double.NaN
        );
        yield return Map(
            "zeros",
            "Share of zeros",
            "%",
            false,
            Points(PointKind.Activation),
            (s, i) => 100 * At(s.Zeros, i)
        );
        yield return Map(
            "saturated",
            "Share of saturated values",
            "%",
            false,
            Points(PointKind.Activation),
            (s, i) => 100 * At(s.Saturated, i)
        );
    }

    private (string Name, int Place)[] Points(PointKind kind) =>
        [
            .. _run
                .Points.Select((p, i) => (Point: p, i))
                .Where(p => p.Point.Kind == kind)
                .Select(p => (p.Point.Name, p.i)),
        ];

    private static double At(IReadOnlyList<double>? values, int i) =>
        values is not null && i < values.Count ? values[i] : double.NaN;

    private Element? Map(
        string id,
        string title,
        string unit,
        bool isRatio,
        (string Name, int Place)[] rows,
        Func<MeasuredStep, int, double> value
    )
    {
        (string Name, double[] Values)[] found =
        [
            .. rows.Select(r => (r.Name, Values: _samples.Select(s => value(s, r.Place)).ToArray()))
                .Where(r => r.Values.Any(v => !double.IsNaN(v))),
        ];
        if (found.Length == 0)
        {
            return null;
        }

        double[][] cells = [.. found.Select(r => Thin(r.Values, isRatio))];
        double[] finite = [.. cells.SelectMany(c => c).Where(v => double.IsFinite(v) && v > 0)];
        MapScale scale = isRatio && finite.Length > 0 ? MapScale.Logarithmic : MapScale.Even;
        (double, string)[] columns =
        [
            .. Enumerable
                .Range(0, 5)
                .Select(i => i * (_samples.Length - 1) / 4)
                .Distinct()
                .Select(i => ((i + 0.5) / _samples.Length, ChartAxis.Short(_samples[i].Step))),
        ];
        HeatMap map = new([.. found.Select(r => r.Name)], columns, "updates measured")
        {
            Marks = [.. _onsets.Select(o => new MapMark(Column(o.Step), o.Code, o.Text))],
        };
        return map.Draw(new ChartText(id, title, Sentence(found, unit), Numbers(found)), cells, unit, scale);
    }

    /// <summary>Where an update lies among those measured, 0-1.</summary>
    private double Column(double step) => (double)_samples.Count(s => s.Step < step) / _samples.Length;

    /// <summary>At most so many values, each the one of its stretch that is farthest from the median of all.</summary>
    private static double[] Thin(double[] values, bool isRatio)
    {
        if (values.Length <= Columns)
        {
            return values;
        }

        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        double median = sorted.Length > 0 ? sorted[sorted.Length / 2] : double.NaN;
        double[] thin = new double[Columns];
        for (int i = 0; i < Columns; i++)
        {
            int from = (int)((long)i * values.Length / Columns),
                to = (int)((long)(i + 1) * values.Length / Columns);
            thin[i] = values[from..to].MaxBy(Distance);
        }

        return thin;

        double Distance(double v) =>
            double.IsNaN(v) ? -1
            : isRatio && v > 0 && median > 0 ? Math.Abs(Math.Log(v / median))
            : Math.Abs(v - median);
    }

    private string Sentence((string Name, double[] Values)[] rows, string unit)
    {
        (string Name, double Value, long Step) low = ("", double.PositiveInfinity, 0),
            high = ("", double.NegativeInfinity, 0);
        foreach ((string name, double[] values) in rows)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i] < low.Value)
                {
                    low = (name, values[i], _samples[i].Step);
                }

                if (values[i] > high.Value)
                {
                    high = (name, values[i], _samples[i].Step);
                }
            }
        }

        return low.Name.Length == 0
            ? "No value is a finite number."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Lowest {ChartAxis.Short(low.Value)} at {low.Name} (update {low.Step:N0}), highest {ChartAxis.Short(high.Value)} at {high.Name} (update {high.Step:N0}); {unit}."
            );
    }

    private static NumberTable Numbers((string Name, double[] Values)[] rows)
    {
        NumberTable table = new("Layer", "#First", "#Middle", "#Last", "#Lowest", "#Highest");
        foreach ((string name, double[] values) in rows)
        {
            double[] numbers = [.. values.Where(v => !double.IsNaN(v))];
            table.Add(name, values[0], values[values.Length / 2], values[^1], numbers.Min(), numbers.Max());
        }

        return table;
    }
}
