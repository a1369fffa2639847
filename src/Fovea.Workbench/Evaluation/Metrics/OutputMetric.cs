namespace Fovea.Workbench;

/// <summary>A metric that compares one output with one target.</summary>
public abstract class OutputMetric : Metric
{
    /// <summary>Which output is judged, from 0.</summary>
    public int Output { get; init; }

    /// <summary>Which target it is compared with, from 0.</summary>
    public int Target { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">There is no such output or target, or they do not fit.</exception>
    public sealed override void Add(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        Add(Pick(outputs, Output, "Output", "outputs"), Pick(targets, Target, "Target", "targets"));
    }

    /// <summary>Adds a batch of the output and the target.</summary>
    /// <param name="output">What the network gave, [N, ...].</param>
    /// <param name="target">What it should have given.</param>
    /// <exception cref="ShapeException">They do not fit.</exception>
    protected abstract void Add(Tensor output, Tensor target);

    /// <summary>Requires output and target to have one shape, of one axis or more.</summary>
    private protected void RequireSameShape(Tensor output, Tensor target)
    {
        if (output.Shape != target.Shape || output.Rank == 0)
        {
            throw new ShapeException(
                $"{Name}: output and target must have the same shape [items, ...], got {output.Shape} and {target.Shape}. Broadcasting here would hide a mistake; use Reshape or Squeeze."
            );
        }
    }

    private Tensor Pick(IReadOnlyList<Tensor> tensors, int index, string member, string what) =>
        (uint)index < (uint)tensors.Count
            ? tensors[index]
            : throw new ShapeException(
                $"{Name}: {member} is {index}, but there are {tensors.Count} {what}, counted from 0."
            );
}
