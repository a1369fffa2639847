namespace Fovea.Workbench;

/// <summary>Whether something holds in 3 of 5 successive samples, for 30 updates or more.</summary>
/// <param name="Lasts">Whether it holds so at the end.</param>
/// <param name="Was">Whether it held so at some time.</param>
/// <param name="Onset">The update at which the newest such stretch began; null without any.</param>
/// <param name="Updates">Length of that stretch.</param>
internal sealed record Persistence(bool Lasts, bool Was, long? Onset, long Updates)
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "in 3 of 5 samples, for 30 updates";

    private const int Of5 = 5,
        Most = 3,
        Long = 30;

    /// <summary>Looks through samples.</summary>
    /// <param name="samples">In order: the update, and whether it holds there.</param>
    public static Persistence Of(IReadOnlyList<(long Step, bool Holds)> samples)
    {
        Persistence found = new(false, false, null, 0);
        int start = -1;
        for (int i = 0; i < samples.Count; i++)
        {
            int from = Math.Max(0, i - Of5 + 1);
            if (Enumerable.Range(from, i - from + 1).Count(j => samples[j].Holds) < Most)
            {
                start = -1;
                continue;
            }

            start = start >= 0 ? start : Enumerable.Range(from, i - from + 1).First(j => samples[j].Holds);
            long length = samples[i].Step - samples[start].Step;
            if (length >= Long)
            {
                found = new Persistence(i == samples.Count - 1, true, samples[start].Step, length);
            }
        }

        return found;
    }
}
