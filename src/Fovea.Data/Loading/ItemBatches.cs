namespace Fovea.Data;

/// <summary>Puts labelled items behind one another into batches: read, preprocessed, augmented.</summary>
internal sealed class ItemBatches
{
    private readonly IDataset _data;
    private readonly LoaderOptions _options;
    private readonly Augmentation _augmentation;
    private readonly ItemTransform[] _before;
    private readonly ItemTransform[] _after;

    /// <summary>Prepares items of a set.</summary>
    /// <exception cref="ArgumentException">An augmentation does not fit the items.</exception>
    public ItemBatches(IDataset data, LoaderOptions options)
    {
        (_data, _options, _augmentation) = (data, options, options.Augmentation ?? Augmentation.None);
        _augmentation.Check(data.ItemShape);
        _before = [.. _augmentation.Items.Where(t => t.BeforePreprocessing)];
        _after = [.. _augmentation.Items.Where(t => !t.BeforePreprocessing)];
    }

    /// <summary>Makes a batch; null where the consumer has gone meanwhile.</summary>
    public Batch? Prepare(int[] indices, int epoch, int step, Func<bool> stopped)
    {
        int count = indices.Length,
            size = (int)_data.ItemShape.Count;
        float[] inputs = new float[(long)count * size];
        long[] labels = new long[count];
        Rng items = new Rng(_options.Seed).Split("items").Split((ulong)epoch);
        for (int n = 0; n < count; n++)
        {
            if (stopped())
            {
                return null;
            }

            int index = indices[n];
            Span<float> item = inputs.AsSpan(n * size, size);
            Prepare(index, item, items.Split((ulong)index));
            labels[n] = Label(index);
        }

        Tensor targets = _augmentation.Batch is { } mix
            ? Mixed(mix, inputs, labels, new Rng(_options.Seed).Split("batches").Split((ulong)epoch).Split((ulong)step))
            : Tensor.From(labels, [count]);
        return new Batch(Tensor.From(inputs, [count, .. _data.ItemShape.Sizes]), targets, indices);
    }

    /// <summary>Reads an item and changes it. A random part is cut out of the picture itself where there is one.</summary>
    private void Prepare(int index, Span<float> item, Rng rng)
    {
        int first = 0;
        if (_before is [RandomResizedCrop crop, ..] && _data.Picture(index) is { } picture)
        {
            crop.Cut(picture, item, _data.ItemShape, rng);
            first = 1;
        }
        else
        {
            _data.Read(index, item);
        }

        foreach (ItemTransform transform in _before.AsSpan(first))
        {
            transform.Apply(item, _data.ItemShape, rng);
        }

        _options.Preprocessing?.Apply(item);
        foreach (ItemTransform transform in _after)
        {
            transform.Apply(item, _data.ItemShape, rng);
        }
    }

    private int Label(int index)
    {
        int label = _data.Label(index);
        return (uint)label < (uint)_data.Classes.Count
            ? label
            : throw new InvalidOperationException(
                $"Loader: the label of item {index} of {_data.Name} must be 0 to {_data.Classes.Count - 1}, got {label}."
            );
    }

    private Tensor Mixed(BatchTransform mix, float[] inputs, long[] labels, Rng rng)
    {
        int classes = _data.Classes.Count;
        float[] weights = new float[labels.Length * classes];
        for (int n = 0; n < labels.Length; n++)
        {
            weights[(n * classes) + labels[n]] = 1;
        }

        mix.Apply(inputs, weights, _data.ItemShape, labels.Length, rng);
        return Tensor.From(weights, [labels.Length, classes]);
    }
}
