using System.Globalization;
using System.Text.Json.Nodes;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>The figures of the first screen: what was reached, beside what guessing reaches, and the choices it was reached
/// with.</summary>
internal static class RunFigures
{
    private const int Named = 5;

    public static IEnumerable<Element> Of(RunReportData data)
    {
        Element[] figures = [.. new[] { Test(data), HeldOut(data), Best(data) }.OfType<Element>()];
        if (figures.Length > 0)
        {
            yield return E("div", Class("figures"), figures);
        }

        (string Name, string Value)[] choices = [.. Choices(data)];
        if (choices.Length > 0)
        {
            yield return E("ul", Class("choices"), choices.Select(c => E("li", $"{c.Name} ", E("b", c.Value))));
        }
    }

    private static Element? Test(RunReportData data)
    {
        if (data.Result?.Test is not { } test)
        {
            return null;
        }

        string? copies = Copies(data, "test");
        return test.AccuracyOrNone is null
            ? Figure(
                "Test loss",
                ChartAxis.Short(test.Loss),
                string.Create(CultureInfo.InvariantCulture, $"{test.N:N0} items"),
                copies
            )
            : Figure(
                "Test accuracy",
                Figures.Percent(test.Accuracy.Value),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"95 % interval {100 * test.Accuracy.Low:F1} – {100 * test.Accuracy.High:F1} %, {test.N:N0} items"
                ),
                Chance(test.N, test.PerClass.Select(c => c.N)),
                copies
            );
    }

    private static Element? HeldOut(RunReportData data)
    {
        if (data.Epochs is not [.., var last])
        {
            return null;
        }

        MeasuredPart? part = data.Measured?.Epochs.LastOrDefault(e => e.Epoch == last.Epoch)?.HeldOut;
        return last.ValidationAccuracy is { } held
            ? Figure(
                "Held-out accuracy",
                Figures.Percent(held),
                $"last epoch, number {last.Epoch}",
                part is null ? null : Chance(part.Items, part.ClassItems.Select(n => (long)n)),
                Copies(data, "held out")
            )
            : Figure("Training loss", ChartAxis.Short(last.Loss), $"last epoch, number {last.Epoch}");
    }

    private static Element? Best(RunReportData data) =>
        data.Result is { BestEpoch: > 0 } result
            ? Figure("Best epoch", result.BestEpoch.ToString(CultureInfo.InvariantCulture), "its weights are kept")
            : null;

    /// <summary>What the most common class alone reaches; null without classes.</summary>
    private static string? Chance(long items, IEnumerable<long> perClass) =>
        items > 0 && perClass.DefaultIfEmpty(0).Max() is > 0 and var most
            ? $"by chance {Figures.Percent((double)most / items)}: always the most common class"
            : null;

    /// <summary>Which items of a part were learned from; null where none were.</summary>
    private static string? Copies(RunReportData data, string part) =>
        data.Measured?.Data?.Copies.FirstOrDefault(c => c.Part == part) is { } copies
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"▲ {copies.Count:N0} of these items {(copies.Count == 1 ? "was" : "were")} learned from: {string.Join(", ", copies.Items.Take(Named).Select(i => $"{(part == "test" ? "test" : "train")} {i.Index} = train {i.Learned}"))}{(copies.Count > Named ? ", …" : "")}"
            )
            : null;

    private static IEnumerable<(string, string)> Choices(RunReportData data)
    {
        JsonNode? options = data.Run?["options"];
        MeasuredRun? run = data.Measured?.Run;
        if (run is { LearningRate: > 0 })
        {
            double now = data.Measured!.Steps is [.., var newest] ? newest.LearningRate : run.LearningRate;
            yield return (
                "learning rate",
                Experiments.Number(run.LearningRate)
                    + (now == run.LearningRate ? "" : $", at the end {ChartAxis.Short(now)}")
            );
        }
        else if (options?["learningRate"] is { } rate)
        {
            yield return ("learning rate", rate.ToString());
        }

        foreach (
            (string name, string? value) in new[]
            {
                ("schedule", run?.Schedule ?? options?["schedule"]?.ToString()),
                (
                    "batch",
                    run is { Batch: > 0 }
                        ? run.Batch.ToString(CultureInfo.InvariantCulture)
                        : options?["batch"]?.ToString()
                ),
                ("optimizer", options?["optimizer"]?.ToString() ?? run?.Optimizer),
                (
                    "clip norm",
                    run is null ? null
                    : run.ClipNorm > 0 ? Experiments.Number(run.ClipNorm)
                    : "none"
                ),
                ("augmentation", run?.Augment ?? options?["augment"]?.ToString()),
                ("seed", data.Run?["seed"]?.ToString()),
            }
        )
        {
            if (!string.IsNullOrEmpty(value))
            {
                yield return (name, value);
            }
        }
    }

    private static Element Figure(string name, string value, params string?[] notes) =>
        E(
            "div",
            E("span", Class("label"), name),
            E("span", Class("value"), value),
            notes.OfType<string>().Select(n => E("span", Class(n.StartsWith('▲') ? "label doubt" : "label"), n))
        );
}
