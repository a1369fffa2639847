using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>2: curves over updates, with what happened marked.</summary>
internal sealed class CurvesSection
{
    private const int TableRows = 20;
    private const int MostMetrics = 8;

    private readonly RunReportData _data;
    private readonly IReadOnlyList<ChartEvent> _events;
    private readonly ChartAxis _across;
    private readonly double _last;

    private CurvesSection(RunReportData data, IReadOnlyList<ChartEvent> events)
    {
        (_data, _events) = (data, events);
        _last = Math.Max(
            data.Measured is { Steps: [.., var newest] } ? newest.Step : 0,
            data.Epochs is [.., var epoch] ? epoch.Step : 0
        );
        _across = ChartAxis.Exactly(0, _last, "updates");
    }

    public static Element Of(RunReportData data, IReadOnlyList<ChartEvent> events)
    {
        CurvesSection section = new(data, events);
        Element[] charts = [.. section.Charts().OfType<Element>()];
        return ReportPage.Section(
            2,
            "Curves",
            charts.Length == 0 ? E("p", ReportPage.DidNotRun(section.Missing)) : null,
            events.Count > 0 && charts.Length > 0 ? Marks(events) : null,
            charts.Length > 0 ? E("div", Class("charts"), charts) : null
        );
    }

    private static Element Marks(IReadOnlyList<ChartEvent> events) =>
        E(
            "ul",
            Class("marks"),
            events.Select(e =>
                E("li", E("b", e.Code), string.Create(CultureInfo.InvariantCulture, $" update {e.Step:N0}: {e.Text}"))
            )
        );

    private string Missing =>
        ReportEvents.NonFinite(_data) is { } step
            ? string.Create(CultureInfo.InvariantCulture, $"no loss was a finite number, from update {step:N0} on")
            : "the run ended before its first epoch and nothing was measured before";

    private IEnumerable<Element?> Charts()
    {
        Fine fine = new(_data.Measured?.Steps ?? [], _last);
        yield return Chart(
            "loss",
            "Loss",
            "loss",
            [
                fine.Any ? new("training, batches", fine.Loss.Points) : Epochs("training, epochs", e => e.Loss),
                Epochs("held out", e => e.ValidationLoss),
                Evaluated(),
            ]
        );
        yield return Chart(
            "accuracy",
            "Accuracy",
            "%",
            [
                fine.Accuracy.Points.Count > 0
                    ? new("training, batches", fine.Accuracy.Points)
                    : Epochs("training, epochs", e => 100 * e.Accuracy),
                Epochs("held out", e => 100 * e.ValidationAccuracy),
            ]
        );
        string[] metrics =
        [
            .. _data.Epochs.SelectMany(e => e.ValidationMetrics?.Keys ?? []).Distinct().Take(MostMetrics),
        ];
        for (int i = 0; i < metrics.Length; i++)
        {
            string metric = metrics[i];
            yield return Chart(
                $"metric-{i}",
                metric,
                metric,
                [Epochs("held out", e => e.ValidationMetrics?.TryGetValue(metric, out double v) == true ? v : null)]
            );
        }

        yield return Chart(
            "rate",
            "Learning rate",
            "rate",
            [fine.Any ? new("learning rate", fine.Rate.Points) : Epochs("learning rate", e => e.LearningRate)]
        );
        yield return Chart("gradient", "Norm of the gradient", "norm", [new("gradient", fine.Gradient.Points)]);
    }

    private Curve Evaluated() =>
        new(
            "training, evaluated",
            [
                .. (_data.Measured?.Epochs ?? [])
                    .Where(e => e.Train is { } t && double.IsFinite(t.Loss))
                    .Select(e => new Bucket(e.Step, e.Train!.Loss)),
            ]
        );

    /// <summary>Curves of updates, which are read once: they may be a million.</summary>
    private sealed class Fine
    {
        public Fine(IReadOnlyList<MeasuredStep> steps, double last)
        {
            (Loss, Accuracy, Rate, Gradient) = (new(0, last), new(0, last), new(0, last), new(0, last));
            Any = steps.Count > 0;
            foreach (MeasuredStep s in steps)
            {
                Loss.Add(s.Step, s.LossLow, s.Loss, s.LossHigh, s.Steps);
                Accuracy.Add(s.Step, 100 * s.Accuracy ?? double.NaN);
                Rate.Add(s.Step, s.LearningRate);
                Gradient.Add(s.Step, s.GradientNorm, s.GradientNorm, s.GradientNormHigh, s.Steps);
            }
        }

        public bool Any { get; }

        public Envelope Loss { get; }

        public Envelope Accuracy { get; }

        public Envelope Rate { get; }

        public Envelope Gradient { get; }
    }

    private Curve Epochs(string name, Func<Metrics, double?> value) =>
        new(
            name,
            [
                .. _data
                    .Epochs.Where(e => value(e) is { } v && double.IsFinite(v))
                    .Select(e => new Bucket(e.Step, value(e)!.Value)),
            ]
        );

    private Element? Chart(string id, string title, string unit, Curve[] curves)
    {
        Curve[] shown = [.. curves.Where(c => c.Points.Count > 0)];
        if (shown.Length == 0)
        {
            return null;
        }

        ChartAxis up = ChartAxis.For(shown.SelectMany(c => c.Points).SelectMany(p => new[] { p.Low, p.High }), unit);
        ChartText text = new(id, title, Sentence(title, unit == "%" ? " %" : "", shown), Numbers(shown));
        return new LineChart(_across, up, _events).Draw(text, shown);
    }

    private string Sentence(string title, string unit, Curve[] curves)
    {
        List<string> parts = [];
        foreach (Curve curve in curves)
        {
            Bucket first = curve.Points[0],
                last = curve.Points[^1],
                top = curve.Points.MaxBy(p => p.High);
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{curve.Name}: from {ChartAxis.Short(first.Mean)}{unit} to {ChartAxis.Short(last.Mean)}{unit} at update {last.X:N0}"
            );
            double around = Math.Max(Math.Abs(top.Mean), double.Epsilon);
            parts.Add(
                top.High > 3 * around && top.High > first.High
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{text}, with a peak of {ChartAxis.Short(top.High)}{unit} near update {top.X:N0}"
                    )
                    : text
            );
        }

        string sentence = string.Join("; ", parts) + ".";
        return title == "Loss" && ReportEvents.NonFinite(_data) is { } step
            ? sentence
                + string.Create(CultureInfo.InvariantCulture, $" From update {step:N0} on it was no finite number.")
            : sentence;
    }

    /// <summary>At most so many rows a curve: evenly, and where it is lowest and highest.</summary>
    private static NumberTable Numbers(Curve[] curves)
    {
        NumberTable table = new("Curve", "#Update", "#Lowest", "#Mean", "#Highest");
        foreach (Curve curve in curves)
        {
            int every = Math.Max(1, curve.Points.Count / TableRows);
            Bucket low = curve.Points.MinBy(p => p.Low),
                high = curve.Points.MaxBy(p => p.High);
            for (int i = 0; i < curve.Points.Count; i++)
            {
                Bucket p = curve.Points[i];
                if (i % every == 0 || i == curve.Points.Count - 1 || p == low || p == high)
                {
                    table.Add(curve.Name, (long)p.X, p.Low, p.Mean, p.High);
                }
            }
        }

        return table;
    }
}
