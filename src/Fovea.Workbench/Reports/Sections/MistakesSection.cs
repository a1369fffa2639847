using System.Buffers.Binary;
using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>6: what the network gets wrong: classes for each other, and single items.</summary>
internal static class MistakesSection
{
    private const int Items = 200;
    private const int Bytes = 700_000; // of all pictures: 64 x 64 pixels of noise are 12 kB
    private const int NameLength = 60;

    public static Element Of(RunReportData data)
    {
        EvaluationResult? test = data.Result?.Test;
        return ReportPage.Section(
            6,
            "Mistakes",
            test is null ? E("p", ReportPage.DidNotRun(Missing(data))) : null,
            test is { Confusion.Count: > 1 } ? ConfusionMatrix.Of(test) : null,
            test is { PerClass.Count: > 0 } ? Classes(test) : null,
            test is { PerClass.Count: 0 }
                ? E("p", "Nothing is right or wrong in these items: they have a loss and no class.")
                : null,
            Margins(data),
            Worst(data)
        );
    }

    private static string Missing(RunReportData data) =>
        data.Result is { Outcome: TrainingOutcome.Finished }
            ? "the test items were not measured"
            : "the test items are measured when training finishes, and it did not";

    private static Element Classes(EvaluationResult test)
    {
        NumberTable table = new("Class", "#Items", "#Accuracy", "95 % interval");
        foreach (ClassResult c in test.PerClass.OrderBy(c => c.N == 0 ? 2 : c.Accuracy))
        {
            Proportion p = Proportion.Wilson(c.Correct, c.N);
            table.Add(
                c.Name,
                c.N,
                c.N == 0 ? "–" : Figures.Percent(p.Value),
                c.N == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100 * p.Low:F1} – {100 * p.High:F1} %")
            );
        }

        return E("details", E("summary", "Numbers: accuracy by class, worst first"), table.Shown("Accuracy by class"));
    }

    /// <summary>Margins of the items learned from, epoch by epoch.</summary>
    private static Element? Margins(RunReportData data)
    {
        MeasuredEpoch[] epochs =
        [
            .. (data.Measured?.Epochs ?? []).Where(e =>
                e.MarginQuantiles.Count == 6 && e.MarginQuantiles.All(double.IsFinite)
            ),
        ];
        if (epochs.Length < 2)
        {
            return null;
        }

        NumberTable table = new("#Epoch", "#1 %", "#5 %", "#25 %", "#50 %", "#75 %", "#95 %");
        foreach (MeasuredEpoch e in epochs)
        {
            table.Add([e.Epoch, .. e.MarginQuantiles.Cast<object?>()]);
        }

        Curve[] curves =
        [
            .. new (string Name, int Place)[] { ("95 %", 5), ("median", 3), ("5 %", 1), ("1 %", 0) }.Select(
                q => new Curve(q.Name, [.. epochs.Select(e => new Bucket(e.Epoch, e.MarginQuantiles[q.Place]))])
            ),
        ];
        ChartAxis across = ChartAxis.Exactly(epochs[0].Epoch, epochs[^1].Epoch, "epochs"),
            up = ChartAxis.For(curves.SelectMany(c => c.Points).Select(p => p.Mean), "margin");
        MeasuredEpoch last = epochs[^1];
        return new LineChart(across, up, []).Draw(
            new(
                "margins",
                "Margins of the items learned from",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Score of the right class less the highest other, a mean over the epochs so far: half of the items are above {ChartAxis.Short(last.MarginQuantiles[3])}, one in a hundred is below {ChartAxis.Short(last.MarginQuantiles[0])}. Items that stay below 0 may be labelled wrong."
                ),
                table
            ),
            curves
        );
    }

    private static IEnumerable<Element> Worst(RunReportData data)
    {
        if (data.Mistakes.Count > 0)
        {
            ReportedItem[] shown = [.. Affordable(data.Mistakes.Take(Items))];
            yield return E("h3", "Worst items");
            yield return E(
                "p",
                $"The {shown.Length} test items of the highest loss that are wrong{(data.Mistakes.Count > shown.Length ? $", of {data.Mistakes.Count}" : "")}."
            );
            yield return E("ul", Class("items"), shown.Select(Item));
        }
        else if (data.Result?.Test is not null)
        {
            yield return E(
                "p",
                ReportPage.DidNotRun("single items were not collected in the test").Insert(0, "Worst items: ")
            );
        }

        if (data.Measured?.Epochs is [.., { WorstItems: { Count: > 0 } items } epoch])
        {
            yield return E("h3", "Items learned from that stay wrong");
            yield return E(
                "p",
                $"After epoch {epoch.Epoch}, the mean margin of these items is below 0, worst first; look whether their labels are right. By number, from 0: {string.Join(", ", items)}."
            );
        }
    }

    /// <summary>The items, those without a picture for which there is no room.</summary>
    private static IEnumerable<ReportedItem> Affordable(IEnumerable<ReportedItem> items)
    {
        int left = Bytes;
        foreach (ReportedItem item in items)
        {
            bool fits = IsSmallPng(item.Picture.Span) && item.Picture.Length <= left;
            left -= fits ? item.Picture.Length : 0;
            yield return item with
            {
                Picture = fits ? item.Picture : default,
                Actual = ChartFigure.Cut(item.Actual, NameLength),
                Predicted = ChartFigure.Cut(item.Predicted, NameLength),
            };
        }
    }

    private static Element Item(ReportedItem item)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"number {item.Index}: {item.Actual}, taken for {item.Predicted} ({100 * item.Probability:F0} %)"
        );
        return E(
            "li",
            item.Picture.Length > 0
                ? E(
                    "img",
                    A("src", "data:image/png;base64," + Convert.ToBase64String(item.Picture.Span)),
                    A("alt", $"Item {text}"),
                    A("width", 64),
                    A("height", 64)
                )
                : null,
            E("span", Class("item"), E("b", item.Actual), " → ", E("b", item.Predicted)),
            E(
                "span",
                Class("label"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100 * item.Probability:F0} %, loss {item.Loss:G3}, number {item.Index}"
                )
            )
        );
    }

    /// <summary>Whether a file is a PNG of at most 64 x 64 pixels.</summary>
    private static bool IsSmallPng(ReadOnlySpan<byte> file) =>
        file.Length >= 24
        && file[..8].SequenceEqual((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        && BinaryPrimitives.ReadUInt32BigEndian(file[16..]) is > 0 and <= Thumbnail.Side
        && BinaryPrimitives.ReadUInt32BigEndian(file[20..]) is > 0 and <= Thumbnail.Side;
}
