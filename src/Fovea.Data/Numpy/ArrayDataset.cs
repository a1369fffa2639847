namespace Fovea.Data;

/// <summary>Items of an array, one after the other, as bytes or as floats.</summary>
internal sealed class ArrayDataset : IDataset
{
    private readonly ArrayItems _items;
    private readonly int[] _places;
    private readonly int[] _labels;

    /// <summary>Some items of an array.</summary>
    /// <param name="name">The set's name.</param>
    /// <param name="items">The array.</param>
    /// <param name="places">Which of its items, in order.</param>
    /// <param name="labels">The class of each item of the array.</param>
    /// <param name="classes">Names of the classes.</param>
    public ArrayDataset(string name, ArrayItems items, int[] places, int[] labels, IReadOnlyList<string> classes)
    {
        Name = name;
        Classes = classes;
        (_items, _places, _labels) = (items, places, labels);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _places.Length;

    /// <inheritdoc/>
    public Shape ItemShape => _items.Shape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public int Label(int index)
    {
        ItemAccess.CheckIndex(this, index);
        return _labels[_places[index]];
    }

    /// <inheritdoc/>
    public void Read(int index, Span<float> destination)
    {
        ItemAccess.Check(this, index, destination);
        _items.Read(_places[index], destination);
    }
}
