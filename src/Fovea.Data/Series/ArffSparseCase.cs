using System.Globalization;
using System.Text;

namespace Fovea.Data;

/// <summary>A case such as <c>{1 0.5, 4 2, 10 'a,b'}</c>: indices of attributes from 0, ascending, and their values.
/// What is left out is 0, and of a class the first of the header's list, as in Weka.</summary>
internal static class ArffSparseCase
{
    /// <summary>Reads a line whose first character is an opening brace.</summary>
    public static SeriesCase Read(SeriesReading reading, ReadOnlySpan<byte> line, int number, ArffHeader header)
    {
        int classAt = header.Relational ? 1 : header.Length,
            last = -1,
            at = line.IndexOf((byte)'{') + 1;
        float[][] channels = header.Relational ? [] : [new float[Taken(reading, header.Length, number)]];
        ReadOnlySpan<byte> label = Encoding.UTF8.GetBytes(header.Classes[0]);
        while (at + Blanks(line[at..]) < line.Length && line[at + Blanks(line[at..])] != '}')
        {
            at += Blanks(line[at..]);
            last = ReadIndex(reading, line[at..], (number, at + 1), last, classAt);
            at += line[at..].IndexOfAny(" \t"u8);
            at += Blanks(line[at..]);
            (int, int) place = (number, at + 1);
            ArffToken value = ArffToken.Read(line[at..], ",}"u8, reading.File, place);
            if (last == classAt)
            {
                label = value.Text;
            }
            else if (header.Relational)
            {
                channels = ArffReader.ReadChannels(reading, line.Slice(at, value.Length), place);
            }
            else
            {
                channels[0][last] = NumberText.Value(value.Text, reading.File, number, at + 1, reading.Missing);
            }

            at += value.Length;
            at += at < line.Length && line[at] == ',' ? 1 : 0;
        }

        RequireEnd(reading.File, line, at + Blanks(line[at..]), number);
        return channels.Length > 0
            ? ArffReader.Case(reading, channels, label, number, header)
            : throw DataFormatException.AtLine(reading.File, number, "a sparse case must have its channels, index 0.");
    }

    private static int Blanks(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyExcept(" \t"u8) is >= 0 and int blanks ? blanks : text.Length;

    private static int Taken(SeriesReading reading, int length, int line)
    {
        reading.TakeChannel(line, length);
        return length;
    }

    private static int ReadIndex(
        SeriesReading reading,
        ReadOnlySpan<byte> text,
        (int Line, int Column) place,
        int last,
        int highest
    )
    {
        ReadOnlySpan<byte> entry = text[..(text.IndexOfAny(",}"u8) is >= 0 and int end ? end : text.Length)];
        int length = entry.IndexOfAny(" \t"u8);
        return
            length > 0
            && int.TryParse(entry[..length], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index > last
            && index <= highest
            ? index
            : throw DataFormatException.AtColumn(
                reading.File,
                place.Line,
                place.Column,
                $"an index must be 0 to {highest}, ascending, and a space before the value, got '{NumberText.Show(entry)}'."
            );
    }

    private static void RequireEnd(string file, ReadOnlySpan<byte> line, int at, int number)
    {
        if (at >= line.Length)
        {
            throw DataFormatException.AtLine(
                file,
                number,
                $"a sparse case must end with }}, got '{NumberText.Show(line)}'."
            );
        }

        ReadOnlySpan<byte> rest = line[(at + 1)..];
        if (rest.IndexOfAnyExcept(" \t"u8) >= 0)
        {
            throw DataFormatException.AtColumn(
                file,
                number,
                at + 2,
                $"nothing may follow a sparse case, got '{NumberText.Show(rest)}'."
            );
        }
    }
}
