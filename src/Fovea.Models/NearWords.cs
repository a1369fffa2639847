namespace Fovea.Models;

/// <summary>Finds what a misspelt word may have meant.</summary>
internal static class NearWords
{
    private const int Longest = 64;

    /// <summary>Up to three words within three edits of a word, or containing it; the nearest first.</summary>
    public static string[] Of(string word, IEnumerable<string> words) =>
        word.Length is 0 or > Longest
            ? []
            :
            [
                .. words
                    .Where(w => w.Length <= Longest)
                    .Select(w => (Word: w, Distance: Distance(w, word)))
                    .Where(w => w.Distance <= 3 || w.Word.Contains(word, StringComparison.Ordinal))
                    .OrderBy(w => w.Distance)
                    .Select(w => w.Word)
                    .Take(3),
            ];

    /// <summary>A question behind a message: the nearest word, where it is near enough to be a slip of the hand; else
    /// nothing.</summary>
    public static string Question(string word, IEnumerable<string> words) =>
        Of(word, words) is [string near, ..] && Distance(near, word) <= Math.Max(1, word.Length / 2)
            ? $" Did you mean '{near}'?"
            : "";

    /// <summary>Edits from one word to another (Levenshtein 1966).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (
                    row[j],
                    Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1))
                );
            }
        }

        return row[^1];
    }
}
