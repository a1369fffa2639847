using System.Globalization;
using System.Text;

namespace Fovea.Data;

/// <summary>Reads numbers of text files: always with a decimal point, whatever the machine's culture.</summary>
internal static class NumberText
{
    private const int LongestShown = 30;
    private const int MostShown = 10;

    /// <summary>A value of a series; NaN where it is missing and the options say how to fill it.</summary>
    /// <param name="text">The number with or without spaces around it.</param>
    /// <param name="file">For the message.</param>
    /// <param name="line">For the message, from 1.</param>
    /// <param name="column">Of the text in its line, from 1.</param>
    /// <param name="missing">What to do with a missing value.</param>
    public static float Value(ReadOnlySpan<byte> text, string file, int line, int column, MissingValues missing)
    {
        text = Trim(text);
        if (
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            && float.IsFinite(value)
        )
        {
            return value;
        }

        if (IsMissing(text))
        {
            return missing == MissingValues.Interpolate
                ? float.NaN
                : throw DataFormatException.AtColumn(
                    file,
                    line,
                    column,
                    $"the value is missing ({(text.IsEmpty ? "nothing between separators" : $"'{Show(text)}'")}). {OptionHint.Missing}"
                );
        }

        throw DataFormatException.AtColumn(
            file,
            line,
            column,
            float.IsInfinity(value)
                ? $"numbers must be finite and fit 32-bit floats (up to 3.4e38), got '{Show(text)}'."
                : $"expected a number such as -1.5 or 2e-3, got '{Show(text)}'."
        );
    }

    /// <summary>Whether the text stands for no value.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> text) =>
        text.IsEmpty || text.SequenceEqual("?"u8) || Ascii.EqualsIgnoreCase(text, "nan"u8);

    /// <summary>Without white space at either end.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    /// <summary>Text for a message: shortened, and control characters but the tab as question marks, since a terminal
    /// would obey them.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        string start = Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestShown)]);
        string shown = string.Create(
            start.Length,
            start,
            static (to, from) =>
            {
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = char.IsControl(from[i]) && from[i] != '\t' ? '?' : from[i];
                }
            }
        );
        return text.Length > LongestShown ? shown + "..." : shown;
    }

    /// <summary>As the other, for text already decoded.</summary>
    public static string Show(string text) => Show(Encoding.UTF8.GetBytes(text));

    /// <summary>Names for a message: each as <see cref="Show(string)"/>, the first ten and how many more there
    /// are.</summary>
    public static string Show(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostShown).Select(name => Show(name)))
        + (names.Count > MostShown ? $" and {names.Count - MostShown} more" : "");
}
