namespace Fovea.Cli;

/// <summary>What of a cell goes where a table would be too wide.</summary>
internal enum Shortening
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The beginning: names, whose ends tell them apart.</summary>
    Left,

    /// <summary>The end.</summary>
    Right,
}

/// <summary>A column.</summary>
/// <param name="Header">Its heading.</param>
/// <param name="IsNumber">Whether it is set to the right.</param>
/// <param name="Shortening">What goes where the table would be too wide.</param>
internal sealed record TextColumn(string Header, bool IsNumber = false, Shortening Shortening = Shortening.None);

/// <summary>A table of plain text that keeps to a width.</summary>
/// <param name="columns">The columns.</param>
internal sealed class TextTable(params TextColumn[] columns)
{
    private const int Gap = 2;
    private const int Least = 10;

    private readonly List<(string[]? Cells, string Line)> _rows = [];

    /// <summary>Adds a row: one cell a column.</summary>
    public void Add(params string[] cells) => _rows.Add((cells, ""));

    /// <summary>Adds a line across all columns; it is broken where it is too long.</summary>
    public void AddLine(string line) => _rows.Add((null, line));

    /// <summary>The table, headings first.</summary>
    /// <param name="width">No line is longer.</param>
    public IEnumerable<string> Lines(int width)
    {
        int[] widths = Widths(width);
        yield return Row([.. columns.Select(c => c.Header)], widths);
        yield return string.Join(new string(' ', Gap), widths.Select(w => new string('-', w)));
        foreach ((string[]? cells, string line) in _rows)
        {
            if (cells is not null)
            {
                yield return Row(cells, widths);
                continue;
            }

            foreach (string part in TextLayout.Wrap(line, width, indent: 6, first: 4))
            {
                yield return part;
            }
        }
    }

    private int[] Widths(int width)
    {
        int[] widths =
        [
            .. columns.Select(
                (c, i) =>
                    Math.Max(
                        c.Header.Length,
                        _rows.Where(r => r.Cells is not null).Select(r => r.Cells![i].Length).DefaultIfEmpty(0).Max()
                    )
            ),
        ];
        for (int over = widths.Sum() + (Gap * (widths.Length - 1)) - width; over > 0; over--)
        {
            int widest = Enumerable
                .Range(0, widths.Length)
                .Where(i => columns[i].Shortening != Shortening.None && widths[i] > Least)
                .DefaultIfEmpty(-1)
                .MaxBy(i => i < 0 ? 0 : widths[i]);
            if (widest < 0)
            {
                break;
            }

            widths[widest]--;
        }

        return widths;
    }

    private string Row(string[] cells, int[] widths) =>
        string.Join(
                new string(' ', Gap),
                cells.Select(
                    (cell, i) =>
                    {
                        string fitting = TextLayout.Shorten(cell, widths[i], columns[i].Shortening);
                        return columns[i].IsNumber ? fitting.PadLeft(widths[i]) : fitting.PadRight(widths[i]);
                    }
                )
            )
            .TrimEnd();
}

/// <summary>Breaks and shortens text.</summary>
internal static class TextLayout
{
    private const string Mark = "..";

    /// <summary>Lines of a text, broken between words; a word longer than a line is broken anywhere.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Longest line.</param>
    /// <param name="indent">Spaces before lines after the first.</param>
    /// <param name="first">Spaces before the first line.</param>
    public static IEnumerable<string> Wrap(string text, int width, int indent = 0, int first = 0)
    {
        string line = new(' ', first);
        bool isEmpty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                yield return line;
                (line, isEmpty) = (new string(' ', indent), true);
            }

            line += isEmpty ? word : " " + word;
            isEmpty = false;
            while (line.Length > width)
            {
                yield return line[..width];
                line = new string(' ', indent) + line[width..];
            }
        }

        if (!isEmpty)
        {
            yield return line;
        }
    }

    /// <summary>A text of at most some length.</summary>
    public static string Shorten(string text, int length, Shortening side) =>
        text.Length <= length || side == Shortening.None ? text
        : side == Shortening.Left ? Mark + text[^(length - Mark.Length)..]
        : text[..(length - Mark.Length)] + Mark;
}
