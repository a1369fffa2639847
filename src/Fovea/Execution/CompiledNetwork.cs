using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A network made ready to run: normalizations folded into weights, steps fused, layouts chosen, memory
/// planned. Made by <see cref="Graph.Compile"/>.</summary>
/// <remarks>
/// Weights are as they were when it was made; they are packed when a number of items is first run, asked about or
/// prepared, and must not be changed before. What depends on the number of items, with a <see cref="Tuning"/> its
/// measurements too, is done when that number is first run or asked about. Any number of threads may run it at the same
/// time; each takes a workspace of its own. The result does not depend on the number of threads.
/// </remarks>
public sealed class CompiledNetwork
{
    private readonly List<FusedStep> _steps;
    private readonly NetworkLayouts _layouts;
    private readonly ConcurrentDictionary<int, NetworkPlan> _plans = new();
    private readonly ConcurrentDictionary<int, BatchGroups> _batches = new();

    internal CompiledNetwork(Graph graph, Precision precision, Tuning? tuning)
    {
        Graph = graph;
        ItemShape = graph.Input.Shape.Item;
        _steps = FusedStep.Of(graph);
        _layouts = new NetworkLayouts(graph, _steps, precision, tuning, CpuProfile.Current);
    }

    /// <summary>The network as traced.</summary>
    public Graph Graph { get; }

    /// <summary>Shape of an item.</summary>
    public Shape ItemShape { get; }

    /// <summary>Bytes of packed weights, for the batches seen so far.</summary>
    public long WeightBytes => _layouts.WeightBytes;

    /// <summary>Bytes of the memory that activations of a batch take, and the working memory of the threads that
    /// <see cref="WorkerPool.Threads"/> states.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public long ArenaBytes(int batch) => GroupsOf(batch).ArenaFloats(WorkerPool.Threads) * sizeof(float);

    /// <summary>Items that pass the whole network together before the next do, chosen by a model of the time so that
    /// their activations stay in caches.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public int GroupSize(int batch) => GroupsOf(batch).Size;

    /// <summary>What is run on a group of items, a line a step.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    public IReadOnlyList<string> Steps(int batch = 1) => [.. GroupsOf(batch).Group.Runners.Select(r => r.ToString()!)];

    /// <summary>Packs the weights and plans the memory for a batch now; else its first run does.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <param name="release">
    /// Whether the module's own weights are given up as they are packed, so that memory holds them once: for programs
    /// that only infer. Parameters of convolutions and matrix products then have
    /// no values until weights are loaded or drawn again, and other batches run with the algorithms that were packed.
    /// Nobody may use the module meanwhile.
    /// </param>
    /// <returns>This network.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    /// <exception cref="InvalidOperationException">Weights were changed after the network was compiled; none is given
    /// up.</exception>
    public CompiledNetwork Prepare(int batch = 1, bool release = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (release && batch % SizeOf(batch) == 0)
        {
            _layouts.Release(); // all groups are alike, so that what is packed for one serves all
        }

        GroupsOf(batch);
        if (release)
        {
            _layouts.Release();
            _layouts.ReturnMemory();
        }

        return this;
    }

    /// <summary>Runs the network.</summary>
    /// <param name="x">A batch of items, [N, item...], Float32.</param>
    /// <returns>The network's output, without history.</returns>
    /// <exception cref="ShapeException">The items have another shape, or there are none.</exception>
    /// <exception cref="ArgumentException">The elements are not Float32.</exception>
    /// <exception cref="InvalidOperationException">Weights were changed after the network was compiled, and before they
    /// were packed for such a batch.</exception>
    public Tensor Run(Tensor x)
    {
        RequireFit(x);
        BatchGroups groups = GroupsOf(x.Shape[0]);
        Tensor y = Tensor.Uninitialized(groups.Output, DType.Float32);
        groups.Run(x, y);
        return y;
    }

    private void RequireFit(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0 || x.Shape[0] < 1 || !x.Shape.Sizes[1..].SequenceEqual(ItemShape.Sizes))
        {
            throw new ShapeException(
                $"{Graph.Name}: compiled for items of shape {ItemShape}, got {x.Shape}. Compile it for that shape."
            );
        }

        if (x.DType != DType.Float32)
        {
            throw new ArgumentException(
                $"{Graph.Name}: a compiled network takes Float32, got {x.DType}. Convert with To(DType.Float32).",
                nameof(x)
            );
        }
    }

    /// <summary>Runs the first <see cref="GroupSize"/> items of a batch several times and measures the steps.</summary>
    /// <param name="x">A batch of items, as for <see cref="Run"/>.</param>
    /// <param name="runs">How often, 1 or more.</param>
    /// <returns>The steps in the order in which they run.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than one run.</exception>
    /// <exception cref="ShapeException">The items have another shape, or there are none.</exception>
    public IReadOnlyList<StepTime> Profile(Tensor x, int runs = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        RequireFit(x);
        return GroupsOf(x.Shape[0]).Group.Profile(x, runs);
    }

    private BatchGroups GroupsOf(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return _batches.TryGetValue(batch, out BatchGroups? groups) ? groups : _batches.GetOrAdd(batch, CutIntoGroups);
    }

    private BatchGroups CutIntoGroups(int batch)
    {
        int size = SizeOf(batch);
        return new BatchGroups(
            PlanFor(size),
            batch % size == 0 ? null : PlanFor(batch % size),
            batch,
            size,
            Graph.Output.Shape.At(batch)
        );
    }

    private int SizeOf(int batch) =>
        batch == 1 ? 1 : BatchGroups.SizeFor(batch, _steps, _layouts, NetworkPlan.BufferBytes(Graph, _steps, _layouts));

    private NetworkPlan PlanFor(int items) =>
        _plans.GetOrAdd(items, size => new NetworkPlan(Graph, _steps, _layouts, size));
}

/// <summary>How long a step of a compiled network took.</summary>
/// <param name="Step">What it runs, as in <see cref="CompiledNetwork.Steps"/>.</param>
/// <param name="Milliseconds">Median of its times.</param>
/// <param name="MultiplyAdds">Of the items, by direct sums; 0 for steps that move or map.</param>
public sealed record StepTime(string Step, double Milliseconds, long MultiplyAdds);
