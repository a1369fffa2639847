using Fovea.Kernels;

namespace Fovea;

/// <summary>A batch cut into groups of items. Each group passes the whole network before the next begins, because the
/// activations of a few items stay in the caches and those of the batch do not.</summary>
/// <remarks>The cut depends on the network and the batch alone, so results do not depend on the number of threads.
/// Groups run side by side, each on one thread. Groups left over run one by one, each with all threads.</remarks>
internal sealed class BatchGroups(NetworkPlan group, NetworkPlan? rest, int batch, int size, Shape[] outputs)
{
    private const double CachedBytes = 16 << 20; // bytes of activations that a thread can expect to find in the caches again
    private const double LostBytes = 80 << 20; // bytes of activations from which on it finds none of them there
    private const double CyclesPerByte = 0.25; // for activations that are not found there: measured, 15 ms an item of resnet50
    private const int Passes = 3; // an activation is written once and read about twice

    private readonly IdleStack<GroupRun> _idle = new();

    /// <summary>Items of a group that passes the network at a time.</summary>
    public int Size => size;

    /// <summary>Shape of the results of the batch.</summary>
    public IReadOnlyList<Shape> Outputs => outputs;

    /// <summary>The plan of a group.</summary>
    public NetworkPlan Group => group;

    /// <summary>Bytes of the arenas in use at a time.</summary>
    /// <param name="threads">Threads.</param>
    public long ArenaBytes(int threads)
    {
        int sideBySide = Math.Min(threads, batch / size);
        return sideBySide < threads || sideBySide == 1
            ? group.ArenaBytes(threads)
            : Math.Max(sideBySide * group.ArenaBytes(1), group.ArenaBytes(threads));
    }

    /// <summary>Runs the batch.</summary>
    public void Run(ReadOnlySpan<Tensor> x, ReadOnlySpan<Tensor> y)
    {
        int threads = WorkerPool.Threads,
            groups = batch / size,
            sideBySide = threads > 1 ? groups / threads * threads : 0;
        if (sideBySide > 0)
        {
            GroupRun run = _idle.TryTake(out GroupRun? idle) ? idle : new GroupRun(group, size);
            run.For(sideBySide, x, y);
            _idle.Add(run);
        }

        for (int i = sideBySide; i < groups; i++)
        {
            group.Run(x, i * size, y, threads);
        }

        rest?.Run(x, groups * size, y, threads);
    }

    /// <summary>Items of a group, by a model of the time. In larger groups weights are read less often, and fewer
    /// activations are found in the caches.</summary>
    /// <param name="batch">Items of the batch.</param>
    /// <param name="steps">The network.</param>
    /// <param name="layouts">Its layouts.</param>
    /// <param name="arenaBytes">Bytes of the activations of an item.</param>
    public static int SizeFor(int batch, IReadOnlyList<FusedStep> steps, LayoutPlan layouts, double arenaBytes)
    {
        if (steps.SelectMany(s => s.Inputs.Concat(s.Outputs)).Any(v => !BatchAxis.IsByItems(v.Shape)))
        {
            return batch;
        }

        double passed = Passes * (double)sizeof(float) * steps.Sum(s => (double)s.Output.Shape.Item.Count);
        double PerItem(int size)
        {
            double lost = Math.Clamp(((arenaBytes * size) - CachedBytes) / (LostBytes - CachedBytes), 0, 1);
            return (steps.Sum(s => layouts.Cycles(s, size)) / size) + (lost * CyclesPerByte * passed);
        }

        double Total(int size) =>
            (batch / size * size * PerItem(size)) + (batch % size == 0 ? 0 : batch % size * PerItem(batch % size));
        return Enumerable.Range(1, batch).Where(size => size <= 32 || size == batch).MinBy(Total);
    }

    /// <summary>Runs groups side by side. Its delegate is made once, so that a run allocates nothing.</summary>
    private sealed class GroupRun
    {
        private readonly Action<int> _body;
        private Tensor[] _x = [];
        private Tensor[] _y = [];

        public GroupRun(NetworkPlan group, int size) => _body = i => group.Run(_x, i * size, _y, 1);

        public void For(int groups, ReadOnlySpan<Tensor> x, ReadOnlySpan<Tensor> y)
        {
            Hold(ref _x, x);
            Hold(ref _y, y);
            WorkerPool.For(groups, _body);
            Array.Clear(_x);
            Array.Clear(_y);
        }

        private static void Hold(ref Tensor[] held, ReadOnlySpan<Tensor> tensors)
        {
            held = held.Length == tensors.Length ? held : new Tensor[tensors.Length];
            tensors.CopyTo(held);
        }
    }
}
