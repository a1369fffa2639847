namespace Fovea;

/// <summary>One step of a network compiled for a batch: kernels, buffers, and how the work is cut.</summary>
internal abstract unsafe class Step
{
    /// <summary>Multiply-adds that are not worth sharing out: they take about as long as waking another thread, 2
    /// microseconds.</summary>
    private const long SmallProducts = 200_000;

    /// <summary>Floats of an output that are not worth sharing out.</summary>
    protected const long SmallOutput = 12_000;

    /// <summary>Whether there is nothing to run: what it would write is there already.</summary>
    public virtual bool IsIdle => false;

    /// <summary>Jobs that may run at the same time: one a thread, where there are enough multiply-adds.</summary>
    public virtual int Jobs(int threads) => MultiplyAdds < SmallProducts ? 1 : threads;

    /// <summary>Runs one of them.</summary>
    public abstract void Run(byte* arena, int job, int jobs);

    /// <summary>Multiply-adds of the batch, by direct sums; 0 where it has none.</summary>
    public virtual long MultiplyAdds => 0;

    /// <summary>Bytes of working memory that each job needs.</summary>
    public virtual long WorkspaceBytes => 0;

    /// <summary>Where its packed weights begin; null where it has none.</summary>
    public virtual float* Weights => null;

    /// <summary>The weights of the next step that has some. This step asks for them as it ends. May be null.</summary>
    public float* NextWeights { get; set; }

    /// <summary>Where the working memory of the jobs begins, in bytes from the arena's start, and bytes from one job's
    /// to the next: set by the plan.</summary>
    public (long Start, long Stride) Workspaces { get; set; }

    /// <summary>The working memory of a job.</summary>
    protected float* WorkspaceOf(byte* arena, int job) =>
        (float*)(arena + Workspaces.Start + (job * Workspaces.Stride));

    /// <summary>What it does, for people.</summary>
    public abstract override string ToString();
}
