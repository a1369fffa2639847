using System.Text.RegularExpressions;

namespace Fovea.Cli.Tests.Display;

/// <summary>The screen as a person sees it, at four widths, before and after its window changes.</summary>
public sealed partial class ScreenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(60, 100)]
    [InlineData(80, 60)]
    [InlineData(100, 160)]
    [InlineData(160, 80)]
    public void Train_AnyWidthAndAResize_ShowsWholeLinesAndOneBlock(int columns, int then)
    {
        if (!Tmux.IsHere)
        {
            return;
        }

        using Tmux tmux = new(_folder.Path, columns, "", Arguments());

        AssertWhole(tmux.Wait("second epoch", s => Epochs(s) >= 2 && Blocks(s) > 0), columns);
        tmux.Resize(then);
        int before = tmux.Screen().Select(Epoch).Max();
        AssertWhole(
            tmux.Wait("epoch after the resize", s => s.Select(Epoch).Max() >= before + 2 && Blocks(s) > 0),
            then
        );
        tmux.CtrlC();
        string[] end = tmux.WaitFor("status 130");

        string[] lines = Unfolded(end);
        Assert.Contains("Stopping after this batch, saving what there is. Once more stops at once.", lines);
        Assert.Matches(@"^Stopped in epoch \d+ after batch \d+; saved\. Continue with --resume r$", lines[^2]);
        Assert.Equal("status 130", lines[^1]);
        Assert.Equal(0, Blocks(end));
        AssertWhole(end, then);
        Assert.True(tmux.IsCursorShown, "the cursor stayed hidden");
    }

    [Fact]
    public void Train_CtrlCTwice_EndsWithTheCursorShown()
    {
        if (!Tmux.IsHere)
        {
            return;
        }

        using Tmux tmux = new(_folder.Path, 80, "", Arguments());
        tmux.Wait("block", s => Blocks(s) > 0);
        tmux.CtrlC();
        tmux.CtrlC();
        string[] end = tmux.WaitFor("status 130");

        Assert.Equal(0, Blocks(end));
        Assert.True(tmux.IsCursorShown, "the cursor stayed hidden");
    }

    [Theory]
    [InlineData("CI=true")]
    [InlineData("TERM=dumb")]
    public void Train_OnCIOrADumbTerminal_WritesPlainLines(string environment)
    {
        if (!Tmux.IsHere)
        {
            return;
        }

        using Tmux tmux = new(_folder.Path, 100, environment, Arguments("3"));
        string[] end = tmux.WaitFor("status 0");

        Assert.DoesNotContain(end, l => l.Contains('█') || l.Contains('░')); // a slow run has lines of batches, too
        Assert.Contains(end, l => l.StartsWith("epoch 3/3  loss ", StringComparison.Ordinal));
    }

    [Fact]
    public void Bench_LongTiming_ShowsHowFarItIsAndAWordAtCtrlC()
    {
        if (!Tmux.IsHere)
        {
            return;
        }

        using Tmux tmux = new(_folder.Path, 80, "", "bench", "small_cnn", "--seconds", "600");
        tmux.Wait(
            "bar",
            s => s.Any(l => l.StartsWith("timing small_cnn  ", StringComparison.Ordinal) && l.EndsWith('%'))
        );
        tmux.CtrlC();
        string[] end = tmux.WaitFor("status 130");

        Assert.Equal(["Stopped before the end: there is no result.", "status 130"], end);
        Assert.True(tmux.IsCursorShown, "the cursor stayed hidden");
    }

    [Fact]
    public void Evaluate_ManyItems_ShowsHowFarItIsAndAWordAtCtrlC()
    {
        if (!Tmux.IsHere)
        {
            return;
        }

        string run = _folder.File("run");
        Said trained = Cli.Run([
            "train",
            "resnet20",
            "--train-items",
            "32",
            "--test-items",
            "10",
            "--epochs",
            "1",
            "--preflight",
            "off",
            "--out",
            run,
        ]);
        Assert.True(trained.Code == 0, trained.Error);
        using Tmux tmux = new(_folder.Path, 60, "", "evaluate", run, "--test-items", "2000", "--threads", "1");
        tmux.Wait("items", s => s.Any(l => Regex.IsMatch(l, @"^[\d,]+ of 2,000 items  [\d,]+ items/s  .* left$")));
        Assert.Contains(tmux.Screen(), l => l.StartsWith("measuring test items  ", StringComparison.Ordinal));
        tmux.CtrlC();
        string[] end = tmux.WaitFor("status 130");

        Assert.Equal(["Stopped before the end: there is no result.", "status 130"], end);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(160)]
    public void Inspect_AnyWidth_FitsAndCutsNothing(int columns)
    {
        if (!Tmux.IsHere)
        {
            return;
        }

        using Tmux tmux = new(_folder.Path, columns, "", "inspect", "resnet18", "--group", "stride-padding");
        string[] screen = tmux.WaitFor("status 0");

        Assert.All(screen, l => Assert.True(l.Length < columns, $"{l.Length} columns: {l}"));
        Assert.DoesNotContain(
            screen,
            l => l.Contains("..", StringComparison.Ordinal) && !l.Contains("192..256", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("NO_COLOR=1", false)]
    public void Inspect_NoColor_HasVerdictsWithoutColours(string environment, bool colours)
    {
        if (!Tmux.IsHere)
        {
            return;
        }

        using Tmux tmux = new(_folder.Path, 100, environment, "inspect", "resnet18", "--group", "stride-padding");
        tmux.WaitFor("status 0");
        string[] screen = tmux.Screen(codes: true);

        Assert.Equal(colours, screen.Any(l => l.Contains("\u001b[33mlook\u001b[39m 2.2 ", StringComparison.Ordinal)));
        Assert.Equal(colours, screen.Any(l => l.Contains('\u001b')));
    }

    private static string[] Arguments(string epochs = "3000") =>
        [
            "train",
            "small_cnn(width=0.125)",
            "--train-items",
            "1000",
            "--test-items",
            "20",
            "--epochs",
            epochs,
            "--out",
            "r",
        ];

    /// <summary>Every line of the screen is one that the tool writes, whole, and the block stands there once, at its
    /// end.</summary>
    private static void AssertWhole(string[] screen, int columns)
    {
        string[] lines = Unfolded(screen);
        Assert.All(
            lines,
            l =>
                Assert.True(
                    Known().IsMatch(l),
                    $"at {columns} columns this is debris: '{l}'; the screen:\n{string.Join('\n', screen)}"
                )
        );
        Assert.InRange(Blocks(screen), 0, 1);
        Assert.InRange(screen.Count(l => l.Contains('█') || l.Contains('░')), 0, 1);
        Assert.InRange(screen.Count(l => l.Contains(" items/s  left: ", StringComparison.Ordinal)), 0, 1);
    }

    /// <summary>Rows of a folded line put together again; what remains of a line above the screen is left out.</summary>
    private static string[] Unfolded(string[] screen)
    {
        List<string> lines = [];
        foreach (string row in screen.SkipWhile(r => r.StartsWith("  ", StringComparison.Ordinal)))
        {
            if (row.StartsWith("  ", StringComparison.Ordinal))
            {
                lines[^1] += " " + row.TrimStart();
            }
            else
            {
                lines.Add(row);
            }
        }

        return [.. lines];
    }

    private static int Blocks(string[] screen) => screen.Count(l => BlockHead().IsMatch(l));

    private static int Epochs(string[] screen) => screen.Count(l => Epoch(l) > 0);

    /// <summary>The epoch that a line tells the end of; 0 for other lines.</summary>
    private static int Epoch(string line) =>
        EpochLine().Match(line) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, provider: null) : 0;

    [GeneratedRegex(@"^(epoch \d+/\d+  batch |measuring |checking that |first batch)")]
    private static partial Regex BlockHead();

    [GeneratedRegex(@"^epoch (\d+)/\d+ +loss ")]
    private static partial Regex EpochLine();

    private const string Number = @"\d+\.\d{4}";
    private const string Percent = @"\d+\.\d %";
    private const string Time = @"(\d+ s|\d+:\d\d min|\d+:\d\d:\d\d h)";

    [GeneratedRegex(
        "^("
            + @"Training small_cnn\(width=0\.125\) \([\d,]+ parameters\) on shapes: 900 items, 100 held out to choose the best epoch; \d+ epochs of \d+ batches; run folder r"
            + $@"|epoch \d+/\d+ +loss {Number} accuracy {Percent} +held out: loss {Number} accuracy {Percent}( +best so far)? +{Time}"
            + @"|epoch \d+/\d+  batch \d+/\d+  [█░]+  \d+ %"
            + @"|(measuring held-out items|measuring test items|checking that a few items can be learned)  [█░]+  \d+ %|first batch"
            + $@"|loss {Number}  accuracy {Percent}(  held out {Percent})?  lr [\d.E-]+"
            + $@"|[\d,]+ items/s  left: epoch {Time}, run {Time}"
            + @"|Stopping after this batch, saving what there is\. Once more stops at once\."
            + @"|Stopped in epoch \d+ after batch \d+; saved\. Continue with --resume r"
            + @"|The held-out loss .*"
            + @"|status \d+"
            + ")$"
    )]
    private static partial Regex Known();
}
