using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fovea.Cli.Display;

/// <summary>A few lines at the bottom of the screen, drawn over and over.</summary>
/// <param name="lines">Makes the lines' parts for a terminal; read by the thread that draws.</param>
/// <param name="terminal">The terminal.</param>
internal sealed class LiveBlock(Func<IReadOnlyList<BlockLine>> lines, Terminal terminal) : Renderable
{
    // No window of 60 columns or more breaks these lines when it becomes narrower, and what the terminal echoes of Ctrl-C
    // still fits behind them.
    private const int Widest = 57;
    private const int Echo = 3;

    /// <summary>Columns of the block in a window.</summary>
    public static int WidthIn(int window) => Math.Clamp(window - Echo, 1, Widest);

    /// <inheritdoc/>
    protected override Measurement Measure(RenderOptions options, int maxWidth) =>
        new(WidthIn(maxWidth), WidthIn(maxWidth));

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        int width = WidthIn(maxWidth);
        Segment[][] rows = [.. lines().SelectMany(l => Rows(l, width)).Take(Math.Max(1, terminal.Size().Height - 2))];
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (Segment segment in rows[i])
            {
                yield return segment;
            }

            if (i < rows.Length - 1)
            {
                yield return Segment.LineBreak;
            }
        }
    }

    /// <summary>The rows of a line: parts go to the next row where they do not fit.</summary>
    private IEnumerable<Segment[]> Rows(BlockLine line, int width)
    {
        string[] texts = line.Bar is { } share
            ? [.. line.Parts, FormattableString.Invariant($"{(int)(100 * share)} %")]
            : line.Parts;
        string[] rows = [.. Fill(texts, width)];
        if (line.Bar is not { } done || rows.Length != 1 || Room(rows[0], texts[^1], width) is not (>= 5 and var room))
        {
            return rows.Select(r => new[] { new Segment(r) });
        }

        string head = rows[0][..^texts[^1].Length];
        int filled = (int)Math.Round(done * room);
        (char full, char empty) = terminal.HasUnicode ? ('█', '░') : ('#', '-');
        return
        [
            [
                new Segment(head),
                new Segment(new string(full, filled), new Style(Color.Green)),
                new Segment(new string(empty, room - filled), new Style(Color.Grey)),
                new Segment("  " + texts[^1]),
            ],
        ];
    }

    private static int Room(string row, string percent, int width) => width - row.Length - 2 - (4 - percent.Length + 1);

    private static IEnumerable<string> Fill(IEnumerable<string> parts, int width)
    {
        string row = "";
        foreach (string part in parts)
        {
            if (row.Length > 0 && row.Length + 2 + part.Length > width)
            {
                yield return row;
                row = "";
            }

            row = row.Length == 0 ? part : $"{row}  {part}";
            if (row.Length > width)
            {
                string[] folded = [.. TextLayout.Fold(row, width)];
                foreach (string whole in folded[..^1])
                {
                    yield return whole;
                }

                row = folded[^1];
            }
        }

        yield return row;
    }
}

/// <summary>A line of a block.</summary>
/// <param name="Parts">What stands in it; each part is kept whole.</param>
/// <param name="Bar">The share, 0 to 1, that a bar at its end shows; null for no bar.</param>
internal sealed record BlockLine(string[] Parts, double? Bar = null);
