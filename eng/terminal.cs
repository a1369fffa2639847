// Draws a screen of a terminal as an SVG picture: dotnet run eng/terminal.cs -- SCREEN.txt PICTURE.svg
// SCREEN.txt is what `tmux capture-pane -p -e` prints: lines with colours as SGR codes. eng/picture makes both.
using System.Globalization;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

const double CellWidth = 8.4;
const int LineHeight = 19;
const int Margin = 16;
const int Bar = 28;
string[] palette =
[
    "#45475a",
    "#f38ba8",
    "#a6e3a1",
    "#f9e2af",
    "#89b4fa",
    "#f5c2e7",
    "#94e2d5",
    "#bac2de",
    "#6c7086",
    "#f38ba8",
    "#a6e3a1",
    "#f9e2af",
    "#89b4fa",
    "#f5c2e7",
    "#94e2d5",
    "#ffffff",
];

string[] lines = [.. File.ReadAllText(args[0]).TrimEnd().Split('\n')];
int columns = lines.Max(l => Code().Replace(l, "").Length);
int width = (int)(columns * CellWidth) + 2 * Margin;
int height = lines.Length * LineHeight + 2 * Margin + Bar;
StringBuilder svg = new();
svg.Append(
    CultureInfo.InvariantCulture,
    $"""
    <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
    <rect width="{width}" height="{height}" rx="8" fill="#1e1e2e"/>
    <g fill="#585b70"><circle cx="20" cy="18" r="6"/><circle cx="40" cy="18" r="6"/><circle cx="60" cy="18" r="6"/></g>
    <g font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="#cdd6f4" xml:space="preserve">

    """
);
string colour = "";
bool isBold = false;
for (int row = 0; row < lines.Length; row++)
{
    int column = 0;
    foreach (
        string part in Code()
            .Split(lines[row])
            .Zip([.. Code().Matches(lines[row]).Select(m => m.Value), ""], (t, c) => new[] { t, c })
            .SelectMany(p => p)
    )
    {
        if (part.StartsWith('\e'))
        {
            Apply(part[2..^1]);
        }
        else if (part.Length > 0)
        {
            Write(row, column, part);
            column += part.Length;
        }
    }
}

svg.Append("</g>\n</svg>\n");
File.WriteAllText(args[1], svg.ToString());

void Write(int row, int column, string text)
{
    if (string.IsNullOrWhiteSpace(text))
    {
        return;
    }

    double x = Margin + column * CellWidth;
    double y = Margin + Bar + row * LineHeight + 10;
    string style = (colour.Length > 0 ? $" fill=\"{colour}\"" : "") + (isBold ? " font-weight=\"bold\"" : "");
    svg.Append(
        CultureInfo.InvariantCulture,
        $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" textLength=\"{text.Length * CellWidth:0.#}\"{style}>{SecurityElement.Escape(text)}</text>\n"
    );
}

// SGR codes: 0 all off, 1 and 22 bold, 30-37 and 90-97 colours, 39 none, 38;5;n one of 256, 38;2;r;g;b any.
void Apply(string codes)
{
    int[] n = [.. codes.Split(';').Select(c => c.Length == 0 ? 0 : int.Parse(c, CultureInfo.InvariantCulture))];
    for (int i = 0; i < n.Length; i++)
    {
        switch (n[i])
        {
            case 0:
                (colour, isBold) = ("", false);
                break;
            case 1 or 22:
                isBold = n[i] == 1;
                break;
            case >= 30 and <= 37:
                colour = palette[n[i] - 30];
                break;
            case >= 90 and <= 97:
                colour = palette[n[i] - 82];
                break;
            case 39:
                colour = "";
                break;
            case 38 when n[i + 1] == 5:
                colour = Indexed(n[i + 2]);
                i += 2;
                break;
            case 38:
                colour = $"#{n[i + 2]:x2}{n[i + 3]:x2}{n[i + 4]:x2}";
                i += 4;
                break;
        }
    }
}

// 16 named, a cube of 6 x 6 x 6, and 24 grays.
string Indexed(int n)
{
    int Level(int step) => step == 0 ? 0 : 55 + 40 * step;
    return n < 16 ? palette[n]
        : n >= 232 ? $"#{8 + 10 * (n - 232):x2}{8 + 10 * (n - 232):x2}{8 + 10 * (n - 232):x2}"
        : $"#{Level((n - 16) / 36):x2}{Level((n - 16) / 6 % 6):x2}{Level((n - 16) % 6):x2}";
}

internal static partial class Program
{
    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Code();
}
