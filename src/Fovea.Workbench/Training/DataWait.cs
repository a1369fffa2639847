using System.Collections;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Measures how long training waits for batches.</summary>
/// <param name="time">The clock.</param>
internal sealed class DataWait(TimeProvider time)
{
    private TimeSpan _waited;
    private TimeSpan _trained;
    private TimeSpan _waitedBefore;
    private TimeSpan _trainedBefore;

    /// <summary>The share 0-1 of the time of all updates so far in which their thread waited; null before the first.</summary>
    public double? Share => ShareOf(_waited, _trained);

    /// <summary>How long all updates so far waited.</summary>
    public TimeSpan Waited => _waited;

    /// <summary>The share since it was last asked for.</summary>
    public double? NextPart()
    {
        double? share = ShareOf(_waited - _waitedBefore, _trained - _trainedBefore);
        (_waitedBefore, _trainedBefore) = (_waited, _trained);
        return share;
    }

    /// <summary>Batches, of which each is waited for.</summary>
    public IEnumerator<Batch> Of(IEnumerable<Batch> batches) => new Waiting(batches.GetEnumerator(), this);

    /// <summary>Makes an update, with its waiting.</summary>
    public T Update<T>(Func<T> update)
    {
        long start = time.GetTimestamp();
        T result = update();
        _trained += time.GetElapsedTime(start);
        return result;
    }

    private static double? ShareOf(TimeSpan waited, TimeSpan trained) =>
        trained > TimeSpan.Zero ? Math.Round(Math.Clamp(waited / trained, 0.0, 1.0), 4) : null;

    private sealed class Waiting(IEnumerator<Batch> inner, DataWait wait) : IEnumerator<Batch>
    {
        public Batch Current => inner.Current;

        object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            long start = wait.Clock.GetTimestamp();
            bool any = inner.MoveNext();
            wait._waited += wait.Clock.GetElapsedTime(start);
            return any;
        }

        public void Reset() => inner.Reset();

        public void Dispose() => inner.Dispose();
    }

    private TimeProvider Clock => time;
}
