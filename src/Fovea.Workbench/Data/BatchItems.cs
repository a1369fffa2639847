using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>The items of prepared batches, for a look at the data of a loop written by hand.</summary>
internal sealed class BatchItems : IDataset
{
    private readonly (Batch Batch, int Place)[] _items;

    private BatchItems(IReadOnlyList<Batch> batches, IReadOnlyList<string> classes)
    {
        Classes = classes;
        ItemShape = Shape.Create(batches[0].Inputs.Shape.Sizes[1..]);
        _items = [.. batches.SelectMany(b => Enumerable.Range(0, b.Inputs.Shape[0]).Select(i => (b, i)))];
    }

    /// <inheritdoc/>
    public string Name => "batches";

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public Shape ItemShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Looks at them. They are a part of the data, so nothing is said of the number of items a class.</summary>
    /// <param name="train">Items learned from.</param>
    /// <param name="heldOut">Items held out; may be empty.</param>
    /// <param name="classes">Class names.</param>
    /// <returns>Null where items are no floats, or have no labels.</returns>
    public static DataReport? Look(
        IReadOnlyList<Batch> train,
        IReadOnlyList<Batch> heldOut,
        IReadOnlyList<string> classes
    ) =>
        train.Count == 0 || classes.Count == 0 || !train.Concat(heldOut).All(Suits)
            ? null
            : DataLint.Of(
                new BatchItems(train, classes),
                heldOut.Count > 0 ? new BatchItems(heldOut, classes) : null
            ) with
            {
                TrainPerClass = [],
                LabelRuns = double.NaN,
            };

    /// <inheritdoc/>
    public int Label(int index) =>
        (int)Math.Clamp(_items[index].Batch.Targets.AsSpan<long>()[_items[index].Place], int.MinValue, int.MaxValue);

    /// <inheritdoc/>
    public void Read(int index, Span<float> destination)
    {
        (Batch batch, int place) = _items[index];
        batch.Inputs.AsSpan<float>().Slice(place * destination.Length, destination.Length).CopyTo(destination);
    }

    private static bool Suits(Batch batch) =>
        batch.Inputs is { DType: DType.Float32, Rank: > 1 }
        && batch.Targets is { DType: DType.Int64, Rank: 1 }
        && batch.Targets.Shape[0] == batch.Inputs.Shape[0];
}
