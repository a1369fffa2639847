using System.Text;

namespace Fovea.Data;

/// <summary>File names as one compares them: a letter followed by its mark, as some file systems store it, is the one
/// character that others store (Unicode form NFC). Works without the system's language data.</summary>
internal static class ComposedName
{
    // Korean syllables are composed by arithmetic (Unicode standard, section 3.12).
    private const int Syllables = 0xAC00,
        Leading = 0x1100,
        Vowels = 0x1161,
        Trailing = 0x11A7,
        VowelCount = 21,
        TrailingCount = 28;

    private static readonly Dictionary<(char Letter, char Mark), char> Pairs = Build();

    /// <summary>The name in composed form; itself where nothing is to compose.</summary>
    public static string Of(string name)
    {
        if (System.Text.Ascii.IsValid(name))
        {
            return name;
        }

        StringBuilder result = new(name.Length);
        foreach (char next in name)
        {
            if (result.Length > 0 && Compose(result[^1], next) is { } composed)
            {
                result[^1] = composed;
                continue;
            }

            result.Append(next);
        }

        return result.ToString();
    }

    private static char? Compose(char letter, char mark)
    {
        if (
            letter is >= (char)Leading and < (char)(Leading + 19)
            && mark is >= (char)Vowels and < (char)(Vowels + VowelCount)
        )
        {
            return (char)(Syllables + ((((letter - Leading) * VowelCount) + mark - Vowels) * TrailingCount));
        }

        if (
            letter is >= (char)Syllables and < (char)(Syllables + 11172)
            && (letter - Syllables) % TrailingCount == 0
            && mark is > (char)Trailing and < (char)(Trailing + TrailingCount)
        )
        {
            return (char)(letter + mark - Trailing);
        }

        return Pairs.TryGetValue((letter, mark), out char composed) ? composed : null;
    }

    private static Dictionary<(char, char), char> Build()
    {
        Dictionary<(char, char), char> pairs = [];
        foreach ((char mark, string letters) in ComposedPairs.ByMark)
        {
            for (int i = 0; i < letters.Length; i += 2)
            {
                pairs[(letters[i], mark)] = letters[i + 1];
            }
        }

        return pairs;
    }
}
