using System.Numerics;

namespace Fovea.Workbench;

/// <summary>Finds items with a neighbour that is far nearer than neighbours otherwise are: copies that were saved anew, shifted
/// a little, or taken of the same thing.</summary>
/// <remarks>
/// <para>An item counts whose nearest neighbour is nearer than 0.15 of the distance of its tenth. A ratio asks nothing of the scale,
/// and a group of up to nine pictures of one thing on the other side does not hide itself, as it would in a comparison with
/// distances within a part.</para>
/// <para>Where items lie on a surface of m dimensions the ratio falls below r by chance with probability 1 - (1 - r^m)^9, as
/// the nine nearer ones are spread evenly in the ball of the tenth; (d5/d10)^m has the median 1/2, which gives m. As long as the
/// count is not clearly more than twice that, none is said to be a copy.</para>
/// </remarks>
internal static class NearNeighbours
{
    private const int Nearest = 10,
        MostQueries = 512,
        MostAgreeing = 1000;
    private const double Ratio = 0.15;

    /// <summary>Counts them.</summary>
    /// <param name="learned">Items learned from.</param>
    /// <param name="others">Items of another part; those that equal one learned from are left out.</param>
    /// <returns>How many have such a neighbour, of how many that were looked at.</returns>
    public static (int Near, int Looked) Count(IReadOnlyList<ItemLook> learned, IReadOnlyList<ItemLook> others)
    {
        HashSet<UInt128> known = [.. learned.Select(l => l.Hash)];
        float[][] all =
        [
            .. learned.Where(l => l.Signature is not null).DistinctBy(l => l.Hash).Select(l => l.Signature!),
        ];
        float[][] asked = Some([
            .. others.Where(l => l.Signature is not null && !known.Contains(l.Hash)).Select(l => l.Signature!),
        ]);
        if (all.Length < 4 * Nearest || asked.Length == 0)
        {
            return (0, 0);
        }

        double[] within =
        [
            .. Some(all).Select(q => Distances(q, all, leaveOut: q)).Select(d => d[4] / d[Nearest - 1]).Order(),
        ];
        double m = Math.Log(0.5) / Math.Log(Math.Clamp(within[within.Length / 2], 0.01, 0.9999)),
            chance = 1 - Math.Pow(1 - Math.Pow(Ratio, m), Nearest - 1);
        int near = asked.Count(q => Distances(q, all, leaveOut: null) is var d && d[0] < Ratio * d[Nearest - 1]);
        return (Proportion.Wilson(near, asked.Length).Low > 2 * chance ? near : 0, asked.Length);
    }

    /// <summary>Shares of items whose nearest other item of the same part has the same label, for as many items of each
    /// part, copies left out: how near the nearest is depends on how many there are.</summary>
    /// <param name="learned">Items learned from.</param>
    /// <param name="test">Items of the test part; empty without.</param>
    /// <returns>Of the items learned from, of the test part, and of how many each.</returns>
    public static (double Learned, double Test, int Items) Agreement(
        IReadOnlyList<ItemLook> learned,
        IReadOnlyList<ItemLook> test
    )
    {
        ItemLook[][] parts = [Labelled(learned), Labelled(test)];
        int count = Math.Min(
            MostAgreeing,
            parts.Where(p => p.Length > Nearest).Select(p => p.Length).DefaultIfEmpty().Min()
        );
        double[] shares = [.. parts.Select(p => p.Length > Nearest && count > 0 ? Share(Some(p, count)) : double.NaN)];
        return (shares[0], shares[1], count);

        static ItemLook[] Labelled(IReadOnlyList<ItemLook> looks) =>
            [.. looks.Where(l => l is { Signature: not null, Label: not null }).DistinctBy(l => l.Hash)];
        static double Share(ItemLook[] items) =>
            items.Average(i =>
                items.Where(o => o != i).MinBy(o => SquaredDistance(i.Signature!, o.Signature!))!.Label == i.Label
                    ? 1.0
                    : 0.0
            );
    }

    private static ItemLook[] Some(ItemLook[] items, int count) =>
        [.. Enumerable.Range(0, count).Select(i => items[(long)i * items.Length / count])];

    private static float[][] Some(float[][] items)
    {
        int count = Math.Min(items.Length, MostQueries);
        return [.. Enumerable.Range(0, count).Select(i => items[(long)i * items.Length / count])];
    }

    /// <summary>The distances of the nearest, in order.</summary>
    private static double[] Distances(float[] item, float[][] all, float[]? leaveOut)
    {
        float[] nearest = new float[Nearest];
        Array.Fill(nearest, float.PositiveInfinity);
        foreach (float[] other in all)
        {
            if (ReferenceEquals(other, leaveOut))
            {
                continue;
            }

            float distance = SquaredDistance(item, other);
            if (distance >= nearest[^1])
            {
                continue;
            }

            int place = Nearest - 1;
            for (; place > 0 && nearest[place - 1] > distance; place--)
            {
                nearest[place] = nearest[place - 1];
            }

            nearest[place] = distance;
        }

        return [.. nearest.Select(d => Math.Sqrt(d))];
    }

    /// <summary>The squared Euclidean distance.</summary>
    public static float SquaredDistance(float[] a, float[] b)
    {
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> off = new Vector<float>(a, i) - new Vector<float>(b, i);
            sum += off * off;
        }

        float total = Vector.Sum(sum);
        for (; i < a.Length; i++)
        {
            total += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return total;
    }
}
