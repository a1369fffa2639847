namespace Fovea.Data;

/// <summary>The first items of a data set.</summary>
internal sealed class FirstItems : IDataset
{
    private readonly IDataset _data;

    private FirstItems(IDataset data, int count)
    {
        _data = data;
        Count = count;
    }

    /// <inheritdoc/>
    public string Name => _data.Name;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public Shape ItemShape => _data.ItemShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _data.Classes;

    /// <inheritdoc/>
    public ImageSizing? Sizing => _data.Sizing;

    /// <summary>The set itself where no number is asked for, else its first items.</summary>
    /// <exception cref="ArgumentException">There are not as many.</exception>
    public static IDataset Of(IDataset data, int? count, string option)
    {
        if (count is null || count == data.Count)
        {
            return data;
        }

        return count >= 1 && count <= data.Count
            ? new FirstItems(data, count.Value)
            : throw new ArgumentException(
                $"{data.Name}: {option} must be 1 to the set's {data.Count} items, got {count}."
            );
    }

    /// <inheritdoc/>
    public int Label(int index)
    {
        ItemAccess.CheckIndex(this, index);
        return _data.Label(index);
    }

    /// <inheritdoc/>
    public void Read(int index, Span<float> destination)
    {
        ItemAccess.Check(this, index, destination);
        _data.Read(index, destination);
    }

    /// <inheritdoc/>
    public RasterImage? Picture(int index)
    {
        ItemAccess.CheckIndex(this, index);
        return _data.Picture(index);
    }
}
