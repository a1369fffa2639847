using System.Diagnostics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The arena of one run at a time, and the steps bound to it.</summary>
internal sealed unsafe class Workspace
{
    private readonly NetworkPlan _plan;
    private readonly Action<int>[] _actions;
    private byte* _arena;
    private int _threads;
    private int _jobs;

    /// <summary>A workspace of a plan; it takes no memory before its first run.</summary>
    public Workspace(NetworkPlan plan)
    {
        _plan = plan;
        _actions = [.. plan.Steps.Select(step => (Action<int>)(job => step.Run(_arena, job, _jobs)))];
    }

    ~Workspace()
    {
        LargeMemory.Free(_arena);
    }

    /// <summary>Where the arena begins; null before the first run.</summary>
    public byte* Arena => _arena;

    /// <summary>Runs the steps on some items.</summary>
    /// <param name="inputs">Batches that hold them, one for each input of the network.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="outputs">Where the results go, at the same items.</param>
    /// <param name="threads">Threads to cut each step for.</param>
    /// <param name="measured">Told behind each step which one it was and how many milliseconds it took; null for
    /// none.</param>
    public void Run(
        ReadOnlySpan<Tensor> inputs,
        int first,
        ReadOnlySpan<Tensor> outputs,
        int threads,
        Action<int, double>? measured = null
    )
    {
        ProvideFor(threads);
        for (int i = 0; i < inputs.Length; i++)
        {
            ItemCopy.Write(inputs[i], first, _plan.Batch, _arena, _plan.Inputs[i]);
        }

        for (int i = 0; i < _actions.Length; i++)
        {
            long start = measured is null ? 0 : Stopwatch.GetTimestamp();
            _jobs = _plan.Steps[i].Jobs(threads);
            WorkerPool.For(_jobs, _actions[i]);
            measured?.Invoke(i, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            ItemCopy.Read(_arena, _plan.Outputs[i], outputs[i], first, _plan.Batch);
        }

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
        _arena = (byte*)LargeMemory.Take(_plan.ArenaBytes(threads));
        _threads = threads;
    }
}
