namespace Fovea.Data;

/// <summary>How a <see cref="Loader"/> makes batches.</summary>
public sealed record LoaderOptions
{
    /// <summary>Items of a batch, 1 up; the last batch of an epoch may have fewer.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>A new random order each epoch; without it, the data set's order.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Decides order and augmentation: a batch depends on seed, epoch and step alone.</summary>
    public ulong Seed { get; init; }

    /// <summary>Leave out a last batch that is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>Normalization, applied before augmentation; null: items as stored.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Random changes; null: none.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Threads that prepare batches ahead, 0 to 64; with 0 the caller's own thread does it. Batches have the
    /// same bits for any number.</summary>
    public int Workers { get; init; } = 1;
}
