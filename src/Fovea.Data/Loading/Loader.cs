namespace Fovea.Data;

/// <summary>Turns a data set into batches. Batch (epoch, step) is a pure function of the seed: iterating again,
/// resuming in the middle and any number of workers give the same bits.</summary>
/// <remarks>
/// Order: a permutation from the seed's stream of the epoch. Item: read, preprocessed, then augmented from its own
/// stream (seed, epoch, index).
/// Batch transforms draw from the stream (seed, epoch, step). Safe to enumerate from several threads at once, each with
/// its own enumerator.
/// </remarks>
public sealed class Loader
{
    private readonly IDataset _data;
    private readonly LoaderOptions _options;
    private readonly Augmentation _augmentation;

    /// <summary>Creates a loader.</summary>
    /// <param name="data">Where the items come from; read from several threads at once where there are several
    /// workers.</param>
    /// <param name="options">How to make batches.</param>
    /// <exception cref="ArgumentException">Batch size or workers are out of range, a batch would have more than
    /// 536870912 values (2^29), or an augmentation does not fit the items.</exception>
    /// <exception cref="ShapeException">The preprocessing was made for items of another shape.</exception>
    public Loader(IDataset data, LoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        if (options.BatchSize < 1)
        {
            throw new ArgumentException($"Loader: BatchSize must be 1 or more, got {options.BatchSize}.");
        }

        if (options.Workers is < 0 or > 64)
        {
            throw new ArgumentException($"Loader: Workers must be 0 to 64, got {options.Workers}.");
        }

        if (options.Preprocessing is { } preprocessing && preprocessing.ItemShape != data.ItemShape)
        {
            throw new ShapeException(
                $"Loader: the preprocessing was fitted to items {preprocessing.ItemShape}, but {data.Name} has items {data.ItemShape}."
            );
        }

        int items = Math.Min(options.BatchSize, data.Count);
        long values = items * data.ItemShape.Count;
        if (values > ItemLimits.MostBatchValues)
        {
            throw new ArgumentException(
                $"Loader: a batch may have up to {ItemLimits.MostBatchValues} values, {items} items {data.ItemShape} have {values}. Use a smaller BatchSize."
            );
        }

        _augmentation = options.Augmentation ?? Augmentation.None;
        _augmentation.Check(data.ItemShape);
        (_data, _options) = (data, options);
    }

    /// <summary>Batches of an epoch; 0 for an empty set.</summary>
    public int BatchesPerEpoch =>
        (_data.Count / _options.BatchSize) + (!_options.DropLast && _data.Count % _options.BatchSize != 0 ? 1 : 0);

    /// <summary>The batches of an epoch in order. Enumerate with <c>foreach</c>, or dispose the enumerator: that stops
    /// the workers.</summary>
    /// <param name="epoch">0 up; another epoch has another order and other augmentation.</param>
    /// <param name="firstBatch">Where to start, 0 to <see cref="BatchesPerEpoch"/>: what a resumed run has already seen
    /// is skipped without preparing it.</param>
    /// <exception cref="ArgumentOutOfRangeException">Epoch or first batch is out of range.</exception>
    public IEnumerable<Batch> Epoch(int epoch, int firstBatch = 0)
    {
        if (epoch < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(epoch), $"Loader: epochs count from 0, got {epoch}.");
        }

        if (firstBatch < 0 || firstBatch > BatchesPerEpoch)
        {
            throw new ArgumentOutOfRangeException(
                nameof(firstBatch),
                $"Loader: the first batch must be 0 to the epoch's {BatchesPerEpoch} batches, got {firstBatch}."
            );
        }

        return _options.Workers == 0 ? PrepareHere(epoch, firstBatch) : PrepareAhead(epoch, firstBatch);
    }

    private IEnumerable<Batch> PrepareHere(int epoch, int firstBatch)
    {
        int[] order = Order(epoch);
        for (int step = firstBatch; step < BatchesPerEpoch; step++)
        {
            yield return Prepare(order, epoch, step, static () => false)!;
        }
    }

    private IEnumerable<Batch> PrepareAhead(int epoch, int firstBatch)
    {
        int[] order = Order(epoch);
        using BatchPipeline pipeline = new(
            _options.Workers,
            firstBatch,
            BatchesPerEpoch,
            (step, stopped) => Prepare(order, epoch, step, stopped)
        );
        for (int step = firstBatch; step < BatchesPerEpoch; step++)
        {
            yield return pipeline.Take(step);
        }
    }

    private int[] Order(int epoch) =>
        _options.Shuffle
            ? new Rng(_options.Seed).Split("order").Split((ulong)epoch).Permutation(_data.Count)
            : [.. Enumerable.Range(0, _data.Count)];

    /// <summary>Makes a batch; null where the consumer has gone meanwhile.</summary>
    private Batch? Prepare(int[] order, int epoch, int step, Func<bool> stopped)
    {
        int start = step * _options.BatchSize,
            count = Math.Min(_options.BatchSize, order.Length - start),
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

            int index = order[start + n];
            Span<float> item = inputs.AsSpan(n * size, size);
            _data.Read(index, item);
            _options.Preprocessing?.Apply(item);
            Rng rng = items.Split((ulong)index);
            foreach (ItemTransform transform in _augmentation.Items)
            {
                transform.Apply(item, _data.ItemShape, rng);
            }

            labels[n] = Label(index);
        }

        Tensor targets = _augmentation.Batch is { } mix
            ? Mixed(mix, inputs, labels, new Rng(_options.Seed).Split("batches").Split((ulong)epoch).Split((ulong)step))
            : Tensor.From(labels, [count]);
        return new Batch(
            Tensor.From(inputs, [count, .. _data.ItemShape.Sizes]),
            targets,
            order.AsSpan(start, count).ToArray()
        );
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
