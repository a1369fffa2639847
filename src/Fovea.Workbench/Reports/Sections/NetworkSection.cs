using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>3: the network drawn and listed, each layer with its worst answer, and what structure predicts beside what was
/// measured.</summary>
internal static class NetworkSection
{
    public static Element Of(RunReportData data) =>
        data.Network is not { } network
            ? ReportPage.Section(3, "Network", E("p", ReportPage.DidNotRun(Missing(data))), Points(data))
            : ReportPage.Section(
                3,
                "Network",
                Intro(network, data),
                NetworkStrip.Draw(network, data.Answers),
                Layers(network, data)
            );

    private static string Missing(RunReportData data) =>
        data.WithoutNetwork.Length > 0 ? data.WithoutNetwork
        : data.Measured is { Run.Untraced: { Length: > 0 } why } ? why
        : "the network is not at hand as a graph";

    private static Element Intro(Inspection network, RunReportData data)
    {
        InspectionTotals totals = network.Totals;
        MeasuredStep? first = First(data);
        return E(
            "p",
            $"{network.Evidence.Name}, input {network.Evidence.InputText}: {Figures.Count(totals.Params)} parameters, {Figures.Count(totals.Macs)} {network.Convention.Unit} an item. ",
            first is null
                ? "No signals were measured, so that predictions stand alone."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Measured values are those of update {first.Step:N0}; predictions are for data of mean 0 and variance 1. Power is the mean square of a signal; gradients are over that of the output."
                )
        );
    }

    private static MeasuredStep? First(RunReportData data) =>
        data.Measured?.Samples.FirstOrDefault(s => s.Power is not null);

    /// <summary>The layers that are measured or named by a finding; all of them below, to be opened.</summary>
    private static IEnumerable<Element> Layers(Inspection network, RunReportData data)
    {
        Signals signals = new(data);
        InspectedLayer[] all = [.. network.Layers.Where(l => l.IsMain)],
            few = [.. all.Where(l => signals.Has(l.Node.Name) || Worst(data.Answers, l.Node.Name) is not null)];
        if (few.Length > 0)
        {
            yield return Table(few, data, signals).Shown("Layers that are measured or named by a finding");
        }

        if (few.Length < all.Length)
        {
            yield return Table(all, data, signals).Folded($"all {all.Length} layers");
        }
    }

    private static NumberTable Table(InspectedLayer[] layers, RunReportData data, Signals signals)
    {
        NumberTable table = new(
            "Layer",
            "Operator",
            "Output",
            "#Parameters",
            "#Operations",
            "#Field",
            "Worst answer",
            "#Power predicted",
            "#Power measured",
            "#Gradient predicted",
            "#Gradient measured"
        );
        foreach (InspectedLayer layer in layers)
        {
            ReceptiveField? field = layer.Field;
            (double?[] power, double?[] gradient) = signals.Of(layer.Node.Name);
            table.Add(
                layer.Node.Name,
                layer.Node.Operator.Name,
                string.Join('x', layer.Node.Output.Shape.Item.Sizes.ToArray()),
                layer.SharedWith is not null ? "shared"
                    : layer.Params > 0 ? layer.Params
                    : "",
                layer.Macs > 0 ? Figures.Count(layer.Macs) : "",
                field is null || field.Size.Count == 0 ? "" : string.Join('x', field.Size),
                Worst(data.Answers, layer.Node.Name) is { } worst
                    ? E("span", Class("whole"), VerdictSection.Badge(worst.Verdict), $" {worst.Id}")
                    : "",
                Number(power[0]),
                Number(power[1]),
                Number(gradient[0]),
                Number(gradient[1])
            );
        }

        return table;
    }

    /// <summary>The measured points, where the network itself is not at hand.</summary>
    private static Element? Points(RunReportData data)
    {
        if (data.Measured is not { Run.Points: { Count: > 0 } points })
        {
            return null;
        }

        NumberTable table = new(
            "Point",
            "Operator",
            "#Units",
            "#Positions",
            "Worst answer",
            "#Power predicted",
            "#Power measured",
            "#Gradient predicted",
            "#Gradient measured"
        );
        Signals signals = new(data);
        foreach (MeasuredPoint point in points)
        {
            (double?[] power, double?[] gradient) = signals.Of(point.Name);
            table.Add(
                point.Name,
                point.Operator,
                point.Units,
                point.Positions,
                Worst(data.Answers, point.Name) is { } worst
                    ? E("span", Class("whole"), VerdictSection.Badge(worst.Verdict), $" {worst.Id}")
                    : "",
                Number(power[0]),
                Number(power[1]),
                Number(gradient[0]),
                Number(gradient[1])
            );
        }

        return table.Shown("Measured points");
    }

    /// <summary>The worst finding about a layer; null where there is none.</summary>
    public static Answer? Worst(IEnumerable<Answer> answers, string layer) =>
        answers.FirstOrDefault(a => a.Verdict is Verdict.Fix or Verdict.Look && a.Layers.Contains(layer));

    private static string Number(double? value) => value is { } v ? ChartAxis.Short(v) : "";

    /// <summary>Predicted and measured signals by the name of a point.</summary>
    private sealed class Signals
    {
        private readonly Dictionary<string, int> _places = [];
        private readonly IReadOnlyList<MeasuredPoint> _points;
        private readonly MeasuredStep? _first;
        private readonly double _output = double.NaN;

        public Signals(RunReportData data)
        {
            _points = data.Measured?.Run.Points ?? [];
            _first = First(data);
            for (int i = 0; i < _points.Count; i++)
            {
                _places.TryAdd(_points[i].Name, i);
                if (_points[i].IsOutput && _first?.GradientPower is { } gradient && i < gradient.Count)
                {
                    _output = gradient[i];
                }
            }
        }

        public bool Has(string name) => _places.ContainsKey(name);

        /// <summary>Power, and gradient over that of the output: each predicted, measured.</summary>
        public (double?[] Power, double?[] Gradient) Of(string name)
        {
            if (!_places.TryGetValue(name, out int i))
            {
                return ([null, null], [null, null]);
            }

            double? gradient = At(_first?.GradientPower, i);
            return (
                [_points[i].PredictedPower, At(_first?.Power, i)],
                [_points[i].PredictedGradient, _output > 0 ? gradient / _output : null]
            );
        }

        private static double? At(IReadOnlyList<double>? values, int i) =>
            values is not null && i < values.Count && double.IsFinite(values[i]) ? values[i] : null;
    }
}
