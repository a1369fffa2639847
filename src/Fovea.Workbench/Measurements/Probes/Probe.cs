using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>A trial on a network in training, or a look at it, that answers what watching alone cannot. Derive from it, with a
/// constructor without parameters, to add one.</summary>
/// <remarks>A probe may change weights, states, modes and gradients as it likes: <see cref="ProbeRunner"/> puts all back, and
/// checks that it is the same to the bit.</remarks>
public abstract class Probe
{
    /// <summary>What questions ask for it by, e.g. <c>gain</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it goes without an optimizer, and so suits a network that is trained already.</summary>
    public virtual bool NeedsOptimizer => false;

    /// <summary>Whether it looks at the network that is trained, so that a run that is watched in full tries it when it
    /// ends, whatever the answers are, where a fiftieth of the steps or 26 steps pay for it.</summary>
    public virtual bool AtTheEnd => false;

    /// <summary>What it costs at most, about, in training steps: see docs/probes.md.</summary>
    public virtual double Cost => 10;

    /// <summary>Tries it.</summary>
    /// <param name="context">The network, and what it learns from.</param>
    /// <returns>What came of it; several lines for several layers; none where there is nothing to try.</returns>
    public abstract IReadOnlyList<MeasuredProbe> Try(ProbeContext context);

    /// <summary>A line of this probe about the whole network.</summary>
    protected MeasuredProbe Line(ProbeContext context, params IEnumerable<(string Name, double Value)> values) =>
        Line(context, "", values);

    /// <summary>A line of this probe about a layer.</summary>
    protected MeasuredProbe Line(
        ProbeContext context,
        string layer,
        params IEnumerable<(string Name, double Value)> values
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return new MeasuredProbe(context.Step, Name, values.ToDictionary(v => v.Name, v => v.Value), layer);
    }
}

/// <summary>What a probe may use.</summary>
public sealed class ProbeContext
{
    /// <summary>The network, in training or in evaluation as it happens to be; set the mode that is needed.</summary>
    public required Module Model { get; init; }

    /// <summary>What is known of its structure; null where it cannot be traced.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>What trains it; null for a network that is not being trained.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>All outputs and all targets of a batch to the mean loss, without label smoothing.</summary>
    public required Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> Loss { get; init; }

    /// <summary>Number of classes; 0 where items have none.</summary>
    public int Classes { get; init; }

    /// <summary>The batch that was learned from last, as it was fed; null where there is none.</summary>
    public Batch? Current { get; init; }

    /// <summary>The same items each time out of those learned from, as in evaluation, in batches; empty where they are not
    /// known.</summary>
    public IReadOnlyList<Batch> Train { get; init; } = [];

    /// <summary>Items held out, or else of the test part, as in evaluation, in batches; empty without such.</summary>
    public IReadOnlyList<Batch> HeldOut { get; init; } = [];

    /// <summary>The batches that training would take next, as it takes them; empty where they are not known.</summary>
    public Func<int, IReadOnlyList<Batch>> Coming { get; init; } = _ => [];

    /// <summary>Updates done.</summary>
    public long Step { get; init; }

    /// <summary>Seed of what a probe draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>What was measured so far; null for nothing.</summary>
    public Measurements? Measured { get; init; }

    /// <summary>Mean loss of a batch, with the network as it is set.</summary>
    /// <param name="batch">The batch.</param>
    public Tensor LossOf(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Loss(Model.ForwardAll(batch.AllInputs), batch.AllTargets);
    }
}
