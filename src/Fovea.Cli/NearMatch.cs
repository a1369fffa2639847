namespace Fovea.Cli;

/// <summary>Guesses what a misspelt word was meant to be.</summary>
internal static class NearMatch
{
    /// <summary>The closest of some words, where it is close enough to be meant; else null.</summary>
    public static string? Find(string word, IEnumerable<string> words) =>
        words
            .Select(w =>
                (
                    Word: w,
                    Distance: w.StartsWith(word, StringComparison.Ordinal) && word.Length > 2 ? 1 : Distance(word, w)
                )
            )
            .Where(c => c.Distance <= Math.Max(1, word.TrimStart('-').Length / 3))
            .OrderBy(c => c.Distance)
            .ThenBy(c => c.Word, StringComparer.Ordinal)
            .Select(c => c.Word)
            .FirstOrDefault();

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that lead from one word to another (Damerau
    /// 1964, restricted).</summary>
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
