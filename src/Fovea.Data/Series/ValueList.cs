namespace Fovea.Data;

/// <summary>Reads separated values into an array, knowing where each stands.</summary>
internal static class ValueList
{
    /// <summary>The values of a text such as <c>1.5,2,?</c>.</summary>
    /// <param name="text">The values.</param>
    /// <param name="separator">Between them; a space stands for any run of white space.</param>
    /// <param name="place">File, line and the column of the text's first byte, from 1.</param>
    /// <param name="missing">What to do with a missing value.</param>
    public static float[] Read(ReadOnlySpan<byte> text, byte separator, (string File, int Line, int Column) place, MissingValues missing)
    {
        List<float> values = new(text.Length / 8);
        int at = 0;
        while (at <= text.Length)
        {
            if (separator == ' ')
            {
                int gap = text[at..].IndexOfAnyExcept(" \t"u8);
                if (gap < 0)
                {
                    break;
                }

                at += gap;
            }

            int length = separator == ' ' ? text[at..].IndexOfAny(" \t"u8) : text[at..].IndexOf(separator);
            length = length < 0 ? text.Length - at : length;
            values.Add(NumberText.Value(text.Slice(at, length), place.File, place.Line, place.Column + at, missing));
            at += length + 1;
        }

        return [.. values];
    }

    /// <summary>Drops NaN at the end.</summary>
    public static float[] WithoutMissingEnd(float[] values)
    {
        int length = values.Length;
        while (length > 0 && float.IsNaN(values[length - 1]))
        {
            length--;
        }

        return length == values.Length ? values : values[..length];
    }
}
