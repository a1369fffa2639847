using Spectre.Console;

namespace Fovea.Cli.Display;

/// <summary>Writes lines with coloured verdicts, where colours are wanted.</summary>
internal static class VerdictText
{
    /// <summary>Writes lines. A verdict is the first word of a line, or the word behind <c>A:</c> or <c>B:</c>.</summary>
    public static void Write(Terminal terminal, IEnumerable<string> lines)
    {
        if (terminal.HasColor)
        {
            Paint(terminal, lines);
        }
        else
        {
            terminal.Write(lines);
        }
    }

    private static void Paint(Terminal terminal, IEnumerable<string> lines)
    {
        IAnsiConsole console = FrameOutput.Console(terminal.Out, terminal, short.MaxValue, ansi: true);
        foreach (string line in lines)
        {
            Paragraph paragraph = new();
            string before = "";
            foreach (string word in line.Split(' '))
            {
                string bare = word.TrimEnd(',', ':');
                bool isVerdict =
                    before.Length == 0
                    || before.EndsWith("A: ", StringComparison.Ordinal)
                    || before.EndsWith("B: ", StringComparison.Ordinal);
                Style? style = isVerdict ? StyleOf(bare) : null;
                paragraph.Append((before.Length > 0 ? " " : "") + (style is null ? word : ""));
                if (style is not null)
                {
                    paragraph.Append(bare, style).Append(word[bare.Length..]);
                }

                before += word + " ";
            }

            console.Write(paragraph.Append("\n"));
        }
    }

    private static Style? StyleOf(string word) =>
        word switch
        {
            "fix" => new Style(Color.Maroon, decoration: Decoration.Bold),
            "look" => new Style(Color.Olive),
            "cannot-tell" => new Style(Color.Purple),
            "ok" => new Style(Color.Green),
            "not-applicable" => new Style(Color.Grey),
            _ => (Style?)null,
        };
}
