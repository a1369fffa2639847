using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Some items of a data set, by number.</summary>
internal sealed class ItemSubset(IDataset data, int[] indices, string name) : IDataset
{
    public string Name => name;

    public int Count => indices.Length;

    public Shape ItemShape => data.ItemShape;

    public IReadOnlyList<string> Classes => data.Classes;

    public int Label(int index) => data.Label(indices[index]);

    public ImageSizing? Sizing => data.Sizing;

    public void Read(int index, Span<float> destination) => data.Read(indices[index], destination);

    public RasterImage? Picture(int index) => data.Picture(indices[index]);

    public int SourceIndex(int index) => data.SourceIndex(indices[index]);
}

/// <summary>Some samples of a set, by number.</summary>
internal sealed class SampleSubset(ISampleSet data, int[] indices, string name) : ISampleSet
{
    public string Name => name;

    public int Count => indices.Length;

    public Sample Read(int index) => data.Read(indices[index]);

    public int SourceIndex(int index) => indices[index];
}

/// <summary>Splits training items into those learned from and those held out, class by class.</summary>
internal static class HeldOutSplit
{
    /// <summary>Holds out the fraction of each class, rounded, but leaves each class at least one item to learn from.
    /// The seed alone decides which.</summary>
    /// <exception cref="ArgumentException">Nothing would be held out.</exception>
    public static (IDataset Train, IDataset? HeldOut) Of(IDataset data, double fraction, ulong seed)
    {
        if (fraction == 0)
        {
            return (data, null);
        }

        Rng rng = new Rng(seed).Split("held-out");
        List<int> train = [],
            held = [];
        foreach (IGrouping<int, int> group in Enumerable.Range(0, data.Count).GroupBy(data.Label).OrderBy(g => g.Key))
        {
            int[] items = [.. group];
            int count = Math.Min(
                items.Length - 1,
                (int)Math.Round(fraction * items.Length, MidpointRounding.AwayFromZero)
            );
            int[] order = rng.Split((ulong)group.Key).Permutation(items.Length);
            held.AddRange(order.Take(count).Select(i => items[i]));
            train.AddRange(order.Skip(count).Select(i => items[i]));
        }

        if (held.Count == 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"Training: validation {fraction} of {data.Count} items in {data.Classes.Count} classes holds out nothing. Use --validation 0, or a larger fraction."
                )
            );
        }

        train.Sort();
        held.Sort();
        return (new ItemSubset(data, [.. train], data.Name), new ItemSubset(data, [.. held], $"{data.Name}, held out"));
    }

    /// <summary>Holds out the fraction of the samples, rounded, but leaves one or more to learn from. The seed alone decides
    /// which.</summary>
    /// <exception cref="ArgumentException">Nothing would be held out.</exception>
    public static (ISampleSet Train, ISampleSet? HeldOut) Of(ISampleSet data, double fraction, ulong seed)
    {
        if (fraction == 0)
        {
            return (data, null);
        }

        int count = Math.Min(data.Count - 1, (int)Math.Round(fraction * data.Count, MidpointRounding.AwayFromZero));
        if (count < 1)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"Training: validation {fraction} of {data.Count} samples holds out nothing. Use 0, or a larger fraction."
                )
            );
        }

        int[] order = new Rng(seed).Split("held-out").Permutation(data.Count);
        int[] held = [.. order.Take(count).Order()],
            train = [.. order.Skip(count).Order()];
        return (new SampleSubset(data, train, data.Name), new SampleSubset(data, held, $"{data.Name}, held out"));
    }
}
