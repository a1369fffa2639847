using System.Diagnostics;
using Fovea.Kernels;

namespace Fovea.Graphs;

/// <summary>A training step made ready to run: feature maps and their gradients lie in blocks of 16 channels from the first
/// convolution to the last gradient, normalizations take in what follows them, memory is planned for a batch.</summary>
/// <remarks>
/// It computes what <see cref="TrainingGraph.Run"/> computes, in another order of sums: results differ by rounding. They do
/// not depend on the number of threads, and the same inputs give the same bits. What it has no kernel for runs as it does
/// eagerly, between copies: <see cref="Passes"/> says what. Not for several threads at a time.
/// </remarks>
public sealed unsafe partial class CompiledTrainingStep
{
    private readonly TrainingGraph _step;
    private readonly HashSet<Value> _seen;
    private readonly List<TrainingNode> _nodes;
    private readonly Dictionary<int, TrainingPlan> _plans = [];
    private byte* _arena;
    private long _arenaBytes;
    private TrainingPass? _running;
    private int _jobs;

    /// <summary>Makes a step ready to run. Memory is planned and taken when a number of items is first run.</summary>
    /// <param name="step">The step.</param>
    public CompiledTrainingStep(TrainingGraph step)
        : this(step, []) { }

    /// <summary>Makes a step ready to run, some values of which are shown to who asks for them. They are computed each by
    /// itself and copied, so it is a little slower, and its results differ by rounding.</summary>
    /// <param name="step">The step.</param>
    /// <param name="seen">Values of the step's graph that <see cref="Look"/> shows.</param>
    public CompiledTrainingStep(TrainingGraph step, IEnumerable<Value> seen)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(seen);
        (_step, _seen) = (step, [.. seen]);
        _nodes = TrainingLowering.Of(step.Graph, _seen);
    }

    /// <summary>Gives the arena back.</summary>
    ~CompiledTrainingStep()
    {
        LargeMemory.Free(_arena);
    }

    /// <summary>The step as a graph.</summary>
    public TrainingGraph Step => _step;

    /// <summary>Bytes of the memory for maps, packed weights and threads that a batch needs.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public long ArenaBytes(int batch) => PlanFor(batch).ArenaBytes(WorkerPool.Threads);

    /// <summary>What is run, a line a pass.</summary>
    /// <param name="batch">Items, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one item.</exception>
    public IReadOnlyList<string> Passes(int batch) =>
        [.. PlanFor(batch).Entries.SelectMany(e => e.Passes).Select(p => p.ToString())];

    /// <summary>Computes loss and gradients of a batch, and leaves the gradients on the parameters.</summary>
    /// <param name="inputs">Of the network.</param>
    /// <param name="targets">Of the loss.</param>
    /// <param name="weight">Weight of the loss: 1 / number of batches that are accumulated.</param>
    /// <returns>The loss, unweighted, and the network's outputs.</returns>
    /// <exception cref="ShapeException">An input does not fit, or there are no items.</exception>
    public (Tensor Loss, IReadOnlyList<Tensor> Scores) Run(
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<Tensor> targets,
        double weight = 1.0
    ) => Run(inputs, targets, weight, measured: null);

    private (Tensor Loss, IReadOnlyList<Tensor> Scores) Run(
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<Tensor> targets,
        double weight,
        Action<double>? measured
    )
    {
        TrainingRun run = Execute(_step.All(inputs, targets, weight), measured, see: null);
        return Finish(run);
    }

    /// <summary>Computes what <c>Run</c> does, shows the values that the step was made to show, and leaves nothing behind
    /// but drawn keys of randomness: the gradients of the parameters and running statistics stay as they are.</summary>
    /// <param name="inputs">Of the network.</param>
    /// <param name="targets">Of the loss.</param>
    /// <param name="see">Sees each of the values once. The tensor is its own to keep.</param>
    /// <returns>The loss, and the gradients in the order of <see cref="TrainingGraph.Parameters"/>.</returns>
    /// <exception cref="ShapeException">An input does not fit, or there are no items.</exception>
    public (Tensor Loss, IReadOnlyList<Tensor> Gradients) Look(
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<Tensor> targets,
        Action<Value, Tensor> see
    )
    {
        ArgumentNullException.ThrowIfNull(see);
        TrainingRun run = Execute(_step.All(inputs, targets, 1.0), measured: null, see);
        return (run.Get(_step.Graph.Outputs[0]), [.. _step.ParameterGradients.Select(run.Get)]);
    }

    private TrainingRun Execute(List<Tensor> all, Action<double>? measured, Action<Value, Tensor>? see)
    {
        int batch = _step.Graph.BatchOf(all);
        if (batch < 1)
        {
            throw new ShapeException($"{_step.Graph.Name}: a training step needs an item or more, got {batch}.");
        }

        TrainingPlan plan = PlanFor(batch);
        Provide(plan.ArenaBytes(WorkerPool.Threads));
        using NoGrad quiet = NoGrad.Enter();
        TrainingRun run = Start(all, plan, see);
        foreach (TrainingPlan.Entry entry in plan.Entries)
        {
            foreach (TrainingPass pass in entry.Passes)
            {
                Run(pass, run, measured);
            }

            entry.Dropped.ForEach(run.Drop);
        }

        GC.KeepAlive(this);
        return run;
    }

    private TrainingRun Start(List<Tensor> all, TrainingPlan plan, Action<Value, Tensor>? see)
    {
        TrainingRun run = new() { Shared = (float*)(_arena + plan.MapBytes), See = see };
        Graph graph = _step.Graph;
        for (int i = 0; i < all.Count; i++)
        {
            run.Set(graph.Inputs[i], all[i].Detach());
        }

        foreach (Value key in graph.Keys)
        {
            run.Set(key, Tensor.From<long>([unchecked((long)key.KeySource!.NextKey())], []));
        }

        return run;
    }

    private void Run(TrainingPass pass, TrainingRun run, Action<double>? measured)
    {
        long start = measured is null ? 0 : Stopwatch.GetTimestamp();
        pass.Begin(run);
        (_running, _jobs) = (pass, pass.Jobs(WorkerPool.Threads));
        WorkerPool.For(_jobs, job => _running.Run(_arena, job, _jobs));
        pass.End(run);
        measured?.Invoke(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private (Tensor Loss, IReadOnlyList<Tensor> Scores) Finish(TrainingRun run)
    {
        Graph graph = _step.Graph;
        foreach (StateUpdate update in graph.Updates)
        {
            ((StateBuffer)update.State.Tensor!).Update(run.Get(update.Next));
        }

        IReadOnlyList<Value> gradients = _step.ParameterGradients;
        for (int i = 0; i < gradients.Count; i++)
        {
            _step.Parameters[i].Grad = run.Get(gradients[i]);
        }

        return (run.Get(graph.Outputs[0]), [.. graph.Outputs.Skip(1).Take(_step.ScoreCount).Select(run.Get)]);
    }

    private TrainingPlan PlanFor(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return _plans.TryGetValue(batch, out TrainingPlan? plan)
            ? plan
            : _plans[batch] = new TrainingPlan(_step.Graph, _nodes, _seen, batch);
    }

    /// <summary>Takes an arena that is large enough; nothing in it outlives a run.</summary>
    private void Provide(long bytes)
    {
        if (bytes <= _arenaBytes)
        {
            return;
        }

        LargeMemory.Free(_arena);
        _arena = null;
        _arena = (byte*)LargeMemory.Take(bytes);
        _arenaBytes = bytes;
    }
}
