namespace Fovea.Data;

/// <summary>Turns a data set into batches. Batch (epoch, step) is a pure function of the seed: iterating again,
/// resuming in the middle and any number of workers give the same bits.</summary>
/// <remarks>
/// Order: a permutation from the seed's stream of the epoch. Item: read, preprocessed, then augmented from its own
/// stream (seed, epoch, index).
/// Batch transforms draw from the stream (seed, epoch, step). Samples of several tensors: read, then augmented likewise. Safe to enumerate from several threads at once, each with
/// its own enumerator.
/// </remarks>
public sealed class Loader
{
    private readonly LoaderOptions _options;
    private readonly int _count;
    private readonly Func<int[], int, int, Func<bool>, Batch?> _prepare;

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
        Check(options);
        if (options.Preprocessing is { } preprocessing && preprocessing.ItemShape != data.ItemShape)
        {
            throw new ShapeException(
                $"Loader: the preprocessing was fitted to items {preprocessing.ItemShape}, but {data.Name} has items {data.ItemShape}."
            );
        }

        RequireModest(Math.Min(options.BatchSize, data.Count), data.ItemShape.Count, $"items {data.ItemShape}");
        ItemBatches items = new(data, options);
        (_options, _count, _prepare) = (options, data.Count, items.Prepare);
    }

    /// <summary>Creates a loader of samples of several tensors.</summary>
    /// <param name="samples">Where the samples come from; read from several threads at once where there are several
    /// workers.</param>
    /// <param name="options">How to make batches. Preprocessing and augmentation are for labelled items.</param>
    /// <param name="augment">Changes each sample at random, as <see cref="SampleSource.Augment"/> does; null for no
    /// change.</param>
    /// <exception cref="ArgumentException">Batch size or workers are out of range, a batch would have more than
    /// 536870912 values (2^29), or the options have a preprocessing or an augmentation.</exception>
    public Loader(ISampleSet samples, LoaderOptions options, Func<Sample, Rng, Sample>? augment = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        if (options.Preprocessing is not null || options.Augmentation is not null)
        {
            throw new ArgumentException(
                $"Loader: preprocessing and augmentation of the options are for labelled items; {samples.Name} prepares its samples in Read, and augment changes them."
            );
        }

        SampleBatches batches = new(samples, augment);
        RequireModest(Math.Min(options.BatchSize, samples.Count), batches.ValuesOfOne, "samples");
        (_options, _count) = (options, samples.Count);
        _prepare = (indices, epoch, _, stopped) =>
            batches.Prepare(indices, new Rng(options.Seed).Split("items").Split((ulong)epoch), stopped);
    }

    /// <summary>Batches of an epoch; 0 for an empty set.</summary>
    public int BatchesPerEpoch =>
        (_count / _options.BatchSize) + (!_options.DropLast && _count % _options.BatchSize != 0 ? 1 : 0);

    /// <summary>Threads that prepare batches ahead; 0 where the caller's own thread does it.</summary>
    public int Workers => _options.Workers;

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
            ? new Rng(_options.Seed).Split("order").Split((ulong)epoch).Permutation(_count)
            : [.. Enumerable.Range(0, _count)];

    private Batch? Prepare(int[] order, int epoch, int step, Func<bool> stopped)
    {
        int start = step * _options.BatchSize;
        int[] indices = order.AsSpan(start, Math.Min(_options.BatchSize, order.Length - start)).ToArray();
        return _prepare(indices, epoch, step, stopped);
    }

    private static void Check(LoaderOptions options)
    {
        if (options.BatchSize < 1)
        {
            throw new ArgumentException($"Loader: BatchSize must be 1 or more, got {options.BatchSize}.");
        }

        if (options.Workers is < 0 or > 64)
        {
            throw new ArgumentException($"Loader: Workers must be 0 to 64, got {options.Workers}.");
        }
    }

    private static void RequireModest(int items, long valuesOfOne, string what)
    {
        if (items * valuesOfOne > ItemLimits.MostBatchValues)
        {
            throw new ArgumentException(
                $"Loader: a batch may have up to {ItemLimits.MostBatchValues} values, {items} {what} have {items * valuesOfOne}. Use a smaller BatchSize."
            );
        }
    }
}
