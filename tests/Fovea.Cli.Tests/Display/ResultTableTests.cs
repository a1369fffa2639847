using Fovea.Cli.Display;

namespace Fovea.Cli.Tests.Display;

public sealed class ResultTableTests
{
    [Fact]
    public void Lines_InAPipe_AreWholeAndPlain()
    {
        string label = new('x', 300);
        ResultTable table = Table(label);
        table.AddLine(string.Join(' ', Enumerable.Repeat("word", 60)));

        string[] lines = [.. table.Lines(Terminal(null))];

        Assert.Equal($"name  what{new string(' ', 296)}  count", lines[0]);
        Assert.Equal($"----  {new string('-', 300)}  -----", lines[1]);
        Assert.Equal($"a.b   {label}      7", lines[2]);
        Assert.Equal(4 + (60 * 5) - 1, lines[3].Length);
        Assert.Equal(4, lines.Length);
    }

    [Fact]
    public void Lines_OnATerminal_FoldBetweenWords() =>
        Assert.Equal(
            ["name  what         count", "────  ───────────  ─────", "a.b   one two          7", "      three four"],
            Table("one two three four").Lines(Terminal(25))
        );

    [Fact]
    public void Lines_TooNarrow_LeaveTheHighestRankOutAndSaySo()
    {
        ResultTable table = new(new("name"), new("first", Rank: 1), new("second", Rank: 2));
        table.Add("nnnnnnnnnn", "ffffffffff", "ssssssssss");

        Assert.Equal(
            [
                "name        first",
                "──────────  ──────────",
                "nnnnnnnnnn  ffffffffff",
                "Not shown, as the window is",
                "narrow: second. A pipe and",
                "--json have all.",
            ],
            table.Lines(Terminal(30))
        );
    }

    [Fact]
    public void Lines_MarkupInACell_StaysAsItIs() =>
        Assert.Contains(
            Table("[0] [red]x[/]").Lines(Terminal(null)),
            l => l.Contains("[0] [red]x[/]", StringComparison.Ordinal)
        );

    private static ResultTable Table(string what)
    {
        ResultTable table = new(new("name"), new("what", Folds: true), new("count", IsNumber: true));
        table.Add("a.b", what, "7");
        return table;
    }

    private static Terminal Terminal(int? columns) =>
        new(TextWriter.Null, TextWriter.Null, IsInteractive: false)
        {
            FitsTables = columns is not null,
            HasUnicode = columns is not null,
            Size = () => (columns!.Value, 24),
        };
}
