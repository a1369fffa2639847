namespace Fovea.Data;

/// <summary>Reads the UCR archive's plain files: a case per line, its label first, values after it, separated by tabs
/// (2018), white space (2015) or commas.</summary>
internal static class DelimitedReader
{
    /// <summary>Reads a whole file.</summary>
    public static SeriesFile Read(SeriesReading reading, ReadOnlySpan<byte> text)
    {
        byte separator = 0;
        TextLines lines = new(reading.File, text);
        while (lines.Next())
        {
            if (lines.IsBlank)
            {
                continue;
            }

            separator = separator == 0 ? SeparatorOf(lines.Current) : separator;
            reading.Add(ReadCase(reading, lines.Current, lines.Number, separator));
        }

        return new SeriesFile(reading.File, separator == '\t' ? "tsv" : "txt", reading.Cases, []);
    }

    private static byte SeparatorOf(ReadOnlySpan<byte> line) =>
        NumberText.Trim(line).Contains((byte)'\t') ? (byte)'\t'
        : line.Contains((byte)',') ? (byte)','
        : (byte)' ';

    private static SeriesCase ReadCase(SeriesReading reading, ReadOnlySpan<byte> line, int number, byte separator)
    {
        int start = line.IndexOfAnyExcept(" \t"u8);
        ReadOnlySpan<byte> rest = line[start..];
        int length = separator == ' ' ? rest.IndexOfAny(" \t"u8) : rest.IndexOf(separator);
        if (length < 0)
        {
            throw DataFormatException.AtLine(
                reading.File,
                number,
                $"a line must have a label and at least one value separated by {Name(separator)}, got '{NumberText.Show(line)}'."
            );
        }

        int valuesAt = start + length + 1;
        float[] values = ValueList.Read(reading, line[valuesAt..], separator, (number, valuesAt + 1), reading.Missing);
        return new SeriesCase([values], reading.Label(NumberText.Trim(rest[..length]), number), number);
    }

    private static string Name(byte separator) =>
        separator switch
        {
            (byte)'\t' => "a tab",
            (byte)',' => "a comma",
            _ => "white space",
        };
}
