using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fovea.Data;

/// <summary>A name, class or value of an <c>.arff</c> file as it is written: plain, or in single or double quotes, within
/// which separators mean nothing and a backslash takes the meaning of the next character.</summary>
internal readonly ref struct ArffToken
{
    private const byte Backslash = (byte)'\\';

    private ArffToken(ReadOnlySpan<byte> text, bool quoted, int length)
    {
        Text = text;
        IsQuoted = quoted;
        Length = length;
    }

    /// <summary>What is meant, without white space around it, quotes and escapes.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Whether it stands in quotes.</summary>
    public bool IsQuoted { get; }

    /// <summary>Its bytes with white space around it, up to what ends it.</summary>
    public int Length { get; }

    /// <summary>Reads the token at the start of a text.</summary>
    /// <param name="text">The rest of a line.</param>
    /// <param name="ends">What ends it outside quotes; so does the end of the text.</param>
    /// <param name="file">For messages.</param>
    /// <param name="place">Line, and column of the text's first byte, from 1.</param>
    /// <exception cref="DataFormatException">A quote is not closed, or something follows it.</exception>
    public static ArffToken Read(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> ends,
        string file,
        (int Line, int Column) place
    )
    {
        int start = text.IndexOfAnyExcept(" \t"u8);
        if (start < 0 || text[start] is not ((byte)'\'' or (byte)'"'))
        {
            int end = text.IndexOfAny(ends);
            end = end < 0 ? text.Length : end;
            return new ArffToken(NumberText.Trim(text[..end]), false, end);
        }

        int quoted = QuotedLength(text[start..]);
        if (quoted < 0)
        {
            throw DataFormatException.AtColumn(
                file,
                place.Line,
                place.Column + start,
                $"the quote that begins here is not closed, got '{NumberText.Show(text[start..])}'."
            );
        }

        int behind = start + quoted,
            rest = text[behind..].IndexOfAny(ends);
        rest = rest < 0 ? text.Length - behind : rest;
        return text.Slice(behind, rest).IndexOfAnyExcept(" \t"u8) < 0
            ? new ArffToken(Unescaped(text.Slice(start + 1, quoted - 2)), true, behind + rest)
            : throw DataFormatException.AtColumn(
                file,
                place.Line,
                place.Column + start,
                $"nothing may follow a closing quote, got '{NumberText.Show(text[start..(behind + rest)])}'."
            );
    }

    /// <summary>From the quote a text begins with to the one that closes it, both counted; -1 where none does.</summary>
    private static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == Backslash)
            {
                i++;
            }
            else if (text[i] == text[0])
            {
                return i + 1;
            }
        }

        return -1;
    }

    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> text)
    {
        if (!text.Contains(Backslash))
        {
            return text;
        }

        ArrayBufferWriter<byte> result = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != Backslash || i + 1 == text.Length)
            {
                result.Write(text.Slice(i, 1));
                continue;
            }

            i++;
            if (text[i] == 'u' && CodeAt(text[(i + 1)..]) is { } code)
            {
                code.EncodeToUtf8(result.GetSpan(4));
                result.Advance(code.Utf8SequenceLength);
                i += 4;
                continue;
            }

            result.Write([Control(text[i])]);
        }

        return result.WrittenSpan;
    }

    private static byte Control(byte letter) =>
        letter switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            _ => letter,
        };

    /// <summary>The character of four hexadecimal digits.</summary>
    private static Rune? CodeAt(ReadOnlySpan<byte> text) =>
        text.Length >= 4
        && ushort.TryParse(text[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code)
        && Rune.TryCreate(code, out Rune rune)
            ? rune
            : null;
}
