using System.Globalization;
using System.Text.RegularExpressions;

namespace Fovea.Workbench.Tests;

public sealed partial class SpeedReportTests
{
    private static readonly MachineSpeed Machine = new(1, 100, 400, 200, 0, 25);

    private static readonly LayerSpeed[] Layers =
    [
        Layer("conv1", StepDirection.Forward, 2, 50_000_000, 1_000_000), // 100 FLOP a byte, 50 GFLOP/s
        Layer("conv<2>", StepDirection.BackwardWeights, 4, 10_000_000, 20_000_000), // 1 FLOP a byte, 5 GFLOP/s
        Layer("relu", StepDirection.Forward, 4, 0, 50_000_000),
    ];

    private static readonly SpeedReportData Data = new(
        "a <b> network",
        [3, 8, 8],
        true,
        new SpeedResult(4, 1, 5, 10, 9, 12, 24, 100),
        Layers,
        Machine,
        MachineProfile.Current
    );

    /// <summary>FLOP a byte reach from 0.1 to 100 on the axis, GFLOP/s from 1 to 100, with powers of ten evenly.</summary>
    [Fact]
    public void Html_Layers_StandWhereTheirIntensityAndSpeedSay()
    {
        (double X, double Y)[] marks =
        [
            .. Markers()
                .Matches(SpeedReport.Html(Data))
                .Select(m => (Number(m.Groups["x"].Value), Number(m.Groups["y"].Value))),
        ];
        const double Height = 380;
        Assert.Equal(2, marks.Length); // what multiplies nothing has no place
        Assert.Equal(100, marks[0].X, 0.1);
        Assert.Equal(Height * (1 - (Math.Log10(50) / 2)), marks[0].Y, 0.1);
        Assert.Equal(100.0 / 3, marks[1].X, 0.1);
        Assert.Equal(Height * (1 - (Math.Log10(5) / 2)), marks[1].Y, 0.1);
    }

    [Fact]
    public void Html_Page_SaysWhatIsLostAndEscapesNames()
    {
        string html = SpeedReport.Html(Data);
        Assert.Contains("From 4 FLOP a byte on memory keeps up", html, StringComparison.Ordinal);
        Assert.Contains("takes 40 % of the time", html, StringComparison.Ordinal);
        Assert.Contains(
            "Most time is lost below its roof by conv&lt;2&gt;, backward, weights.",
            html,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("<b> network", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("memory, 25 GB/s", html, StringComparison.Ordinal);
        Assert.DoesNotContain("third cache, ", html, StringComparison.Ordinal); // this machine has none
    }

    [Fact]
    public void Write_WhereNoFolderIs_NamesTheFile()
    {
        using TemporaryFolder folder = new();
        string path = folder.File(Path.Combine("none", "speed.html"));
        Assert.Contains(
            path,
            Assert.Throws<IOException>(() => SpeedReport.Write(path, Data)).Message,
            StringComparison.Ordinal
        );
        SpeedReport.Write(folder.File("speed.html"), Data);
        Assert.Equal(SpeedReport.Html(Data), File.ReadAllText(folder.File("speed.html")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static LayerSpeed Layer(string name, StepDirection direction, double ms, long multiplyAdds, long bytes) =>
        new(name, direction, [name], ms, multiplyAdds, bytes, Machine);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("""<svg class="marker" x="(?<x>[\d.]+)%" y="(?<y>[\d.]+)">""")]
    private static partial Regex Markers();
}
