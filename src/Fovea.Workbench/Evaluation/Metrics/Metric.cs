namespace Fovea.Workbench;

/// <summary>A figure that judges a network over all samples of a set, e.g. a mean error or an intersection over union.
/// Derive from it to write one.</summary>
/// <remarks>It gathers batch by batch, so that its value is that of the whole set and not a mean of the batches' values.
/// An object measures one set at a time.</remarks>
public abstract class Metric
{
    /// <summary>What it is called in results and in <c>metrics.jsonl</c>: that of the class unless set. A run has each
    /// name once; set it where there are two metrics of one kind.</summary>
    public virtual string Name
    {
        get => field ?? GetType().Name;
        init;
    }

    /// <summary>Whether a higher value is a better one.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>The value over all that was added since <see cref="Reset"/>; NaN where that does not define it.</summary>
    public abstract double Value { get; }

    /// <summary>Forgets all that was added.</summary>
    public abstract void Reset();

    /// <summary>Adds a batch.</summary>
    /// <param name="outputs">All outputs of the network, in evaluation behaviour, each [N, ...].</param>
    /// <param name="targets">All targets of the samples, each [N, ...].</param>
    /// <exception cref="ShapeException">They are not what the metric judges.</exception>
    public abstract void Add(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets);
}
