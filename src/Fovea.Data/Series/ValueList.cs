namespace Fovea.Data;

/// <summary>Reads separated values into an array, knowing where each stands.</summary>
internal static class ValueList
{
    /// <summary>The values of a text such as <c>1.5,2,?</c>.</summary>
    /// <param name="reading">The file's reading.</param>
    /// <param name="text">The values.</param>
    /// <param name="separator">Between them; a space stands for any run of white space.</param>
    /// <param name="place">Line, and column of the text's first byte, from 1.</param>
    /// <param name="missing">What to do with a missing value.</param>
    public static float[] Read(
        SeriesReading reading,
        ReadOnlySpan<byte> text,
        byte separator,
        (int Line, int Column) place,
        MissingValues missing
    )
    {
        int count = separator == ' ' ? CountWords(text) : text.Count(separator) + 1;
        reading.TakeChannel(place.Line, count);
        float[] values = new float[count];
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            at += separator == ' ' ? text[at..].IndexOfAnyExcept(" \t"u8) : 0;
            int length = separator == ' ' ? text[at..].IndexOfAny(" \t"u8) : text[at..].IndexOf(separator);
            length = length < 0 ? text.Length - at : length;
            values[i] = NumberText.Value(text.Slice(at, length), reading.File, place.Line, place.Column + at, missing);
            at += length + 1;
        }

        return values;
    }

    private static int CountWords(ReadOnlySpan<byte> text)
    {
        int count = 0;
        bool inside = false;
        foreach (byte letter in text)
        {
            bool gap = letter is (byte)' ' or (byte)'\t';
            count += !gap && !inside ? 1 : 0;
            inside = !gap;
        }

        return count;
    }
}
