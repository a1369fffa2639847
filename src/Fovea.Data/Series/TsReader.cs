namespace Fovea.Data;

/// <summary>Reads <c>.ts</c> files (Löning et al. 2019): headers, then a case per line, its channels separated by
/// colons and its label last.</summary>
/// <remarks>Time stamps are read past: values count as evenly spaced, in the order of the file.</remarks>
internal static class TsReader
{
    /// <summary>Reads a whole file.</summary>
    public static SeriesFile Read(SeriesReading reading, ReadOnlySpan<byte> text)
    {
        string file = reading.File;
        TsHeader header = new(file);
        bool inData = false;
        TextLines lines = new(file, text);
        while (lines.Next())
        {
            ReadOnlySpan<byte> line = NumberText.Trim(lines.Current);
            if (line.IsEmpty || line[0] is (byte)'#' or (byte)'%')
            {
                continue;
            }

            if (inData)
            {
                SeriesCase item = ReadCase(reading, lines.Current, lines.Number, header);
                CheckAgainst(file, header, item);
                reading.Add(item);
            }
            else
            {
                inData =
                    line[0] == '@'
                        ? header.Take(reading.HeaderLine(line, lines.Number), lines.Number)
                        : throw DataFormatException.AtLine(
                            file,
                            lines.Number,
                            $"before @data every line must start with @ or #, got '{NumberText.Show(line)}'."
                        );
            }
        }

        return inData
            ? new SeriesFile(file, "ts", reading.Cases, header.Classes)
            : throw DataFormatException.In(file, "there is no @data line.");
    }

    private static SeriesCase ReadCase(SeriesReading reading, ReadOnlySpan<byte> line, int number, TsHeader header)
    {
        List<float[]> channels = [];
        int at = 0;
        while (true)
        {
            int length = ColonIn(line[at..]);
            if (length < 0)
            {
                break;
            }

            (int, int) place = (number, at + 1);
            ReadOnlySpan<byte> channel = line.Slice(at, length);
            channels.Add(
                header.TimeStamps
                    ? ReadStamped(reading, channel, place)
                    : ValueList.Read(reading, channel, (byte)',', place, reading.Missing)
            );
            at += length + 1;
        }

        ReadOnlySpan<byte> label = NumberText.Trim(line[at..]);
        if (channels.Count == 0 || label.IsEmpty)
        {
            throw DataFormatException.AtLine(
                reading.File,
                number,
                $"a case must be values, a colon and a class label, got '{NumberText.Show(line)}'."
            );
        }

        return new SeriesCase([.. channels], reading.Label(label, number), number);
    }

    /// <summary>The next colon outside parentheses: inside, it is part of a time.</summary>
    private static int ColonIn(ReadOnlySpan<byte> text)
    {
        bool inside = false;
        for (int i = 0; i < text.Length; i++)
        {
            inside = text[i] switch
            {
                (byte)'(' => true,
                (byte)')' => false,
                _ => inside,
            };
            if (text[i] == ':' && !inside)
            {
                return i;
            }
        }

        return -1;
    }

    private static float[] ReadStamped(SeriesReading reading, ReadOnlySpan<byte> text, (int Line, int Column) place)
    {
        int most = text.Count((byte)')'),
            count = 0;
        reading.TakeChannel(place.Line, most);
        float[] values = new float[most];
        for (int at = 0; at < text.Length; )
        {
            int open = text[at..].IndexOf((byte)'('),
                close = text[at..].IndexOf((byte)')');
            int comma = close < 0 ? -1 : text.Slice(at, close).LastIndexOf((byte)',');
            bool separated =
                open >= 0
                && text.Slice(at, open).IndexOfAnyExcept(" \t,"u8) < 0
                && text.Slice(at, open).Count((byte)',') == (count == 0 ? 0 : 1);
            if (!separated || comma < open)
            {
                if (count > 0 && text[at..].IndexOfAnyExcept(" \t"u8) < 0)
                {
                    break;
                }

                throw DataFormatException.AtColumn(
                    reading.File,
                    place.Line,
                    place.Column + at,
                    $"with @timeStamps true a value must be written (time,value), got '{NumberText.Show(text[at..])}'."
                );
            }

            values[count++] = NumberText.Value(
                text.Slice(at + comma + 1, close - comma - 1),
                reading.File,
                place.Line,
                place.Column + at + comma + 1,
                reading.Missing
            );
            at += close + 1;
        }

        return count > 0
            ? values[..count]
            : throw DataFormatException.AtColumn(
                reading.File,
                place.Line,
                place.Column,
                "a channel must have at least one (time,value)."
            );
    }

    private static void CheckAgainst(string file, TsHeader header, SeriesCase item)
    {
        int? expected = header.Univariate == true ? 1 : header.Dimensions;
        if (expected is { } dimensions && dimensions != item.Channels.Length)
        {
            throw DataFormatException.AtLine(
                file,
                item.Line,
                $"the header promises {dimensions} channel(s) a case, this one has {item.Channels.Length}."
            );
        }

        if (
            header.EqualLength != false
            && header.SeriesLength is { } length
            && Array.Find(item.Channels, c => c.Length != length) is { } wrong
        )
        {
            throw DataFormatException.AtLine(
                file,
                item.Line,
                $"the header promises {length} points a series (@seriesLength), this one has {wrong.Length}."
            );
        }
    }
}
