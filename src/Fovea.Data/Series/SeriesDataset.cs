namespace Fovea.Data;

/// <summary>Series of one shape kept in memory.</summary>
internal sealed class SeriesDataset : IDataset
{
    private readonly Lazy<float[][]> _items;
    private readonly int[] _labels;

    /// <summary>Items [C, L] flattened, made on first use where they are generated, and their class indices.</summary>
    public SeriesDataset(
        string name,
        Shape itemShape,
        IReadOnlyList<string> classes,
        Lazy<float[][]> items,
        int[] labels
    )
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
    public int Count => _labels.Length;

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
        _items.Value[index].CopyTo(destination);
    }
}
