namespace Fovea.Data;

/// <summary>Series of one shape kept in memory.</summary>
internal sealed class SeriesDataset : IDataset
{
    private readonly float[][] _items;
    private readonly int[] _labels;

    /// <summary>Items [C, L] flattened, and their class indices.</summary>
    public SeriesDataset(string name, Shape itemShape, IReadOnlyList<string> classes, float[][] items, int[] labels)
    {
        Name = name;
        ItemShape = itemShape;
        Classes = classes;
        _items = items;
        _labels = labels;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public Shape ItemShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public int Label(int index)
    {
        ItemAccess.CheckIndex(this, index);
        return _labels[index];
    }

    /// <inheritdoc/>
    public void Read(int index, Span<float> destination)
    {
        ItemAccess.Check(this, index, destination);
        _items[index].CopyTo(destination);
    }
}
