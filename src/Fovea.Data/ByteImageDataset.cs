namespace Fovea.Data;

/// <summary>Images kept as bytes in memory, given out as floats 0..1.</summary>
internal sealed class ByteImageDataset : IDataset
{
    private readonly Lazy<byte[]> _pixels;
    private readonly int _start;
    private readonly byte[] _labels;
    private readonly int _itemSize;

    /// <summary>Images one after the other from <paramref name="start"/> on, a label byte each.</summary>
    public ByteImageDataset(
        string name,
        Shape itemShape,
        IReadOnlyList<string> classes,
        byte[] labels,
        Lazy<byte[]> pixels,
        int start = 0
    )
    {
        Name = name;
        ItemShape = itemShape;
        Classes = classes;
        _labels = labels;
        _pixels = pixels;
        _start = start;
        _itemSize = (int)itemShape.Count;
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
        ReadOnlySpan<byte> source = _pixels.Value.AsSpan(_start + (index * _itemSize), _itemSize);
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = source[i] / 255f;
        }
    }
}
