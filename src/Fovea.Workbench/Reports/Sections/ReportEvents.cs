using System.Globalization;
using System.Text.Json.Nodes;

namespace Fovea.Workbench.Reports;

/// <summary>What happened in a run, as it is marked in its curves.</summary>
internal static class ReportEvents
{
    private const double Jump = 1.5; // a change of a rate that stood still before, such as a step of a schedule
    private const double Restart = 10; // a rise within any schedule, such as a warm restart
    private const double Still = 1.001;
    private const int Most = 12;

    public static IReadOnlyList<ChartEvent> Of(RunReportData data)
    {
        List<(double Step, string Style, string Text)> found = [];
        foreach (Answer answer in data.Answers.Where(a => a.Verdict is Verdict.Fix or Verdict.Look))
        {
            if (answer.OnsetStep is { } step)
            {
                string what = answer.Cause.Length > 0 ? Words.Of(answer.Cause) : answer.Question;
                found.Add((step, "onset", $"{Words.Of(answer.Verdict)} {answer.Id}: {what}"));
            }
        }

        if (NonFinite(data) is { } broken)
        {
            found.Add((broken, "onset", "the first loss or signal that is no finite number"));
        }

        if (
            data.Result is { BestEpoch: > 0 } result
            && data.Epochs.FirstOrDefault(e => e.Epoch == result.BestEpoch) is { } best
        )
        {
            found.Add((best.Step, "best", $"end of epoch {best.Epoch}, the best; its weights are kept"));
        }

        found.AddRange(Resumed(data.Run));
        found.AddRange(Rates(data).Take(Most));
        return
        [
            .. found
                .Take(Most)
                .OrderBy(e => e.Step)
                .Select((e, i) => new ChartEvent(((char)('A' + i)).ToString(), e.Step, e.Style, e.Text)),
        ];
    }

    /// <summary>The first update with a number that is not finite; null for none.</summary>
    public static long? NonFinite(RunReportData data)
    {
        foreach (MeasuredStep step in data.Measured?.Steps ?? [])
        {
            if (!double.IsFinite(step.Loss) || step.NonFinite > 0)
            {
                return step.Step;
            }
        }

        return data.Epochs.FirstOrDefault(e => !double.IsFinite(e.Loss))?.Step;
    }

    private static IEnumerable<(double, string, string)> Resumed(JsonObject? run)
    {
        foreach (JsonNode? node in run?["resumed"] as JsonArray ?? [])
        {
            if (node?["step"] is JsonValue value && value.TryGetValue(out long step))
            {
                yield return (step, "resumed", $"continued after an interruption, {node["at"]}");
            }
        }
    }

    private static IEnumerable<(double, string, string)> Rates(RunReportData data)
    {
        IEnumerable<(double Step, double Rate)> rates = data.Measured is { Steps.Count: > 0 } measured
            ? measured.Steps.Select(s => ((double)s.Step, s.LearningRate))
            : data.Epochs.Select(e => ((double)e.Step, e.LearningRate));
        double before = 0,
            earlier = 0;
        foreach ((double step, double rate) in rates)
        {
            bool still = earlier > 0 && Math.Max(before / earlier, earlier / before) < Still,
                jumps = before > 0 && rate > 0 && Math.Max(rate / before, before / rate) > Jump;
            if (jumps && (still || rate / before > Restart))
            {
                yield return (step, "rate", $"learning rate from {ChartAxis.Short(before)} to {ChartAxis.Short(rate)}");
            }

            earlier = before;
            before = rate;
        }
    }
}
