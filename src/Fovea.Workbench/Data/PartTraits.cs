namespace Fovea.Workbench;

/// <summary>The trait by which items of two parts are told apart best.</summary>
/// <param name="Name">What is measured of an item.</param>
/// <param name="Apart">How often an item held out has more of it than one learned from, or less, whichever is more often; ties count
/// half: 0.5 where the parts are alike, 1 where each item tells its part.</param>
/// <param name="Errors">How many standard errors that is above 0.5.</param>
/// <param name="Learned">Its median over the items learned from.</param>
/// <param name="Others">Its median over the other items.</param>
/// <param name="Items">Items of the smaller part.</param>
public sealed record PartTrait(string Name, double Apart, double Errors, double Learned, double Others, int Items);

/// <summary>Compares what is measured of the items of two parts: the probability that an item of one exceeds one of the other
/// (Mann, Whitney 1947).</summary>
internal static class PartTraits
{
    /// <summary>The trait that tells the parts apart best; null without items.</summary>
    public static PartTrait? Of(PartLook learned, PartLook others) =>
        Enumerable
            .Range(0, ItemTraits.Names.Count)
            .Select(i =>
                Compare(
                    ItemTraits.Names[i],
                    [.. learned.Traits.Select(t => t[i]).Where(double.IsFinite)],
                    [.. others.Traits.Select(t => t[i]).Where(double.IsFinite)]
                )
            )
            .OfType<PartTrait>()
            .MaxBy(t => t.Apart);

    private static PartTrait? Compare(string name, double[] a, double[] b)
    {
        if (a.Length < 2 || b.Length < 2)
        {
            return null;
        }

        Array.Sort(a);
        Array.Sort(b);
        double below = 0;
        int less = 0,
            upTo = 0;
        foreach (double value in b)
        {
            while (less < a.Length && a[less] < value)
            {
                less++;
            }

            while (upTo < a.Length && a[upTo] <= value)
            {
                upTo++;
            }

            below += (less + upTo) / 2.0;
        }

        double n = (double)a.Length * b.Length,
            more = below / n,
            error = Math.Sqrt((a.Length + b.Length + 1) / (12 * n));
        double apart = Math.Max(more, 1 - more);
        return new PartTrait(
            name,
            apart,
            (apart - 0.5) / error,
            a[a.Length / 2],
            b[b.Length / 2],
            Math.Min(a.Length, b.Length)
        );
    }
}
