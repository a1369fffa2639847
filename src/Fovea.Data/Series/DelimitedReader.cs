using System.Text;

namespace Fovea.Data;

/// <summary>Reads the UCR archive's plain files: a case per line, its label first, values after it, separated by tabs (2018), white space (2015) or commas.</summary>
internal static class DelimitedReader
{
    /// <summary>Reads a whole file.</summary>
    public static SeriesFile Read(string file, ReadOnlySpan<byte> text, DataOptions options)
    {
        List<SeriesCase> cases = [];
        byte separator = 0;
        TextLines lines = new(file, text);
        while (lines.Next())
        {
            if (lines.IsBlank)
            {
                continue;
            }

            separator = separator == 0 ? SeparatorOf(lines.Current) : separator;
            cases.Add(ReadCase(file, lines.Current, lines.Number, separator, options));
        }

        return new SeriesFile(file, separator == '\t' ? "tsv" : "txt", cases, []);
    }

    private static byte SeparatorOf(ReadOnlySpan<byte> line) =>
        NumberText.Trim(line).Contains((byte)'\t') ? (byte)'\t' : line.Contains((byte)',') ? (byte)',' : (byte)' ';

    private static SeriesCase ReadCase(string file, ReadOnlySpan<byte> line, int number, byte separator, DataOptions options)
    {
        int start = line.IndexOfAnyExcept(" \t"u8);
        ReadOnlySpan<byte> rest = line[start..];
        int length = separator == ' ' ? rest.IndexOfAny(" \t"u8) : rest.IndexOf(separator);
        if (length < 0)
        {
            throw DataFormatException.AtLine(file, number, $"a line must have a label and at least one value separated by {Name(separator)}, got '{NumberText.Show(line)}'.");
        }

        // Where lengths may differ, NaN at the end is the archive's way to say that the series has ended, so it must come through.
        bool mayEnd = options.UnequalLength != UnequalLength.Refuse;
        int valuesAt = start + length + 1;
        float[] values = mayEnd
            ? ReadUpToEnd(file, line[valuesAt..], number, valuesAt + 1, separator, options.MissingValues)
            : ValueList.Read(line[valuesAt..], separator, (file, number, valuesAt + 1), options.MissingValues);
        return new SeriesCase([values], Encoding.UTF8.GetString(NumberText.Trim(rest[..length])), number);
    }

    private static float[] ReadUpToEnd(string file, ReadOnlySpan<byte> text, int line, int column, byte separator, MissingValues missing)
    {
        float[] values = ValueList.WithoutMissingEnd(ValueList.Read(text, separator, (file, line, column), MissingValues.Interpolate));
        if (missing == MissingValues.Refuse && Array.Exists(values, float.IsNaN))
        {
            throw DataFormatException.AtLine(file, line, $"value {Array.FindIndex(values, float.IsNaN) + 1} is missing. Set MissingValues to Interpolate to fill it from its neighbours.");
        }

        return values;
    }

    private static string Name(byte separator) => separator switch { (byte)'\t' => "a tab", (byte)',' => "a comma", _ => "white space" };
}
