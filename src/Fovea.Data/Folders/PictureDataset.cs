namespace Fovea.Data;

/// <summary>Pictures of a folder as items of one size. Each reading decodes the file anew, but for items that are
/// kept.</summary>
internal sealed class PictureDataset(
    string name,
    IReadOnlyList<PictureFile> pictures,
    IReadOnlyList<string> classes,
    Shape itemShape,
    ImageSizing sizing,
    long mostPixels
) : IDataset
{
    private readonly int[] _labels = Labels(pictures, classes);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Count => pictures.Count;

    /// <inheritdoc/>
    public Shape ItemShape => itemShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => classes;

    /// <inheritdoc/>
    public ImageSizing? Sizing => sizing;

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
        byte[] item = pictures[index].Item ?? sizing.Bytes(Decode(index), itemShape);
        ImageInput.ToPlanes(item, itemShape[0], destination);
    }

    /// <inheritdoc/>
    public RasterImage? Picture(int index)
    {
        ItemAccess.CheckIndex(this, index);
        return Decode(index);
    }

    private RasterImage Decode(int index) => ImageFile.Read(pictures[index].Path, mostPixels);

    private static int[] Labels(IReadOnlyList<PictureFile> pictures, IReadOnlyList<string> classes)
    {
        Dictionary<string, int> indices = new(StringComparer.Ordinal);
        for (int i = 0; i < classes.Count; i++)
        {
            indices.TryAdd(ComposedName.Of(classes[i]), i);
        }

        return [.. pictures.Select(p => indices[p.Class])];
    }
}
