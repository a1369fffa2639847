using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A network made ready to run: normalizations folded into weights, steps fused, layouts chosen, memory
/// planned. Made by <see cref="Graph.Compile"/>.</summary>
/// <remarks>
/// It computes with the weights that the module had when it was made. They are packed when a number of items is first
/// run, asked about or prepared, and must not be changed before that. Then memory is planned too, and with a
/// <see cref="Tuning"/> algorithms are measured. Any number of threads may run it at the same time; each takes a
/// workspace of its own. The result does not depend on the number of threads.
/// </remarks>
public sealed class CompiledNetwork
{
    private readonly List<FusedStep> _steps;
    private readonly LayoutPlan _layouts;
    private readonly List<NetworkStage> _stages;
    private readonly PackedKernels _kernels;
    private readonly SingleItem _item;
    private readonly ConcurrentDictionary<int, NetworkPlan> _plans = new();
    private readonly ConcurrentDictionary<int, BatchGroups> _batches = new();

    internal CompiledNetwork(Graph graph, Precision precision, Tuning? tuning)
    {
        RequireFloats(graph);
        Graph = graph;
        ItemShape = graph.Input.Shape.Item;
        _steps = Lowering.StepsOf(graph);
        _layouts = new LayoutPlan(graph, _steps, precision, CpuProfile.Current, isMeasured: tuning is not null);
        _stages = Lowering.StagesOf(graph, _steps, _layouts);
        _kernels = new PackedKernels(_steps, _layouts, tuning);
        _item = new SingleItem(graph);
    }

    /// <summary>The network as traced.</summary>
    public Graph Graph { get; }

    /// <summary>Shape of an item.</summary>
    public Shape ItemShape { get; }

    /// <summary>Bytes of the weights that were packed so far.</summary>
    public long WeightBytes => _kernels.WeightBytes;

    /// <summary>Bytes of the memory that activations of a batch take, and the working memory of the threads that
    /// <see cref="WorkerPool.Threads"/> states.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public long ArenaBytes(int batch) => GroupsOf(batch).ArenaBytes(WorkerPool.Threads);

    /// <summary>How many items of a batch pass the network together. A model of the time chooses it, so that their
    /// activations stay in the caches.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public int GroupSize(int batch) => GroupsOf(batch).Size;

    /// <summary>What is run on a group of items, a line a step.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public IReadOnlyList<string> Steps(int batch = 1) => [.. GroupsOf(batch).Group.Steps.Select(s => s.ToString())];

    /// <summary>What is run on a group of items, as <see cref="Steps"/>, with the rules that made each step.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public IReadOnlyList<PlannedStep> Plan(int batch = 1)
    {
        NetworkPlan plan = GroupsOf(batch).Group;
        return [.. plan.Steps.Zip(plan.Stages, (step, stage) => new PlannedStep(step.ToString(), stage.Rules))];
    }

    /// <summary>Packs the weights and plans the memory for a batch now, rather than in its first run.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <param name="release">
    /// Whether the module's own weights are given up as soon as they are packed, so that memory holds them once. This
    /// is for programs that only infer. Parameters of convolutions and matrix products then have no values until
    /// weights are loaded or drawn again, and other batches run with the algorithms that were packed. The module must
    /// not be used during the call.
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
            _kernels.Release(); // all groups have one size, so what is packed for one serves all
        }

        GroupsOf(batch);
        if (release)
        {
            _kernels.Release();
            _kernels.ReturnMemory();
        }

        return this;
    }

    /// <summary>Runs a network of one input and one output.</summary>
    /// <param name="x">A batch of items, [N, item...], Float32. Without items, the result is empty too. An item without
    /// the batch axis is taken as the module takes it, layer by layer and more slowly: [1, item...] is faster.</param>
    /// <returns>The network's output, without history.</returns>
    /// <exception cref="ShapeException">The items have another shape, or there is no batch axis and a layer needs it; or the
    /// network has several inputs or outputs.</exception>
    /// <exception cref="ArgumentException">The elements are not Float32.</exception>
    /// <exception cref="InvalidOperationException">Weights were changed after the network was compiled, and before they
    /// were packed for such a batch.</exception>
    public Tensor Run(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (Graph.Inputs.Count > 1 || Graph.Outputs.Count > 1)
        {
            throw new ShapeException(
                $"{Graph.Name}: has {Graph.Inputs.Count} inputs and {Graph.Outputs.Count} outputs; Run is for one of each. Call RunAll."
            );
        }

        RequireFit(x, withoutBatch: true);
        if (x.Rank == ItemShape.Rank && !IsFixed)
        {
            return _item.Run(x);
        }

        int batch = IsFixed ? 1 : x.Shape[0];
        if (batch == 0)
        {
            return Tensor.Zeros(Graph.Output.Shape.At(0));
        }

        BatchGroups groups = GroupsOf(batch);
        Tensor y = Tensor.Uninitialized(groups.Outputs[0], DType.Float32);
        groups.Run(new(in x), new(in y));
        return y;
    }

    /// <summary>Runs the network.</summary>
    /// <param name="inputs">The inputs, in order, [N, item...] each with the same N, Float32. Without items, the results are
    /// empty too.</param>
    /// <returns>The outputs, in order, without history.</returns>
    /// <exception cref="ShapeException">Another number of inputs, or one of another shape.</exception>
    /// <exception cref="ArgumentException">The elements are not Float32.</exception>
    /// <exception cref="InvalidOperationException">Weights were changed after the network was compiled, and before they
    /// were packed for such a batch.</exception>
    public IReadOnlyList<Tensor> RunAll(params IReadOnlyList<Tensor> inputs)
    {
        int batch = Graph.BatchOf(inputs);
        if (batch == 0)
        {
            return [.. Graph.Outputs.Select(o => Tensor.Zeros(o.Shape.At(0)))];
        }

        BatchGroups groups = GroupsOf(batch);
        Tensor[] outputs = [.. groups.Outputs.Select(shape => Tensor.Uninitialized(shape, DType.Float32))];
        groups.Run(inputs.ToArray(), outputs);
        return outputs;
    }

    /// <summary>Runs the first <see cref="GroupSize"/> items of a batch several times and measures the steps.</summary>
    /// <param name="x">A batch of items, [N, item...], Float32; of a network of one input.</param>
    /// <param name="runs">How often, 1 or more.</param>
    /// <returns>The steps in the order in which they run.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than one run.</exception>
    /// <exception cref="ShapeException">The items have another shape, or there are none.</exception>
    public IReadOnlyList<StepTime> Profile(Tensor x, int runs = 20)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireFit(x, withoutBatch: false);
        return Profile([x], runs);
    }

    /// <summary>As <see cref="Profile(Tensor, int)"/>, of a network of several inputs.</summary>
    /// <param name="inputs">The inputs, as for <see cref="RunAll"/>.</param>
    /// <param name="runs">How often, 1 or more.</param>
    /// <returns>The steps in the order in which they run.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than one run.</exception>
    /// <exception cref="ShapeException">The items have another shape, or there are none.</exception>
    public IReadOnlyList<StepTime> Profile(IReadOnlyList<Tensor> inputs, int runs = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        int batch = Graph.BatchOf(inputs);
        return batch > 0
            ? GroupsOf(batch).Group.Profile([.. inputs], runs)
            : throw new ShapeException($"{Graph.Name}: a profile needs an item or more, got {inputs[0].Shape}.");
    }

    /// <summary>Whether the only input does not depend on a number of items.</summary>
    private bool IsFixed => !Graph.Input.Shape.HasBatch;

    private static void RequireFloats(Graph graph)
    {
        if (graph.Inputs.Concat(graph.Outputs).FirstOrDefault(v => v.DType != DType.Float32) is { } other)
        {
            throw new InvalidOperationException(
                $"{graph.Name}: a compiled network takes and gives Float32, and '{other.Name}' is {other.DType}. Leave it out of the network, or run the graph with an Interpreter."
            );
        }
    }

    private void RequireFit(Tensor x, bool withoutBatch)
    {
        bool isItem = withoutBatch && x.Shape == ItemShape;
        if (!isItem && Graph.Input.Shape.BatchIn(x.Shape) is null)
        {
            throw new ShapeException(
                $"{Graph.Name}: compiled for batches {Graph.Input.Shape}, got {x.Shape}. Compile it for that shape."
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
            [.. Graph.Outputs.Select(o => o.Shape.At(batch))]
        );
    }

    private int SizeOf(int batch) =>
        batch == 1
            ? 1
            : BatchGroups.SizeFor(batch, _steps, _layouts, NetworkMemory.ItemBytes(Graph, _stages, _layouts));

    private NetworkPlan PlanFor(int items) =>
        _plans.GetOrAdd(items, size => new NetworkPlan(Graph, _stages, _layouts, _kernels, size));
}

/// <summary>A step of a compiled network.</summary>
/// <param name="Step">What it runs, as in <see cref="CompiledNetwork.Steps"/>.</param>
/// <param name="Rules">The names of the rules by which nodes became this step, in the order in which they fired; none
/// where it is one node as it stands.</param>
public sealed record PlannedStep(string Step, IReadOnlyList<string> Rules);
