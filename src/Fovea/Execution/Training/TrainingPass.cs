using Fovea.Kernels;

namespace Fovea;

/// <summary>A part of a compiled training step: what is done before and behind a loop that is shared out, and the
/// loop.</summary>
internal abstract unsafe class TrainingPass : Step
{
    /// <summary>Floats of working memory that all jobs share, for packed weights and sums.</summary>
    public virtual long SharedFloats => 0;

    /// <summary>Done by one thread before the jobs.</summary>
    public virtual void Begin(TrainingRun run) { }

    /// <summary>Done by one thread behind the jobs.</summary>
    public virtual void End(TrainingRun run) { }
}

/// <summary>A pass that works on channel blocks of items, each by itself.</summary>
/// <param name="batch">Items.</param>
/// <param name="map">The map whose blocks they are.</param>
/// <param name="writes">Whether that map is written; its halo is zeroed first.</param>
internal abstract unsafe class BlockPass(int batch, NetworkBuffer map, bool writes = true) : TrainingPass
{
    private const int JobsPerThread = 4;

    private readonly int _blocks = map.Layout.Blocks;

    /// <summary>Items.</summary>
    protected int Batch => batch;

    /// <inheritdoc/>
    public override int Jobs(int threads) => Math.Min(batch * _blocks, threads == 1 ? 1 : threads * JobsPerThread);

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        (int first, int end) = WorkerPool.Share(batch * _blocks, job, jobs);
        for (int unit = first; unit < end; unit++)
        {
            (int item, int block) = Math.DivRem(unit, _blocks);
            if (writes)
            {
                BlockedMaps.ZeroHalo(map.Layout, map.At(arena, item), block, block + 1);
            }

            RunBlock(arena, item, block);
        }
    }

    /// <summary>Works on a channel block of an item.</summary>
    protected abstract void RunBlock(byte* arena, int item, int block);
}
