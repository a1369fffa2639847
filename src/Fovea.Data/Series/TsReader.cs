using System.Text;

namespace Fovea.Data;

/// <summary>Reads <c>.ts</c> files (Löning et al. 2019): headers, then a case per line, its channels separated by colons and its label last.</summary>
/// <remarks>Time stamps are read past: values count as evenly spaced, in the order of the file.</remarks>
internal static class TsReader
{
    /// <summary>Reads a whole file.</summary>
    public static SeriesFile Read(string file, ReadOnlySpan<byte> text, DataOptions options)
    {
        TsHeader header = new(file);
        List<SeriesCase> cases = [];
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
                SeriesCase item = ReadCase(file, lines.Current, lines.Number, header, options.MissingValues);
                CheckAgainst(file, header, item);
                cases.Add(item);
            }
            else
            {
                inData = line[0] == '@'
                    ? header.Take(Encoding.UTF8.GetString(line), lines.Number)
                    : throw DataFormatException.AtLine(file, lines.Number, $"before @data every line must start with @ or #, got '{NumberText.Show(line)}'.");
            }
        }

        return inData ? new SeriesFile(file, "ts", cases, header.Classes) : throw DataFormatException.In(file, "there is no @data line.");
    }

    private static SeriesCase ReadCase(string file, ReadOnlySpan<byte> line, int number, TsHeader header, MissingValues missing)
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

            (string, int, int) place = (file, number, at + 1);
            ReadOnlySpan<byte> channel = line.Slice(at, length);
            channels.Add(header.TimeStamps ? ReadStamped(channel, place, missing) : ValueList.Read(channel, (byte)',', place, missing));
            at += length + 1;
        }

        string label = Encoding.UTF8.GetString(NumberText.Trim(line[at..]));
        if (channels.Count == 0 || label.Length == 0)
        {
            throw DataFormatException.AtLine(file, number, $"a case must be values, a colon and a class label, got '{NumberText.Show(line)}'.");
        }

        return new SeriesCase([.. channels], label, number);
    }

    /// <summary>The next colon outside parentheses: inside, it is part of a time.</summary>
    private static int ColonIn(ReadOnlySpan<byte> text)
    {
        bool inside = false;
        for (int i = 0; i < text.Length; i++)
        {
            inside = text[i] switch { (byte)'(' => true, (byte)')' => false, _ => inside };
            if (text[i] == ':' && !inside)
            {
                return i;
            }
        }

        return -1;
    }

    private static float[] ReadStamped(ReadOnlySpan<byte> text, (string File, int Line, int Column) place, MissingValues missing)
    {
        List<float> values = [];
        for (int at = 0; at < text.Length;)
        {
            int open = text[at..].IndexOf((byte)'('), close = text[at..].IndexOf((byte)')');
            int comma = close < 0 ? -1 : text.Slice(at, close).LastIndexOf((byte)',');
            bool separated = open >= 0 && text.Slice(at, open).IndexOfAnyExcept(" \t,"u8) < 0 && text.Slice(at, open).Count((byte)',') == (values.Count == 0 ? 0 : 1);
            if (!separated || comma < open)
            {
                if (values.Count > 0 && text[at..].IndexOfAnyExcept(" \t"u8) < 0)
                {
                    break;
                }

                throw DataFormatException.AtColumn(place.File, place.Line, place.Column + at, $"with @timeStamps true a value must be written (time,value), got '{NumberText.Show(text[at..])}'.");
            }

            values.Add(NumberText.Value(text.Slice(at + comma + 1, close - comma - 1), place.File, place.Line, place.Column + at + comma + 1, missing));
            at += close + 1;
        }

        return values.Count > 0 ? [.. values] : throw DataFormatException.AtColumn(place.File, place.Line, place.Column, "a channel must have at least one (time,value).");
    }

    private static void CheckAgainst(string file, TsHeader header, SeriesCase item)
    {
        int? expected = header.Univariate == true ? 1 : header.Dimensions;
        if (expected is { } dimensions && dimensions != item.Channels.Length)
        {
            throw DataFormatException.AtLine(file, item.Line, $"the header promises {dimensions} channel(s) a case, this one has {item.Channels.Length}.");
        }

        if (header.EqualLength != false && header.SeriesLength is { } length && Array.Find(item.Channels, c => c.Length != length) is { } wrong)
        {
            throw DataFormatException.AtLine(file, item.Line, $"the header promises {length} points a series (@seriesLength), this one has {wrong.Length}.");
        }
    }
}
