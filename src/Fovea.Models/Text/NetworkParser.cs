namespace Fovea.Models;

/// <summary>An argument of a layer: by position, or <c>name=value</c>.</summary>
internal sealed record TextArgument(string? Name, string Value, Token At);

/// <summary>Lines between braces, with the word in front of them, such as <c>shortcut</c>.</summary>
internal sealed record TextBlock(Token? Word, IReadOnlyList<TextLine> Lines);

/// <summary>A line: label, word, arguments, blocks.</summary>
internal sealed record TextLine(
    Token? Label,
    Token Word,
    IReadOnlyList<TextArgument> Arguments,
    IReadOnlyList<TextBlock> Blocks
)
{
    /// <summary>The label without its colon.</summary>
    public string? LabelText => Label?.Text[..^1];
}

/// <summary>Reads tokens into lines. Knows the form of the text, not the layers.</summary>
internal sealed class NetworkParser
{
    private const int DeepestNesting = 64;

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private NetworkParser(List<Token> tokens) => _tokens = tokens;

    private Token Next => _tokens[_at];

    /// <summary>The lines of a text.</summary>
    /// <exception cref="NetworkTextException">The text has another form.</exception>
    public static IReadOnlyList<TextLine> Parse(string text)
    {
        NetworkParser parser = new(NetworkTokens.Of(text));
        List<TextLine> lines = parser.Lines();
        return parser.Next.Kind == TokenKind.EndOfText
            ? lines
            : throw parser.Next.Error("found '}' with no '{' before it.");
    }

    private List<TextLine> Lines()
    {
        List<TextLine> lines = [];
        while (true)
        {
            SkipLineEnds();
            if (Next.Kind is TokenKind.EndOfText or TokenKind.Close)
            {
                return lines;
            }

            lines.Add(Line());
        }
    }

    private TextLine Line()
    {
        Token? label = null;
        Token word = Take(TokenKind.Word, "a layer such as 'conv 16 3'");
        if (word.Text.EndsWith(':'))
        {
            label =
                word.Text.Length > 1
                    ? word
                    : throw word.Error("found ':' with no label before it; write 'label: layer'.");
            word = Take(TokenKind.Word, $"a layer behind the label '{word.Text}'");
        }

        if (word.Text.IndexOfAny([':', '=']) >= 0)
        {
            throw word.Error(
                $"found '{word.Text}', expected a layer's name. Write 'label: layer', with a blank behind the colon, and options behind the layer."
            );
        }

        List<TextArgument> arguments = word.Text == "block" ? [.. Definition()] : [.. Arguments()];
        List<TextBlock> blocks = [.. Blocks(word)];
        return Next.Kind is TokenKind.EndOfLine or TokenKind.Semicolon or TokenKind.EndOfText or TokenKind.Close
            ? new TextLine(label, word, arguments, blocks)
            : throw Next.Error($"found {Next.Described}, expected the end of the line, ';' or '{{'.");
    }

    private IEnumerable<TextArgument> Definition()
    {
        Token name = Take(TokenKind.Word, "the block's name: block name(parameter, parameter=value) { ... }");
        yield return new TextArgument(null, name.Text, name);
        foreach (TextArgument parameter in Arguments())
        {
            yield return parameter;
        }
    }

    /// <summary>Words up to the end of the line; in parentheses, or with commas between, means the same.</summary>
    private IEnumerable<TextArgument> Arguments()
    {
        bool open = Next.Kind == TokenKind.OpenParenthesis;
        _at += open ? 1 : 0;
        while (Next.Kind is TokenKind.Word or TokenKind.Comma)
        {
            Token token = _tokens[_at++];
            if (token.Kind == TokenKind.Word)
            {
                yield return Argument(token);
            }
        }

        if (open)
        {
            Take(TokenKind.CloseParenthesis, "')'");
        }
    }

    private static TextArgument Argument(Token token)
    {
        int equals = token.Text.IndexOf('=', StringComparison.Ordinal);
        return equals == 0 || equals == token.Text.Length - 1
                ? throw token.Error($"found '{token.Text}', expected option=value without blanks around '='.")
            : equals < 0 ? new TextArgument(null, token.Text, token)
            : new TextArgument(token.Text[..equals], token.Text[(equals + 1)..], token);
    }

    private IEnumerable<TextBlock> Blocks(Token word)
    {
        for (int found = 0; ; found++)
        {
            int back = _at;
            SkipLineEnds(onlyNewLines: true);
            Token? before =
                found > 0 && word.Text == "residual" && Next is { Kind: TokenKind.Word, Text: "shortcut" }
                    ? _tokens[_at++]
                    : null;
            if (Next.Kind != TokenKind.Open)
            {
                _at = before is null
                    ? back
                    : throw Next.Error($"found {Next.Described}, expected '{{' behind 'shortcut'.");
                yield break;
            }

            Token open = _tokens[_at++];
            if (++_depth > DeepestNesting)
            {
                throw open.Error($"blocks are nested more than {DeepestNesting} deep.");
            }

            List<TextLine> lines = Lines();
            _at +=
                Next.Kind == TokenKind.Close
                    ? 1
                    : throw Next.Error(
                        $"found {Next.Described}, expected '}}' for the '{{' of line {open.Line}, column {open.Column}."
                    );
            _depth--;
            yield return new TextBlock(before, lines);
        }
    }

    private void SkipLineEnds(bool onlyNewLines = false)
    {
        while (Next.Kind == TokenKind.EndOfLine || (Next.Kind == TokenKind.Semicolon && !onlyNewLines))
        {
            _at++;
        }
    }

    private Token Take(TokenKind kind, string expected) =>
        Next.Kind == kind ? _tokens[_at++] : throw Next.Error($"found {Next.Described}, expected {expected}.");
}
