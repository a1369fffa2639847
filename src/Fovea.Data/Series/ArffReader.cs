namespace Fovea.Data;

/// <summary>Reads <c>.arff</c> files (Weka) as the time-series archive writes them: numeric attributes and a class
/// last, or a relational attribute of quoted channels and a class last. Rows may be sparse.</summary>
internal static class ArffReader
{
    private static ReadOnlySpan<byte> LineBreak => "\\n"u8; // a backslash and the letter n: how channels are separated inside the quotes

    /// <summary>Reads a whole file.</summary>
    public static SeriesFile Read(SeriesReading reading, ReadOnlySpan<byte> text)
    {
        string file = reading.File;
        ArffHeader header = new(file);
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
                SeriesCase item =
                    line[0] == '{'
                        ? ArffSparseCase.Read(reading, lines.Current, lines.Number, header)
                        : ReadCase(reading, lines.Current, lines.Number, header);
                reading.Add(item);
            }
            else
            {
                reading.RequireHeaderLine(line, lines.Number);
                header.Take(line, (lines.Number, lines.Current.IndexOfAnyExcept(" \t"u8) + 1));
            }
        }

        return header.InData
            ? new SeriesFile(file, "arff", reading.Cases, header.Classes)
            : throw DataFormatException.In(file, "there is no @data line.");
    }

    /// <summary>The channels of a relational attribute, separated by \n in quotes.</summary>
    /// <param name="reading">The file's reading.</param>
    /// <param name="text">The attribute with its quotes.</param>
    /// <param name="place">Line, and column of the text's first byte, from 1.</param>
    public static float[][] ReadChannels(SeriesReading reading, ReadOnlySpan<byte> text, (int Line, int Column) place)
    {
        ArffToken token = ArffToken.Read(text, ","u8, reading.File, place);
        if (!token.IsQuoted || token.Length < text.Length)
        {
            throw DataFormatException.AtLine(
                reading.File,
                place.Line,
                $"a relational case must be its channels in quotes, separated by \\n, got '{NumberText.Show(text)}'."
            );
        }

        List<float[]> channels = [];
        int at = text.IndexOfAny("'\""u8) + 1,
            close = text.LastIndexOfAny("'\""u8);
        while (at <= close)
        {
            int length = text[at..close].IndexOf(LineBreak);
            length = length < 0 ? close - at : length;
            channels.Add(
                ValueList.Read(
                    reading,
                    text.Slice(at, length),
                    (byte)',',
                    (place.Line, place.Column + at),
                    reading.Missing
                )
            );
            at += length + LineBreak.Length;
        }

        return [.. channels];
    }

    /// <summary>A case of values and label, once the values are read.</summary>
    public static SeriesCase Case(
        SeriesReading reading,
        float[][] channels,
        ReadOnlySpan<byte> label,
        int number,
        ArffHeader header
    ) =>
        Array.Find(channels, c => c.Length != header.Length) is { } wrong
            ? throw DataFormatException.AtLine(
                reading.File,
                number,
                $"the header promises {header.Length} points a series, this one has {wrong.Length}."
            )
            : new SeriesCase(channels, reading.Label(label, number), number);

    private static SeriesCase ReadCase(SeriesReading reading, ReadOnlySpan<byte> line, int number, ArffHeader header)
    {
        bool quotes = line.IndexOfAny("'\""u8) >= 0;
        int labelAt = quotes ? LastToken(reading, line, number) : line.LastIndexOf((byte)',') + 1;
        ArffToken label = ArffToken.Read(line[labelAt..], ","u8, reading.File, (number, labelAt + 1));
        if (labelAt == 0 || label.Text.IsEmpty)
        {
            throw DataFormatException.AtLine(
                reading.File,
                number,
                $"a case must be values, a comma and a class label, got '{NumberText.Show(line)}'."
            );
        }

        ReadOnlySpan<byte> values = line[..(labelAt - 1)];
        float[][] channels =
            header.Relational ? ReadChannels(reading, values, (number, 1))
            : values.IndexOfAny("'\""u8) >= 0 ? [ReadQuoted(reading, values, number)]
            : [ValueList.Read(reading, values, (byte)',', (number, 1), reading.Missing)];
        return Case(reading, channels, label.Text, number, header);
    }

    /// <summary>Where the last token of a line begins.</summary>
    private static int LastToken(SeriesReading reading, ReadOnlySpan<byte> line, int number)
    {
        int at = 0;
        while (true)
        {
            int length = ArffToken.Read(line[at..], ","u8, reading.File, (number, at + 1)).Length;
            if (at + length == line.Length)
            {
                return at;
            }

            at += length + 1;
        }
    }

    /// <summary>Values of which some stand in quotes.</summary>
    private static float[] ReadQuoted(SeriesReading reading, ReadOnlySpan<byte> text, int number)
    {
        reading.TakeChannel(number, text.Count((byte)',') + 1); // no fewer than there are
        List<float> values = [];
        for (int at = 0; at <= text.Length; )
        {
            (int Line, int Column) place = (number, at + 1);
            ArffToken token = ArffToken.Read(text[at..], ","u8, reading.File, place);
            values.Add(NumberText.Value(token.Text, reading.File, number, place.Column, reading.Missing));
            at += token.Length + 1;
        }

        return [.. values];
    }
}
