namespace Fovea.Models;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    Word,
    EndOfLine,
    Semicolon,
    Open,
    Close,
    OpenParenthesis,
    CloseParenthesis,
    Comma,
    EndOfText,
}

/// <summary>A piece of network text and where it stands.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, int Column)
{
    /// <summary>How messages name it.</summary>
    public string Described =>
        Kind switch
        {
            TokenKind.EndOfLine => "the end of the line",
            TokenKind.EndOfText => "the end of the text",
            _ => $"'{Text}'",
        };

    /// <summary>An error at this place.</summary>
    public NetworkTextException Error(string message, Exception? inner = null) => new(Line, Column, message, inner);
}

/// <summary>Cuts network text into tokens.</summary>
internal static class NetworkTokens
{
    private const int LongestText = 4_000_000;
    private const int LongestWord = 300;

    /// <summary>The tokens, with one of the end behind them.</summary>
    /// <exception cref="NetworkTextException">The text or a word is too long.</exception>
    public static List<Token> Of(string text)
    {
        if (text.Length > LongestText)
        {
            throw new NetworkTextException(
                1,
                1,
                $"a network text may have {LongestText:N0} characters, this has {text.Length:N0}."
            );
        }

        List<Token> tokens = [];
        int line = 1,
            lineStart = 0,
            at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            int column = at - lineStart + 1;
            if (c == '#')
            {
                at = text.IndexOf('\n', at) is >= 0 and int end ? end : text.Length;
                continue;
            }

            int length = Kind(c) == TokenKind.Word && !char.IsWhiteSpace(c) ? WordLength(text, at, line, column) : 1;
            if (!char.IsWhiteSpace(c) || c == '\n')
            {
                tokens.Add(new Token(Kind(c), text.Substring(at, length), line, column));
            }

            at += length;
            (line, lineStart) = c == '\n' ? (line + 1, at) : (line, lineStart);
        }

        tokens.Add(new Token(TokenKind.EndOfText, "", line, text.Length - lineStart + 1));
        return tokens;
    }

    private static int WordLength(string text, int start, int line, int column)
    {
        int end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && Kind(text[end]) == TokenKind.Word)
        {
            end++;
        }

        return end - start <= LongestWord
            ? end - start
            : throw new NetworkTextException(
                line,
                column,
                $"a word may have {LongestWord} characters, this has {end - start:N0}."
            );
    }

    private static TokenKind Kind(char c) =>
        c switch
        {
            '\n' => TokenKind.EndOfLine,
            ';' => TokenKind.Semicolon,
            '{' => TokenKind.Open,
            '}' => TokenKind.Close,
            '(' => TokenKind.OpenParenthesis,
            ')' => TokenKind.CloseParenthesis,
            ',' => TokenKind.Comma,
            _ => TokenKind.Word,
        };
}
