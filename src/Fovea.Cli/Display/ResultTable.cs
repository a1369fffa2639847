using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fovea.Cli.Display;

/// <summary>A column.</summary>
/// <param name="Header">Its heading.</param>
/// <param name="IsNumber">Whether it is set to the right.</param>
/// <param name="Folds">Whether its cells may be broken into lines where the table would be too wide.</param>
/// <param name="Rank">Where columns must be left out, the highest rank goes first; 0 never.</param>
internal sealed record TableColumnOf(string Header, bool IsNumber = false, bool Folds = false, int Rank = 0);

/// <summary>A table of results: fitted to a terminal, whole where nobody watches.</summary>
/// <param name="columns">The columns.</param>
internal sealed class ResultTable(params TableColumnOf[] columns)
{
    private const int Gap = 2;
    private const int Whole = 1 << 20; // columns of a line that nobody watches
    private const char LineMark = '\uE000'; // a private character stands for a line across all columns

    private readonly List<(string[]? Cells, string Line)> _rows = [];

    /// <summary>Adds a row: one cell a column.</summary>
    public void Add(params string[] cells) => _rows.Add((cells, ""));

    /// <summary>Adds a line across all columns; it is broken where it is too long.</summary>
    public void AddLine(string line) => _rows.Add((null, line));

    /// <summary>The table, headings first.</summary>
    /// <param name="terminal">Where it goes.</param>
    public IEnumerable<string> Lines(Terminal terminal)
    {
        int width = terminal.TableWidth ?? Whole;
        int[] shown = Shown(width),
            widths = Widths(shown, width);
        Queue<string> across = new(_rows.Where(r => r.Cells is null).Select(r => r.Line));
        foreach (SegmentLine segments in Segment.SplitLines(Render(shown, widths, width, terminal)))
        {
            string line = string.Concat(segments.Select(s => s.Text)).TrimEnd();
            IEnumerable<string> lines =
                line.StartsWith(LineMark) && across.Count > 0
                    ? TextLayout.Wrap(across.Dequeue(), width, indent: 6, first: 4)
                    : [line];
            foreach (string part in lines)
            {
                yield return part;
            }
        }

        if (shown.Length < columns.Length)
        {
            string missing = string.Join(
                ", ",
                Enumerable.Range(0, columns.Length).Except(shown).Select(i => columns[i].Header)
            );
            string left = $"Not shown, as the window is narrow: {missing}. A pipe and --json have all.";
            foreach (string part in TextLayout.Wrap(left, width))
            {
                yield return part;
            }
        }
    }

    /// <summary>The columns that fit when all that fold are as narrow as they may be.</summary>
    private int[] Shown(int width)
    {
        List<int> shown = [.. Enumerable.Range(0, columns.Length)];
        while (shown.Sum(Least) + (Gap * (shown.Count - 1)) > width && shown.MaxBy(i => columns[i].Rank) is var last)
        {
            if (columns[last].Rank == 0)
            {
                break;
            }

            shown.Remove(last);
        }

        return [.. shown];
    }

    private int[] Widths(int[] shown, int width)
    {
        int[] widths = [.. shown.Select(Natural)];
        int[] least = [.. shown.Select(Least)];
        for (int over = widths.Sum() + (Gap * (widths.Length - 1)) - width; over > 0; over--)
        {
            int widest = Enumerable
                .Range(0, widths.Length)
                .Where(i => widths[i] > least[i])
                .OrderByDescending(i => widths[i])
                .FirstOrDefault(-1);
            if (widest < 0)
            {
                break;
            }

            widths[widest]--;
        }

        return widths;
    }

    private int Natural(int column) => Cells(column).Max(c => c.Length);

    private int Least(int column) =>
        Cells(column).Max(c => columns[column].Folds ? TextLayout.LongestPart(c) : c.Length);

    private IEnumerable<string> Cells(int column) =>
        _rows.Where(r => r.Cells is not null).Select(r => r.Cells![column]).Prepend(columns[column].Header);

    private IEnumerable<Segment> Render(int[] shown, int[] widths, int width, Terminal terminal)
    {
        Table table = new() { Border = TableBorder.None };
        foreach ((int column, int at) in shown.Select((c, at) => (c, at)))
        {
            table.AddColumn(
                new TableColumn(new Text(columns[column].Header))
                {
                    Alignment = columns[column].IsNumber ? Justify.Right : Justify.Left,
                    Padding = new Spectre.Console.Padding(0, 0, at < shown.Length - 1 ? Gap : 0, 0),
                    Width = Math.Min(widths[at], width),
                }
            );
        }

        char rule = terminal.HasUnicode ? '─' : '-';
        table.AddRow(widths.Select(w => new Text(new string(rule, Math.Min(w, width)))));
        foreach ((string[]? cells, _) in _rows)
        {
            table.AddRow(
                shown.Select(
                    (column, at) =>
                        new Text(
                            cells is null ? (at == 0 ? LineMark.ToString() : "")
                            : columns[column].Folds ? string.Join('\n', TextLayout.Fold(cells[column], widths[at]))
                            : cells[column]
                        )
                )
            );
        }

        IAnsiConsole console = FrameOutput.Console(TextWriter.Null, terminal, width, ansi: false);
        return table.GetSegments(console);
    }
}
