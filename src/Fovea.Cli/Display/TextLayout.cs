namespace Fovea.Cli.Display;

/// <summary>Breaks text into lines.</summary>
internal static class TextLayout
{
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
                int cut = Math.Max(width, indent + 1);
                yield return line[..cut];
                line = new string(' ', indent) + line[cut..];
            }
        }

        if (!isEmpty)
        {
            yield return line;
        }
    }

    /// <summary>Lines of a cell: broken after spaces, dots, commas, slashes and underscores, so that names keep their
    /// parts whole; a part longer than a line is broken anywhere.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Longest line, 1 or more.</param>
    public static IEnumerable<string> Fold(string text, int width)
    {
        string line = "";
        foreach (string part in Parts(text))
        {
            if (line.Length > 0 && (line + part).TrimEnd().Length > width)
            {
                yield return line.TrimEnd();
                line = "";
            }

            line += part;
            while (line.TrimEnd().Length > width)
            {
                yield return line[..width];
                line = line[width..];
            }
        }

        yield return line.TrimEnd();
    }

    /// <summary>Length of the longest part that <see cref="Fold"/> keeps whole.</summary>
    public static int LongestPart(string text) => Parts(text).Select(p => p.TrimEnd().Length).DefaultIfEmpty(0).Max();

    private static IEnumerable<string> Parts(string text)
    {
        int start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i - 1] is ' ' or '.' or ',' or '/' or '_' && text[i] != ' '))
            {
                yield return text[start..i];
                start = i;
            }
        }
    }
}
