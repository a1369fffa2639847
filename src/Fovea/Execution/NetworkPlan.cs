using System.Collections.Concurrent;
using System.Diagnostics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A compiled network for one batch size: its steps with places in an arena.</summary>
internal sealed unsafe class NetworkPlan
{
    private readonly Graph _graph;
    private readonly int _batch;
    private readonly Dictionary<Value, NetworkBuffer> _buffers;
    private readonly ConcurrentBag<Workspace> _idle = [];
    private readonly long _bufferFloats;
    private readonly long _jobFloats;

    public NetworkPlan(Graph graph, List<FusedStep> steps, NetworkLayouts layouts, int batch)
    {
        (_graph, _batch) = (graph, batch);
        List<NetworkStage> stages = NetworkStage.Of(graph, steps, layouts);
        _buffers = BuffersOf(graph, stages, layouts, batch);
        Dictionary<Value, NetworkBuffer> sums = SumsOf(stages, _buffers, batch);
        Runners = [.. stages.Select(s => RunnerOf(s, layouts, sums)).OfType<Runner>()];
        _bufferFloats = Place(_buffers, sums, graph, stages);
        _jobFloats =
            (Runners.Select(r => r.WorkspaceFloats).DefaultIfEmpty().Max() + TileCall.Block - 1)
            / TileCall.Block
            * TileCall.Block;
        for (int i = Runners.Count - 1; i >= 0; i--)
        {
            Runners[i].Workspaces = (_bufferFloats, _jobFloats);
            Runners[i].NextWeights =
                i + 1 == Runners.Count ? null
                : Runners[i + 1].Weights != null ? Runners[i + 1].Weights
                : Runners[i + 1].NextWeights;
        }
    }

    /// <summary>The steps.</summary>
    public IReadOnlyList<Runner> Runners { get; }

    /// <summary>Floats of the arena: the buffers, and working memory for each thread.</summary>
    public long ArenaFloats(int threads) => _bufferFloats + (threads * _jobFloats);

    /// <summary>Runs the network on some items in a workspace that nobody else uses.</summary>
    /// <param name="x">A batch that holds them.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="y">Where the results go, at the same items.</param>
    /// <param name="threads">Threads to cut each step for.</param>
    public void Run(Tensor x, int first, Tensor y, int threads)
    {
        Workspace workspace = _idle.TryTake(out Workspace? idle) ? idle : new Workspace(this);
        workspace.Run(x, first, y, threads);
        _idle.Add(workspace);
    }

    /// <summary>Runs it several times on the first items of a batch; the median time of each step.</summary>
    public IReadOnlyList<StepTime> Profile(Tensor x, int runs)
    {
        Workspace workspace = new(this);
        Tensor y = Tensor.Uninitialized(_graph.Output.Shape.At(_batch), DType.Float32);
        double[][] times = [.. Runners.Select(_ => new double[runs])];
        for (int run = 0; run < runs; run++)
        {
            workspace.Run(x, 0, y, WorkerPool.Threads, (step, milliseconds) => times[step][run] = milliseconds);
        }

        return
        [
            .. Runners.Zip(
                times,
                (runner, t) => new StepTime(runner.ToString(), t.Order().ElementAt(runs / 2), runner.MultiplyAdds)
            ),
        ];
    }

    /// <summary>Bytes of the buffers of an item, without working memory.</summary>
    public static long BufferBytes(Graph graph, List<FusedStep> steps, NetworkLayouts layouts)
    {
        List<NetworkStage> stages = NetworkStage.Of(graph, steps, layouts);
        return sizeof(float) * Place(BuffersOf(graph, stages, layouts, 1), [], graph, stages);
    }

    private static Dictionary<Value, NetworkBuffer> BuffersOf(
        Graph graph,
        List<NetworkStage> stages,
        NetworkLayouts layouts,
        int batch
    )
    {
        Dictionary<Value, NetworkBuffer> buffers = [];
        foreach (Value value in stages.SelectMany(s => s.Inputs.Append(s.Step.Output)).Append(graph.Input))
        {
            BufferOf(value);
        }

        return buffers;

        NetworkBuffer BufferOf(Value value)
        {
            if (!buffers.TryGetValue(value, out NetworkBuffer? buffer))
            {
                buffer =
                    layouts[value] is not { } layout ? NetworkBuffer.Rows(checked((int)value.Shape.Item.Count), batch)
                    : layouts.Concatenations[value] is { } place
                        ? NetworkBuffer.Part(BufferOf(place.Whole), layout, place.Block)
                    : NetworkBuffer.Maps(layout, batch);
                buffers[value] = buffer;
            }

            return buffer;
        }
    }

    /// <summary>Gives every buffer its place; parts live and lie with what they are parts of.</summary>
    private static long Place(
        Dictionary<Value, NetworkBuffer> buffers,
        Dictionary<Value, NetworkBuffer> sums,
        Graph graph,
        List<NetworkStage> stages
    ) =>
        MemoryPlan.Place([
            .. buffers
                .GroupBy(b => b.Value.Whole ?? b.Value)
                .Select(parts =>
                    (
                        parts.Key,
                        parts.Min(p => FirstStage(p.Key, stages)),
                        parts.Max(p => LastStage(p.Key, stages, graph))
                    )
                ),
            .. sums.Select(s => (s.Value, FirstStage(s.Key, stages), LastStage(s.Key, stages, graph))),
        ]);

    /// <summary>Memory for the sums of the rows of values whose means are taken, by what writes them.</summary>
    private static Dictionary<Value, NetworkBuffer> SumsOf(
        List<NetworkStage> stages,
        Dictionary<Value, NetworkBuffer> buffers,
        int batch
    ) =>
        stages
            .Where(s => s.SumsRows)
            .ToDictionary(
                s => s.Step.Output,
                s =>
                    NetworkBuffer.Maps(
                        new BlockedLayout(
                            buffers[s.Step.Output].Layout.Channels,
                            1,
                            1,
                            buffers[s.Step.Output].Layout.Rows
                        ),
                        batch
                    )
            );

    private static int FirstStage(Value value, List<NetworkStage> stages) =>
        Math.Max(-1, stages.FindIndex(s => s.Step.Output == value));

    private static int LastStage(Value value, List<NetworkStage> stages, Graph graph) =>
        value == graph.Output ? stages.Count : stages.FindLastIndex(s => s.Inputs.Contains(value));

    /// <summary>What runs a step; null where there is nothing to do.</summary>
    private Runner? RunnerOf(NetworkStage stage, NetworkLayouts layouts, Dictionary<Value, NetworkBuffer> sums)
    {
        FusedStep step = stage.Step;
        NetworkBuffer output = _buffers[step.Output];
        if (stage.Before is { } before)
        {
            NetworkBuffer first = _buffers[before.Inputs[0]];
            return before.Form is ProductForm
                ? new GatedRunner(
                    layouts.KernelOf(step, _batch),
                    _batch,
                    first,
                    _buffers[before.Inputs[1]],
                    step.Inputs.Count > 1 ? _buffers[step.Inputs[1]] : null,
                    output,
                    before,
                    step
                )
                : new PairRunner(
                    (before, layouts.KernelOf(before, _batch)),
                    (step, layouts.KernelOf(step, _batch)),
                    _batch,
                    first,
                    output,
                    sums.GetValueOrDefault(step.Output)
                );
        }

        NetworkBuffer input = _buffers[step.Inputs[0]];
        NetworkBuffer? second = step.Inputs.Count > 1 ? _buffers[step.Inputs[1]] : null;
        bool isMap = layouts[step.Inputs[0]] is { Lanes: TileCall.Block };
        return step.Form switch
        {
            ConvolutionForm when layouts.IsBlocked(step) => new ConvolutionRunner(
                layouts.KernelOf(step, _batch),
                _batch,
                input,
                second,
                output,
                step
            ),
            LinearForm => new LinearRunner(
                layouts.KernelOf(step, input.Layout.Channels, output.Layout.Channels, _batch),
                input,
                output,
                step
            ),
            SumForm when isMap || layouts[step.Inputs[0]] is null => new SumRunner(
                _batch,
                input,
                second!,
                output,
                step
            ),
            ProductForm when isMap => new ScaleRunner(_batch, input, second, null, null, output, step),
            ScaleShiftForm affine when isMap || layouts[step.Inputs[0]] is null => new ScaleRunner(
                _batch,
                input,
                null,
                Filled(affine.Scale),
                Filled(affine.Shift),
                output,
                step
            ),
            ClampForm clamp when isMap || layouts[step.Inputs[0]] is null => Clamp(step, clamp, input, output),
            MapForm map when isMap || layouts[step.Inputs[0]] is null => new MapRunner(
                _batch,
                input,
                map.Map,
                output,
                step
            ),
            PoolForm { Mean: true, Windows.IsGlobal: true } pool when isMap => new MeanRunner(
                _batch,
                input,
                sums.GetValueOrDefault(step.Inputs[0]),
                pool.Elements,
                output,
                step
            ),
            PoolForm pool when isMap => new PoolRunner(_batch, input, pool, output, step),
            ConcatForm when step.Inputs.All(i => layouts[i] is { Lanes: TileCall.Block }) => Concat(
                step,
                layouts.Concatenations,
                output
            ),
            ViewForm
                when step.Node.Inputs[0].Shape.ScalesWithBatch(0)
                    && step.Node.Output.Shape.ScalesWithBatch(0)
                    && input.Layout.Channels * input.Layout.Rows * input.Layout.Width
                        == output.Layout.Channels * output.Layout.Rows * output.Layout.Width => new ViewRunner(
                _batch,
                input,
                output,
                step
            ),
            _ => Eager(step),
        };
    }

    private ScaleRunner Clamp(FusedStep step, ClampForm clamp, NetworkBuffer input, NetworkBuffer output)
    {
        (step.Low, step.High) = (clamp.Low, clamp.High);
        return new ScaleRunner(_batch, input, null, null, null, output, step);
    }

    private ConcatRunner? Concat(FusedStep step, Concatenations concatenations, NetworkBuffer output)
    {
        (NetworkBuffer, int)[] copied = [.. concatenations.Copied(step).Select(c => (_buffers[c.Input], c.Channel))];
        return copied.Length > 0 ? new ConcatRunner(_batch, copied, output, step) : null;
    }

    private EagerRunner Eager(FusedStep step) =>
        step.Output == step.Node.Output
            ? new EagerRunner(_batch, step.Node, _buffers)
            : throw new InvalidOperationException(
                $"{step.Node.Name}: an operator run eagerly cannot take in what follows it."
            );

    private static float[] Filled(double[] values)
    {
        float[] filled = new float[(values.Length + TileCall.Block - 1) / TileCall.Block * TileCall.Block];
        for (int i = 0; i < values.Length; i++)
        {
            filled[i] = (float)values[i];
        }

        return filled;
    }

    /// <summary>Memory for one run at a time, and the steps bound to it.</summary>
    private sealed class Workspace
    {
        private readonly NetworkPlan _plan;
        private readonly Action<int>[] _actions;
        private float* _arena;
        private int _threads;
        private int _jobs;

        public Workspace(NetworkPlan plan)
        {
            _plan = plan;
            _actions = [.. plan.Runners.Select(r => (Action<int>)(job => r.Run(_arena, job, _jobs)))];
        }

        ~Workspace()
        {
            LargeMemory.Free(_arena);
        }

        public void Run(Tensor x, int first, Tensor y, int threads, Action<int, double>? measured = null)
        {
            ProvideFor(threads);
            ItemCopy.Write(x, first, _plan._batch, _arena, _plan._buffers[_plan._graph.Input]);
            for (int i = 0; i < _actions.Length; i++)
            {
                long start = measured is null ? 0 : Stopwatch.GetTimestamp();
                _jobs = _plan.Runners[i].Jobs(threads);
                WorkerPool.For(_jobs, _actions[i]);
                measured?.Invoke(i, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            ItemCopy.Read(_arena, _plan._buffers[_plan._graph.Output], y, first, _plan._batch);
            GC.KeepAlive(this);
        }

        /// <summary>Takes the arena, or a larger one where there are more threads than before; nothing in it outlives a
        /// run.</summary>
        private void ProvideFor(int threads)
        {
            if (threads <= _threads)
            {
                return;
            }

            LargeMemory.Free(_arena);
            _arena = null;
            _arena = LargeMemory.Take(_plan.ArenaFloats(threads) * sizeof(float));
            _threads = threads;
        }
    }
}
