using System.Globalization;
using System.Text;
using Fovea.Workbench.Reports;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench;

/// <summary>What a page about speed is made from.</summary>
/// <param name="Model">The network as it was given.</param>
/// <param name="Item">Shape of an item.</param>
/// <param name="IsTraining">Whether training steps were timed, or inference.</param>
/// <param name="Result">The whole.</param>
/// <param name="Layers">By layer.</param>
/// <param name="Machine">What the machine was seen to do.</param>
/// <param name="Profile">What plans were made for.</param>
public sealed record SpeedReportData(
    string Model,
    Shape Item,
    bool IsTraining,
    SpeedResult Result,
    IReadOnlyList<LayerSpeed> Layers,
    MachineSpeed Machine,
    MachineProfile Profile
);

/// <summary>A page about how fast a network ran: one file without scripts, with a roofline picture and every layer's
/// figures (docs/performance.md).</summary>
public static class SpeedReport
{
    private const int LongestName = 120;

    /// <summary>The page as HTML.</summary>
    /// <param name="data">What it is made from.</param>
    public static string Html(SpeedReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        string name = ChartFigure.Cut(data.Model.ReplaceLineEndings("; "), LongestName);
        return ReportFrame.Html(
            $"{name}: speed",
            E("header", E("h1", name), E("p", Class("facts"), Facts(data))),
            E("main", Roofline(data), Directions(data), Layers(data), Machine(data))
        );
    }

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">What it is made from.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, SpeedReportData data)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ReportFrame.Write(path, Html(data));
    }

    private static string Facts(SpeedReportData d) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join('x', d.Item)} · batch {d.Result.Batch} · {(d.IsTraining ? "training steps" : "inference")} · {Figures.Of(d.Result.Threads, "thread")} · median {d.Result.MedianMs:F3} ms, shortest {d.Result.MinMs:F3} · {d.Result.ItemsPerSecond:F1} items a second"
        );

    private static Element Roofline(SpeedReportData d)
    {
        RooflineChart chart = new(d.Layers, d.Machine);
        return Section("Roofline", chart.Draw(new("roofline", "Roofline.", Sentence(d, chart.Outliers), Numbers(d))));
    }

    private static string Sentence(SpeedReportData d, IReadOnlyList<LayerSpeed> outliers)
    {
        double all = d.Layers.Sum(l => l.Milliseconds),
            still = d.Layers.Where(l => l.MultiplyAdds == 0).Sum(l => l.Milliseconds);
        string most =
            outliers.Count > 0
                ? $" Most time is lost below its roof by {outliers[0].Layer}, {RooflineChart.Words(outliers[0].Direction)}."
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"From {d.Machine.Ridge:G3} FLOP a byte on memory keeps up with the peak of {d.Machine.PeakGflops:F0} GFLOP/s. Points above the peak use Winograd's algorithm, which needs fewer products than are counted. What multiplies nothing is not drawn and takes {(all > 0 ? still / all : 0):P0} of the time.{most}"
        );
    }

    private static Element Directions(SpeedReportData d)
    {
        NumberTable table = new("Direction", "#ms", "#Share, %", "#GFLOP/s", "#Of peak, %");
        double all = d.Layers.Sum(l => l.Milliseconds);
        foreach (IGrouping<StepDirection, LayerSpeed> g in d.Layers.GroupBy(l => l.Direction).OrderBy(g => g.Key))
        {
            double ms = g.Sum(l => l.Milliseconds),
                gflops = 2e-6 * g.Sum(l => l.MultiplyAdds) / ms;
            table.Add(
                RooflineChart.Words(g.Key),
                ms,
                100 * ms / all,
                gflops > 0 ? gflops : double.NaN,
                gflops > 0 ? 100 * gflops / d.Machine.PeakGflops : double.NaN
            );
        }

        return Section("Where the time goes", table.Shown("By direction"));
    }

    private static Element Layers(SpeedReportData d) => Section("Layers, longest first", Numbers(d).Shown("Layers"));

    private static NumberTable Numbers(SpeedReportData d)
    {
        NumberTable table = new(
            "Layer",
            "Direction",
            "#ms",
            "#GFLOP/s",
            "#Of peak, %",
            "#GB/s",
            "#FLOP a byte",
            "Bound by",
            "#Of roof, %",
            "Runs"
        );
        foreach (LayerSpeed l in d.Layers.OrderByDescending(l => l.Milliseconds))
        {
            bool multiplies = l.MultiplyAdds > 0;
            table.Add(
                l.Layer,
                RooflineChart.Words(l.Direction),
                l.Milliseconds,
                multiplies ? l.Gflops : double.NaN,
                multiplies ? 100 * l.ShareOfPeak : double.NaN,
                l.GigabytesPerSecond,
                l.Intensity,
                l.Bound.ToString().ToLowerInvariant(),
                100 * l.ShareOfRoof,
                string.Join("; ", l.Steps)
            );
        }

        return table;
    }

    private static Element Machine(SpeedReportData d)
    {
        MachineProfile p = d.Profile;
        MachineSpeed m = d.Machine;
        return Section(
            "Machine",
            E(
                "p",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Plans were made for: {p.Name}, {p.VectorBits}-bit vectors, {p.Registers} registers, {p.ProductsPerCycle:G3} multiply-adds a cycle, {p.FloatsPerCycle:G3} floats a cycle from beyond the second cache, caches of {p.FirstCache >> 10:N0}, {p.SecondCache >> 10:N0} and {p.ThirdCache >> 10:N0} KB. Nothing of that is measured."
                )
            ),
            E(
                "p",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The fastest that was seen here with {Figures.Of(m.Threads, "thread")}: {m.PeakGflops:F1} GFLOP/s; reads of {m.FirstCacheGBs:F0} GB/s from the first cache, {m.SecondCacheGBs:F0} from the second, {(m.ThirdCacheGBs > 0 ? $"{m.ThirdCacheGBs:F0} from the third, " : "")}{m.MemoryGBs:F1} from memory."
                )
            )
        );
    }

    private static Element Section(string title, params object?[] content) => E("section", E("h2", title), content);
}
