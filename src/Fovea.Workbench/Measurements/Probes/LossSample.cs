namespace Fovea.Workbench;

/// <summary>The loss of some batches, with what is needed to tell by how much it may differ by chance.</summary>
internal sealed class LossSample
{
    private readonly List<(double Loss, int Items)> _parts = [];
    private double _sum;

    /// <summary>Items measured.</summary>
    public int Items { get; private set; }

    /// <summary>Items predicted right; of no meaning where items have no class.</summary>
    public int Right { get; private set; }

    /// <summary>Mean loss by items; NaN without any.</summary>
    public double Mean => Items > 0 ? _sum / Items : double.NaN;

    /// <summary>Adds a batch.</summary>
    /// <param name="loss">Its mean loss.</param>
    /// <param name="items">Its items.</param>
    /// <param name="right">Of them predicted right.</param>
    public void Add(double loss, int items, int right) =>
        (_sum, Items, Right) = (_sum + (loss * items), Items + items, Right + right);

    /// <summary>Adds a part of a batch, to compare by.</summary>
    /// <param name="loss">Its mean loss.</param>
    /// <param name="items">Its items.</param>
    public void AddPart(double loss, int items) => _parts.Add((loss, items));

    /// <summary>Standard error of the difference of two means over the same parts, weighted by items: with shares s and
    /// differences d of n parts the root of n/(n-1) sum s² (d - mean)². NaN for fewer than two parts, or losses that are no
    /// finite numbers.</summary>
    /// <param name="other">The other loss of the same items.</param>
    public double ErrorOf(LossSample other)
    {
        int n = _parts.Count;
        if (n < 2 || other._parts.Count != n)
        {
            return double.NaN;
        }

        double items = _parts.Sum(p => p.Items),
            mean = 0,
            squares = 0;
        for (int i = 0; i < n; i++)
        {
            mean += _parts[i].Items / items * (_parts[i].Loss - other._parts[i].Loss);
        }

        for (int i = 0; i < n; i++)
        {
            double off = _parts[i].Items / items * (_parts[i].Loss - other._parts[i].Loss - mean);
            squares += off * off;
        }

        return double.IsFinite(squares) ? Math.Sqrt(squares * n / (n - 1)) : double.NaN;
    }
}
