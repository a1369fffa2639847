using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>7: what was found of the data before training.</summary>
internal static class DataSection
{
    private const int Classes = 40;

    public static Element Of(RunReportData data) =>
        data.Measured?.Data is not { } report
            ? ReportPage.Section(7, "Data", E("p", ReportPage.DidNotRun("the data was not looked at before training")))
            : ReportPage.Section(
                7,
                "Data",
                Findings(report),
                report.TrainPerClass.Count > 0 ? PerClass(report, data.Measured.Run.Classes) : null,
                report.ChannelMeans.Count > 0 ? Channels(report) : null
            );

    private static IEnumerable<Element> Findings(DataReport report)
    {
        NumberTable table = new("Looked for", "#Found", "Meaning");
        Add("Items that equal another", report.Duplicates, "counted twice in what is learned");
        Add("Equal items of different classes", report.Contradictions, "one of the labels is wrong");
        Add("Held-out or test items that equal one learned from", report.AcrossParts, "accuracy on them says nothing");
        Add(
            "Held-out or test items very near one learned from",
            report.NeighboursAcrossParts,
            "the parts may share sources"
        );
        Add("Items with one value throughout", report.Constant, "they tell nothing");
        Add("Items with values that are no finite numbers", report.NonFinite, "they break training");
        Add("Items that could not be read", report.Unreadable, "they were left out");
        Add("Labels that are no class", report.LabelsOutOfRange, "they were left out, or break training");
        table.Add(
            "Classes in another order in a part",
            report.ClassOrderDiffers ? "yes" : "no",
            report.ClassOrderDiffers ? "labels of the parts mean different things" : ""
        );
        yield return E(
            "p",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Looked:N0} items were looked at. As fed to the network, values go from {ChartAxis.Short(report.Low)} to {ChartAxis.Short(report.High)}"
            )
                + (
                    double.IsFinite(report.NeighbourCorrelation)
                        ? $"; neighbouring positions correlate by {ChartAxis.Short(report.NeighbourCorrelation)}"
                        : ""
                )
                + (
                    double.IsFinite(report.LabelRuns)
                        ? $"; in the order of the file, stretches of one label are {ChartAxis.Short(report.LabelRuns)} times as long as by chance"
                        : ""
                )
                + "."
        );
        yield return table.Shown("What was looked for in the data");
        foreach (PartCopies part in report.Copies)
        {
            NumberTable copies = new(
                part.Part == "test" ? "#Test item" : "#Held-out item, of the training part",
                "#Equals item learned from"
            );
            foreach (CopiedItem item in part.Items)
            {
                copies.Add(item.Index, item.Learned);
            }

            string all = part.Count == part.Items.Count ? "" : $", the first {part.Items.Count}";
            yield return copies.Folded($"{part.Part} items that equal one learned from{all}");
        }

        void Add(string what, int count, string meaning) => table.Add(what, count, count > 0 ? meaning : "");
    }

    private static Element PerClass(DataReport report, IReadOnlyList<string> names)
    {
        NumberTable table = new("Class", "#Learned from", "#Test");
        List<(BarRow Row, int Count)> rows = [];
        for (int i = 0; i < report.TrainPerClass.Count; i++)
        {
            string name = i < names.Count ? names[i] : $"class {i}";
            int train = report.TrainPerClass[i],
                test = i < report.TestPerClass.Count ? report.TestPerClass[i] : 0;
            table.Add(name, train, test);
            Bar[] bars =
            [
                new(train, string.Create(CultureInfo.InvariantCulture, $"{train:N0}")),
                .. report.TestPerClass.Count > 0
                    ? [new Bar(test, string.Create(CultureInfo.InvariantCulture, $"{test:N0} test"), 1)]
                    : Array.Empty<Bar>(),
            ];
            rows.Add((new BarRow(name, bars), train));
        }

        (BarRow Row, int Count) most = rows.MaxBy(r => r.Count),
            least = rows.MinBy(r => r.Count);
        bool all = rows.Count <= Classes;
        BarRow[] shown = all
            ? [.. rows.Select(r => r.Row)]
            :
            [
                .. rows.OrderByDescending(r => r.Count)
                    .Where((_, i) => i < Classes / 2 || i >= rows.Count - (Classes / 2))
                    .Select(r => r.Row),
            ];
        return E(
            "div",
            Class("charts"),
            BarChart.Draw(
                new(
                    "classes",
                    "Items by class",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{rows.Count:N0} classes; most items has {most.Row.Name} ({most.Count:N0}), fewest {least.Row.Name} ({least.Count:N0}) to learn from; lower bars are test items.{(all ? "" : $" Shown are the {Classes / 2} largest and the {Classes / 2} smallest.")}"
                    ),
                    table
                ),
                shown,
                "items"
            )
        );
    }

    private static IEnumerable<Element> Channels(DataReport report)
    {
        NumberTable table = new("#Channel", "#Mean", "#Deviation", "#Mean, test", "#Deviation, test");
        for (int i = 0; i < report.ChannelMeans.Count; i++)
        {
            table.Add(
                i,
                report.ChannelMeans[i],
                At(report.ChannelDeviations, i),
                At(report.TestChannelMeans, i),
                At(report.TestChannelDeviations, i)
            );
        }

        yield return E("h3", "Values as fed to the network");
        yield return table.Shown("Values as fed to the network");

        static double At(IReadOnlyList<double> values, int i) => i < values.Count ? values[i] : double.NaN;
    }
}
