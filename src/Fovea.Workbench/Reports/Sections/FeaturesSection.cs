using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>5: what layers keep: effective rank, dead units, receptive fields, and what probes found.</summary>
internal static class FeaturesSection
{
    private const int Rows = 60;
    private const int Probes = 200;

    public static Element Of(RunReportData data)
    {
        Element[] charts = [Rank(data), Dead(data)];
        return ReportPage.Section(
            5,
            "Features, probes, fields",
            charts.Where(c => c.Name != "figure"),
            E("div", Class("charts"), charts.Where(c => c.Name == "figure")),
            Fields(data),
            E("h3", "Probes"),
            Tried(data)
        );
    }

    private static Element Rank(RunReportData data)
    {
        MeasuredEpoch? epoch = data.Measured?.Epochs.LastOrDefault(e => e.EffectiveRank.Any(double.IsFinite));
        if (epoch is null)
        {
            return E("p", ReportPage.DidNotRun("the effective rank of layers was not measured"));
        }

        NumberTable table = new("Layer", "#Effective rank", "#Units");
        List<BarRow> rows = [];
        foreach ((MeasuredPoint point, int i) in Points(data))
        {
            if (i < epoch.EffectiveRank.Count && epoch.EffectiveRank[i] is var rank && double.IsFinite(rank))
            {
                table.Add(point.Name, rank, point.Units);
                rows.Add(new(point.Name, [new(100 * rank / point.Units, $"{ChartAxis.Short(rank)} of {point.Units}")]));
            }
        }

        BarRow least = rows.MinBy(r => r.Bars[0].Value)!;
        return BarChart.Draw(
            new(
                "rank",
                $"Effective rank, epoch {epoch.Epoch}",
                $"How many directions a layer's channels use, of as many as it has units; least at {least.Name}: {least.Bars[0].Text}.",
                table
            ),
            Shown(rows, r => r.Bars[0].Value),
            "% of units"
        );
    }

    private static Element Dead(RunReportData data)
    {
        MeasuredEpoch? epoch = data.Measured?.Epochs.LastOrDefault(e => e.DeadUnits.Any(d => d >= 0));
        if (epoch is null)
        {
            return E("p", ReportPage.DidNotRun("units that are never above 0 were not counted"));
        }

        NumberTable table = new("Layer", "#Dead units", "#Units");
        List<BarRow> rows = [];
        foreach ((MeasuredPoint point, int i) in Points(data))
        {
            if (i < epoch.DeadUnits.Count && epoch.DeadUnits[i] is >= 0 and var dead)
            {
                table.Add(point.Name, dead, point.Units);
                rows.Add(new(point.Name, [new(100.0 * dead / point.Units, $"{dead} of {point.Units}")]));
            }
        }

        BarRow most = rows.MaxBy(r => r.Bars[0].Value)!;
        return BarChart.Draw(
            new(
                "dead",
                $"Dead units, epoch {epoch.Epoch}",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Units that gave nothing above 0 for any of {epoch.UnitItems:N0} items; most at {most.Name}: {most.Bars[0].Text}."
                ),
                table
            ),
            Shown(rows, r => -r.Bars[0].Value),
            "% of units"
        );
    }

    /// <summary>In the order of layers, those at the bad end where there are too many.</summary>
    private static List<BarRow> Shown(List<BarRow> rows, Func<BarRow, double> badness)
    {
        HashSet<BarRow> kept = [.. rows.OrderBy(badness).Take(Rows)];
        return [.. rows.Where(kept.Contains)];
    }

    private static IEnumerable<(MeasuredPoint Point, int Place)> Points(RunReportData data) =>
        (data.Measured?.Run.Points ?? []).Select((p, i) => (p, i));

    private static Element Fields(RunReportData data)
    {
        List<(string Name, double Size)> fields = [];
        foreach (InspectedLayer layer in data.Network?.Layers ?? [])
        {
            bool filters = layer.Node.Operator.Filters(layer.Node.Shapes) is not null;
            if (layer.Field is { Size.Count: > 0 } field && (filters || field.Size.Max() > fields.LastOrDefault().Size))
            {
                fields.Add((layer.Node.Name, field.Size.Max()));
            }
        }

        if (fields.Count == 0)
        {
            return E("p", ReportPage.DidNotRun("the receptive fields of the network are not known"));
        }

        double input = data.Network!.Evidence.InputSizes.DefaultIfEmpty(1).Max();
        NumberTable table = new("Layer", "#Field", "#Input");
        foreach ((string name, double size) in fields)
        {
            table.Add(name, (long)size, (long)input);
        }

        string covered = fields.FirstOrDefault(f => f.Size >= input) is { Name: { } first }
            ? $"from {first} on a position sees the whole input"
            : "no position sees the whole input";
        List<BarRow> rows = [.. fields.Select(f => new BarRow(f.Name, [new(f.Size, ChartAxis.Short(f.Size))]))];
        return E(
            "div",
            Class("charts"),
            BarChart.Draw(
                new(
                    "fields",
                    "Receptive fields by structure",
                    $"The longest side of the input that a position sees, beside an input of {ChartAxis.Short(input)}: {covered}. What it makes use of was not measured.",
                    table
                ),
                rows.Count <= Rows ? rows : [.. rows.Where((_, i) => i % ((rows.Count / Rows) + 1) == 0)],
                "pixels or samples"
            )
        );
    }

    private static Element Tried(RunReportData data)
    {
        if (data.Measured is not { Probes.Count: > 0 } measured)
        {
            return E("p", ReportPage.DidNotRun("no probe was asked for, or the run was too short for any"));
        }

        NumberTable table = new("Probe", "#Update", "Layer", "Values");
        foreach (MeasuredProbe probe in measured.Probes.TakeLast(Probes))
        {
            table.Add(
                probe.Name,
                probe.Step,
                probe.Layer,
                string.Join("; ", probe.Values.Select(v => $"{v.Key} {ChartAxis.Short(v.Value)}"))
            );
        }

        return E(
            "div",
            E(
                "p",
                $"Trials on a copy of the network; the training itself is the same with and without them.{(measured.Probes.Count > Probes ? $" The last {Probes} of {measured.Probes.Count}." : "")}"
            ),
            table.Shown("Probes")
        );
    }
}
