using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A network made ready to run: normalizations folded into weights, steps fused, layouts chosen, memory planned. Made by <see cref="Graph.Compile"/>.</summary>
/// <remarks>
/// Weights are as they were when it was made. Any number of threads may run it at the same time; each takes a workspace of its own. The result does not depend on the number of threads.
/// </remarks>
public sealed class CompiledNetwork
{
    private readonly List<FusedStep> _steps;
    private readonly NetworkLayouts _layouts;
    private readonly ConcurrentDictionary<int, NetworkPlan> _plans = new();

    internal CompiledNetwork(Graph graph, Precision precision)
    {
        Graph = graph;
        _steps = FusedStep.Of(graph);
        _layouts = new NetworkLayouts(graph, _steps, precision);
    }

    /// <summary>The network as traced.</summary>
    public Graph Graph { get; }

    /// <summary>Shape of an item.</summary>
    public Shape ItemShape => Graph.Input.Shape.Item;

    /// <summary>Bytes of packed weights, for the batches seen so far.</summary>
    public long WeightBytes => _layouts.WeightBytes;

    /// <summary>Bytes of the memory that activations of a batch take, and the working memory of the threads that <see cref="WorkerPool.Threads"/> states.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    public long ArenaBytes(int batch) => PlanFor(batch).ArenaFloats(WorkerPool.Threads) * sizeof(float);

    /// <summary>What is run, a line a step.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    public IReadOnlyList<string> Steps(int batch = 1) => [.. PlanFor(batch).Runners.Select(r => r.ToString()!)];

    /// <summary>Runs the network.</summary>
    /// <param name="x">A batch of items, [N, item...], Float32.</param>
    /// <returns>The network's output, without history.</returns>
    /// <exception cref="ShapeException">The items have another shape, or there are none.</exception>
    /// <exception cref="ArgumentException">The elements are not Float32.</exception>
    public Tensor Run(Tensor x)
    {
        RequireFit(x);
        return PlanFor(x.Shape[0]).Run(x);
    }

    private void RequireFit(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0 || x.Shape[0] < 1 || Shape.Create(x.Shape.Sizes[1..]) != ItemShape)
        {
            throw new ShapeException($"{Graph.Name}: compiled for items of shape {ItemShape}, got {x.Shape}. Compile it for that shape.");
        }

        if (x.DType != DType.Float32)
        {
            throw new ArgumentException($"{Graph.Name}: a compiled network takes Float32, got {x.DType}. Convert with To(DType.Float32).", nameof(x));
        }
    }

    /// <summary>Runs the network several times and measures its steps.</summary>
    /// <param name="x">A batch of items, as for <see cref="Run"/>.</param>
    /// <param name="runs">How often, 1 or more.</param>
    /// <returns>The steps in the order in which they run.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than one run.</exception>
    /// <exception cref="ShapeException">The items have another shape, or there are none.</exception>
    public IReadOnlyList<StepTime> Profile(Tensor x, int runs = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        RequireFit(x);
        return PlanFor(x.Shape[0]).Profile(x, runs);
    }

    private NetworkPlan PlanFor(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return _plans.GetOrAdd(batch, size => new NetworkPlan(Graph, _steps, _layouts, size));
    }
}

/// <summary>How long a step of a compiled network took.</summary>
/// <param name="Step">What it runs, as in <see cref="CompiledNetwork.Steps"/>.</param>
/// <param name="Milliseconds">Median of its times.</param>
/// <param name="MultiplyAdds">Of the batch, by direct sums; 0 for steps that move or map.</param>
public sealed record StepTime(string Step, double Milliseconds, long MultiplyAdds);
