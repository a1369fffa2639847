namespace Fovea.Data;

/// <summary>Walks the lines of UTF-8 text without copying: LF, CRLF and CR end a line; a byte order mark is skipped;
/// lines may have any length.</summary>
internal ref struct TextLines
{
    private ReadOnlySpan<byte> _rest;
    private bool _ended;

    public TextLines(string file, ReadOnlySpan<byte> text)
    {
        if (text is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw DataFormatException.AtByte(file, 0, "text must be UTF-8 or ASCII, this file is UTF-16.");
        }

        _rest = text is [0xEF, 0xBB, 0xBF, ..] ? text[3..] : text;
    }

    /// <summary>The line moved to, without its end.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Its number, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the line has nothing but white space.</summary>
    public readonly bool IsBlank => Current.IndexOfAnyExcept(" \t"u8) < 0;

    /// <summary>Moves to the next line.</summary>
    public bool Next()
    {
        if (_ended)
        {
            return false;
        }

        int end = _rest.IndexOfAny((byte)'\n', (byte)'\r');
        Number++;
        if (end < 0)
        {
            Current = _rest;
            _ended = true;
            return !_rest.IsEmpty;
        }

        Current = _rest[..end];
        _rest = _rest[(end + (_rest[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        return true;
    }
}
