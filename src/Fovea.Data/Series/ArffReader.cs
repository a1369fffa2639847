namespace Fovea.Data;

/// <summary>Reads <c>.arff</c> files (Weka) as the time-series archive writes them: numeric attributes and a class
/// last, or a relational attribute of quoted channels and a class last.</summary>
internal static class ArffReader
{
    private static ReadOnlySpan<byte> LineBreak => "\\n"u8; // a backslash and the letter n: how channels are separated inside the quotes

    /// <summary>Reads a whole file.</summary>
    public static SeriesFile Read(SeriesReading reading, ReadOnlySpan<byte> text)
    {
        string file = reading.File;
        Header header = new(file);
        TextLines lines = new(file, text);
        while (lines.Next())
        {
            ReadOnlySpan<byte> line = NumberText.Trim(lines.Current);
            if (line.IsEmpty || line[0] == '%')
            {
                continue;
            }

            if (header.InData)
            {
                reading.Cases.Add(ReadCase(reading, lines.Current, lines.Number, header));
            }
            else
            {
                header.Take(reading.HeaderLine(line, lines.Number), lines.Number);
            }
        }

        return header.InData
            ? new SeriesFile(file, "arff", reading.Cases, header.Classes)
            : throw DataFormatException.In(file, "there is no @data line.");
    }

    private static SeriesCase ReadCase(SeriesReading reading, ReadOnlySpan<byte> line, int number, Header header)
    {
        int comma = line.LastIndexOf((byte)',');
        ReadOnlySpan<byte> label = NumberText.Trim(line[(comma + 1)..]).Trim("'\""u8);
        if (comma < 0 || label.IsEmpty)
        {
            throw DataFormatException.AtLine(
                reading.File,
                number,
                $"a case must be values, a comma and a class label, got '{NumberText.Show(line)}'."
            );
        }

        float[][] channels = header.Relational
            ? ReadChannels(reading, line[..comma], number)
            : [ValueList.Read(reading, line[..comma], (byte)',', (number, 1), reading.Options.MissingValues)];
        return Array.Find(channels, c => c.Length != header.Length) is { } wrong
            ? throw DataFormatException.AtLine(
                reading.File,
                number,
                $"the header promises {header.Length} points a series, this one has {wrong.Length}."
            )
            : new SeriesCase(channels, reading.Label(label, number), number);
    }

    private static float[][] ReadChannels(SeriesReading reading, ReadOnlySpan<byte> text, int line)
    {
        int open = text.IndexOfAny("'\""u8),
            close = text.LastIndexOfAny("'\""u8);
        if (
            open < 0
            || close == open
            || text[..open].IndexOfAnyExcept(" \t"u8) >= 0
            || text[(close + 1)..].IndexOfAnyExcept(" \t"u8) >= 0
        )
        {
            throw DataFormatException.AtLine(
                reading.File,
                line,
                $"a relational case must be its channels in quotes, separated by \\n, got '{NumberText.Show(text)}'."
            );
        }

        List<float[]> channels = [];
        int at = open + 1;
        while (at <= close)
        {
            int length = text[at..close].IndexOf(LineBreak);
            length = length < 0 ? close - at : length;
            channels.Add(
                ValueList.Read(
                    reading,
                    text.Slice(at, length),
                    (byte)',',
                    (line, at + 1),
                    reading.Options.MissingValues
                )
            );
            at += length + LineBreak.Length;
        }

        return [.. channels];
    }

    private sealed class Header(string file)
    {
        private bool _insideRelation;

        public bool InData { get; private set; }

        public bool Relational { get; private set; }

        public int Length { get; private set; }

        public IReadOnlyList<string> Classes { get; private set; } = [];

        public void Take(string line, int number)
        {
            if (line.StartsWith("@data", StringComparison.OrdinalIgnoreCase))
            {
                InData =
                    Length > 0 && Classes.Count > 0
                        ? true
                        : throw DataFormatException.AtLine(
                            file,
                            number,
                            $"before @data there must be numeric attributes and a class attribute {{a,b,...}}, got {Length} and {Classes.Count} classes."
                        );
            }
            else if (line.StartsWith("@end", StringComparison.OrdinalIgnoreCase))
            {
                _insideRelation = false;
            }
            else if (line.StartsWith("@attribute", StringComparison.OrdinalIgnoreCase))
            {
                TakeAttribute(line, number);
            }
            else if (!line.StartsWith("@relation", StringComparison.OrdinalIgnoreCase))
            {
                throw DataFormatException.AtLine(
                    file,
                    number,
                    $"before @data every line must start with @relation, @attribute, @end or %, got '{NumberText.Show(line)}'."
                );
            }
        }

        private void TakeAttribute(string line, int number)
        {
            int brace = line.IndexOf('{', StringComparison.Ordinal);
            string type = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[^1].ToUpperInvariant();
            if (Classes.Count > 0)
            {
                throw DataFormatException.AtLine(file, number, "the class attribute {a,b,...} must be the last one.");
            }

            if (brace >= 0 && !_insideRelation)
            {
                Classes =
                [
                    .. line[(brace + 1)..]
                        .TrimEnd('}', ' ', '\t')
                        .Split(',')
                        .Select(name => name.Trim(' ', '\t', '\'', '"')),
                ];
            }
            else if (type == "RELATIONAL" && Length == 0)
            {
                (Relational, _insideRelation) = (true, true);
            }
            else if (type is "NUMERIC" or "REAL" or "INTEGER" && _insideRelation == Relational)
            {
                Length++;
            }
            else
            {
                throw DataFormatException.AtLine(
                    file,
                    number,
                    $"attributes must be numeric, one relational, or the class {{a,b,...}}, got '{NumberText.Show(line)}'."
                );
            }
        }
    }
}
