using Fovea.Kernels;

namespace Fovea;

/// <summary>A compiled network for a number of items: its steps with places in an arena.</summary>
internal sealed class NetworkPlan
{
    private readonly IdleStack<Workspace> _idle = new();
    private readonly Shape[] _outputs;
    private readonly long _bufferBytes;
    private readonly long _jobBytes;

    /// <summary>Plans memory and binds steps; packs the weights that are not packed yet.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="stages">Its stages.</param>
    /// <param name="layouts">How its values lie.</param>
    /// <param name="kernels">Its kernels.</param>
    /// <param name="batch">Items.</param>
    public NetworkPlan(
        Graph graph,
        IReadOnlyList<NetworkStage> stages,
        LayoutPlan layouts,
        PackedKernels kernels,
        int batch
    )
    {
        Batch = batch;
        NetworkMemory memory = new(graph, stages, layouts, batch);
        (NetworkStage Stage, Step Step)[] bound =
        [
            .. stages
                .Select(s => (s, new StepBinding(s, batch, memory, layouts, kernels).Bind()))
                .Where(b => !b.Item2.IsIdle),
        ];
        (Stages, Steps) = ([.. bound.Select(b => b.Stage)], [.. bound.Select(b => b.Step)]);
        Inputs = [.. graph.Inputs.Select(v => memory[v])];
        Outputs = [.. graph.Outputs.Select(v => memory[v])];
        _outputs = [.. graph.Outputs.Select(v => v.Shape.At(batch))];
        _bufferBytes = memory.Bytes;
        _jobBytes = MemoryPlan.Aligned(Steps.Select(s => s.WorkspaceBytes).DefaultIfEmpty().Max());
        Link();
    }

    /// <summary>Items.</summary>
    public int Batch { get; }

    /// <summary>The steps.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>What each step was made from.</summary>
    public IReadOnlyList<NetworkStage> Stages { get; }

    /// <summary>Where the inputs of the network lie.</summary>
    public IReadOnlyList<NetworkBuffer> Inputs { get; }

    /// <summary>Where its outputs lie.</summary>
    public IReadOnlyList<NetworkBuffer> Outputs { get; }

    /// <summary>Bytes of the arena: the buffers, and working memory for each thread.</summary>
    public long ArenaBytes(int threads) => _bufferBytes + (threads * _jobBytes);

    /// <summary>Runs the network on some items in a workspace that nobody else uses.</summary>
    /// <param name="inputs">Batches that hold them, one for each input.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="outputs">Where the results go, at the same items.</param>
    /// <param name="threads">Threads to cut each step for.</param>
    public void Run(ReadOnlySpan<Tensor> inputs, int first, ReadOnlySpan<Tensor> outputs, int threads)
    {
        Workspace workspace = _idle.TryTake(out Workspace? idle) ? idle : new Workspace(this);
        workspace.Run(inputs, first, outputs, threads);
        _idle.Add(workspace);
    }

    /// <summary>Runs it several times on the first items of a batch; the median time of each step.</summary>
    public IReadOnlyList<StepTime> Profile(ReadOnlySpan<Tensor> inputs, int runs)
    {
        Workspace workspace = new(this);
        Tensor[] outputs = [.. _outputs.Select(shape => Tensor.Uninitialized(shape, DType.Float32))];
        double[][] times = [.. Steps.Select(_ => new double[runs])];
        for (int i = 0; i < runs; i++)
        {
            int run = i;
            workspace.Run(
                inputs,
                0,
                outputs,
                WorkerPool.Threads,
                (step, milliseconds) => times[step][run] = milliseconds
            );
        }

        return
        [
            .. Steps.Select((step, i) => StepCost.Of(step, Stages[i], Batch).At(times[i].Order().ElementAt(runs / 2))),
        ];
    }

    /// <summary>Tells every step where its working memory lies, and which weights are needed behind it.</summary>
    private unsafe void Link()
    {
        for (int i = Steps.Count - 1; i >= 0; i--)
        {
            Steps[i].Workspaces = (_bufferBytes, _jobBytes);
            Steps[i].NextWeights =
                i + 1 == Steps.Count ? null
                : Steps[i + 1].Weights != null ? Steps[i + 1].Weights
                : Steps[i + 1].NextWeights;
        }
    }
}
