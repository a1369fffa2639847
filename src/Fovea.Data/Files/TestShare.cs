namespace Fovea.Data;

/// <summary>Sets items aside to be judged on, where a data set has no split of its own.</summary>
internal static class TestShare
{
    private const double Share = 0.2;

    /// <summary>Which items are set aside: a fifth of each class, at least one, never all.</summary>
    /// <typeparam name="TClass">What tells classes apart.</typeparam>
    /// <param name="classes">The class of each item.</param>
    /// <param name="rng">Decides which; a stream of its own for each class, in the order in which classes are met.</param>
    public static bool[] Of<TClass>(IReadOnlyList<TClass> classes, Rng rng)
    {
        bool[] test = new bool[classes.Count];
        ulong index = 0;
        foreach (IGrouping<TClass, int> group in Enumerable.Range(0, classes.Count).GroupBy(i => classes[i]))
        {
            int[] items = [.. group];
            int count = Math.Min(items.Length - 1, Math.Max(1, (int)Math.Round(Share * items.Length)));
            foreach (int i in rng.Split(index++).Permutation(items.Length).Take(count))
            {
                test[items[i]] = true;
            }
        }

        return test;
    }
}
