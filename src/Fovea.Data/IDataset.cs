namespace Fovea.Data;

/// <summary>Labelled items of one shape, read by number: the contract every data set meets, a user's own
/// included.</summary>
/// <remarks>Implementations must allow <see cref="Read"/> and <see cref="Label"/> from several threads at once; a
/// <see cref="Loader"/> does that.</remarks>
public interface IDataset
{
    /// <summary>What to call the set in messages, e.g. <c>fashion-mnist train</c>.</summary>
    string Name { get; }

    /// <summary>Number of items.</summary>
    int Count { get; }

    /// <summary>Shape of every item: images [C, H, W], series [C, L].</summary>
    Shape ItemShape { get; }

    /// <summary>Class names; a label is an index into them.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>The class of an item: 0 to <c>Classes.Count - 1</c>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    int Label(int index);

    /// <summary>Copies an item's values as stored, last axis fastest: images scaled to 0..1, series in the file's
    /// units. Nothing is normalized here.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="destination">As many elements as <see cref="ItemShape"/> has.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    void Read(int index, Span<float> destination);

    /// <summary>How pictures of any size became items of one; null where the items are stored in their size.</summary>
    ImageSizing? Sizing => null;

    /// <summary>The picture that an item is made of, decoded anew, so that a random part of it can be cut out; null where
    /// there is none but the item itself.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    RasterImage? Picture(int index) => null;

    /// <summary>The item's number in the set that it was taken from, for messages; its own where it was taken from none.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    int SourceIndex(int index) => index;
}
