using System.Text;

namespace Fovea.Benchmarks;

/// <summary>A table printed row by row, and kept as Markdown.</summary>
internal sealed class LayerTable
{
    private static readonly int[] Widths = [-36, -46, 9, 9, 9, 7, 9, 7, 9, 11];

    private readonly string[] _header;
    private readonly StringBuilder _markdown = new();
    private string? _section;

    /// <summary>Begins a table.</summary>
    /// <param name="header">Names of the columns.</param>
    /// <param name="title">What stands above it.</param>
    public LayerTable(string[] header, string title)
    {
        _header = header;
        _markdown.Append(title).Append('\n');
    }

    /// <summary>Everything so far.</summary>
    public string Markdown => _markdown.ToString();

    /// <summary>Begins a section, where it is another than before.</summary>
    public void Section(string name)
    {
        if (name == _section)
        {
            return;
        }

        _section = name;
        Console.WriteLine();
        Console.WriteLine(name);
        Print(_header);
        _markdown.Append(
            $"\n## {name}\n\n| {string.Join(" | ", _header)} |\n|{string.Concat(Widths.Select(w => w < 0 ? "---|" : "--:|"))}\n"
        );
    }

    /// <summary>Adds a row.</summary>
    /// <param name="cells">Its cells.</param>
    /// <param name="first">The first cell in Markdown, where there is room.</param>
    public void Row(string[] cells, string first)
    {
        Print(cells);
        _markdown.Append($"| {string.Join(" | ", cells.Skip(1).Prepend(first))} |\n");
    }

    /// <summary>Adds lines of text below.</summary>
    public void Text(string[] lines)
    {
        Console.WriteLine();
        Array.ForEach(lines, Console.WriteLine);
        _markdown.Append('\n').AppendJoin("\n", lines.Select(l => $"* {l}")).Append('\n');
    }

    private static void Print(string[] cells) =>
        Console.WriteLine(
            string.Join(
                    ' ',
                    cells.Zip(Widths, (cell, width) => width < 0 ? cell.PadRight(-width) : cell.PadLeft(width))
                )
                .TrimEnd()
        );
}
