using System.Globalization;

namespace Fovea.Files;

/// <summary>A cursor over a value as Python writes it: texts, truth values and tuples of whole numbers.</summary>
/// <param name="name">The file, for messages.</param>
/// <param name="text">The value.</param>
internal sealed class PythonLiteral(string name, string text)
{
    private int _at;

    /// <summary>Whether a character comes next.</summary>
    public bool At(char expected)
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        return _at < text.Length && text[_at] == expected;
    }

    /// <summary>Goes on behind a character where it comes next, and says whether it did.</summary>
    public bool Has(char expected)
    {
        bool isThere = At(expected);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    /// <summary>Goes on behind a character that may be there.</summary>
    public void Skip(char expected) => Has(expected);

    /// <summary>Goes on behind a character that must be there.</summary>
    public void Expect(char expected)
    {
        if (!Has(expected))
        {
            throw Wrong($"'{expected}' must stand here");
        }
    }

    /// <summary>A text in quotes.</summary>
    public string Text()
    {
        char quote =
            At('\'') ? '\''
            : At('"') ? '"'
            : throw Wrong("a text must stand here");
        int end = text.IndexOf(quote, _at + 1);
        if (end < 0)
        {
            throw Wrong("a text has no end");
        }

        string value = text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    /// <summary>True or False.</summary>
    public bool Truth()
    {
        At(' ');
        foreach (bool value in (bool[])[true, false])
        {
            string word = value ? "True" : "False";
            if (text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                return value;
            }
        }

        throw Wrong("True or False must stand here");
    }

    /// <summary>A tuple of whole numbers, 0 or more.</summary>
    public IReadOnlyList<long> Numbers(int most)
    {
        List<long> numbers = [];
        Expect('(');
        while (!Has(')'))
        {
            int start = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }

            bool isNumber =
                long.TryParse(
                    text.AsSpan(start, _at - start),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out long n
                )
                && numbers.Count < most;
            if (!isNumber)
            {
                throw Wrong($"up to {most} whole numbers of 0 to 2^63 - 1 must stand here");
            }

            numbers.Add(n);
            Skip('L'); // Python 2
            Skip(',');
        }

        return numbers;
    }

    /// <summary>A fault at the place of the cursor.</summary>
    public InvalidDataException Wrong(string problem) =>
        new($"{name}: the header of the array is damaged: character {_at}: {problem}.");
}
