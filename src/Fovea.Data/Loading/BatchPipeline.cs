using System.Runtime.ExceptionServices;

namespace Fovea.Data;

/// <summary>Threads that prepare batches a few steps ahead of the consumer, in any order, handed out in order.
/// Disposing stops and joins the threads.</summary>
internal sealed class BatchPipeline : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<int, (Batch? Batch, ExceptionDispatchInfo? Failure)> _ready = [];
    private readonly Func<int, Func<bool>, Batch?> _prepare;
    private readonly Thread[] _threads;
    private readonly int _end;
    private readonly int _ahead;
    private int _nextToPrepare;
    private int _nextToTake;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="workers">Threads, 1 up.</param>
    /// <param name="first">The first step.</param>
    /// <param name="end">The step after the last.</param>
    /// <param name="prepare">Makes the batch of a step; asks its second argument now and then whether to give up, and
    /// then returns null.</param>
    public BatchPipeline(int workers, int first, int end, Func<int, Func<bool>, Batch?> prepare)
    {
        (_nextToPrepare, _nextToTake, _end, _ahead, _prepare) = (first, first, end, workers + 2, prepare);
        _threads = new Thread[Math.Min(workers, end - first)];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"Fovea loader {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Waits for a step's batch. Steps must be taken in order; a failure of preparing a step is rethrown at
    /// that step.</summary>
    public Batch Take(int step)
    {
        (Batch? Batch, ExceptionDispatchInfo? Failure) entry;
        lock (_gate)
        {
            while (!_ready.Remove(step, out entry))
            {
                Monitor.Wait(_gate);
            }

            _nextToTake = step + 1;
            Monitor.PulseAll(_gate);
        }

        entry.Failure?.Throw();
        return entry.Batch!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        while (NextStep() is { } step)
        {
            (Batch?, ExceptionDispatchInfo?) entry;
            try
            {
                entry = (_prepare(step, () => _stopped), null);
            }
#pragma warning disable CA1031 // carried to the consumer, which rethrows it at this step
            catch (Exception e)
#pragma warning restore CA1031
            {
                entry = (null, ExceptionDispatchInfo.Capture(e));
            }

            lock (_gate)
            {
                _ready[step] = entry;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private int? NextStep()
    {
        lock (_gate)
        {
            while (!_stopped && _nextToPrepare < _end && _nextToPrepare >= _nextToTake + _ahead)
            {
                Monitor.Wait(_gate);
            }

            return _stopped || _nextToPrepare >= _end ? null : _nextToPrepare++;
        }
    }
}
