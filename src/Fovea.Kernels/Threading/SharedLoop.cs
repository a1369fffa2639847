using System.Runtime.ExceptionServices;

namespace Fovea.Kernels;

/// <summary>The loop that is being shared out. There is one at a time, and the object is used for all of them, so that
/// starting a loop allocates nothing.</summary>
/// <remarks>
/// The ticket holds the loop's number and its next chunk, and what else belongs to a loop is written before its ticket.
/// A helper first counts itself in, then looks whether the loop is open;
/// the caller closes the loop before it looks whether helpers are counted. So one of the two sees the other, and
/// nothing of a loop changes while a helper is at it.
/// </remarks>
internal sealed class SharedLoop
{
    private const int Closed = int.MaxValue;

    [ThreadStatic]
    private static bool _insideChunk;

    private Action<int>? _body;
    private int _chunks;
    private int _seats;
    private ExceptionDispatchInfo? _failure;
    private long _ticket = Closed;
    private int _helping;

    /// <summary>Whether the calling thread runs a chunk.</summary>
    public static bool IsInsideChunk => _insideChunk;

    /// <summary>The number of the loop that is open, or of the last one; the next has another.</summary>
    public int Number => (int)(Volatile.Read(ref _ticket) >> 32);

    private int Next => (int)Volatile.Read(ref _ticket);

    /// <summary>Opens a loop; the last one must be closed.</summary>
    /// <param name="chunks">Its chunks.</param>
    /// <param name="helpers">Threads that may join the caller.</param>
    /// <param name="body">Runs a chunk.</param>
    public void Open(int chunks, int helpers, Action<int> body)
    {
        (_body, _chunks, _seats) = (body, chunks, helpers);
        Interlocked.Exchange(ref _ticket, (long)(Number + 1) << 32); // a worker about to park either sees the loop or is seen parked
    }

    /// <summary>Runs chunks, where the loop is open and has a seat left.</summary>
    public void Help()
    {
        Interlocked.Increment(ref _helping);
        if (Next != Closed && Interlocked.Decrement(ref _seats) >= 0)
        {
            Work();
        }

        Interlocked.Decrement(ref _helping);
    }

    /// <summary>Runs chunks until none is left.</summary>
    public void Work()
    {
        _insideChunk = true;
        try
        {
            Action<int> body = _body!; // of an open loop
            while (TryTake(out int chunk))
            {
                body(chunk);
            }
        }
#pragma warning disable CA1031 // carried to the caller of the loop, which rethrows it
        catch (Exception e)
#pragma warning restore CA1031
        {
            Stop();
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
        finally
        {
            _insideChunk = false;
        }
    }

    /// <summary>Closes the loop when all have left it, and rethrows what a chunk threw. Nothing that the body refers to
    /// is kept.</summary>
    public void Close()
    {
        Stop();
        SpinWait spin = default;
        while (Volatile.Read(ref _helping) > 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        ExceptionDispatchInfo? failure = _failure;
        (_body, _failure) = (null, null);
        failure?.Throw();
    }

    private void Stop() => Interlocked.Exchange(ref _ticket, ((long)Number << 32) | Closed);

    private bool TryTake(out int chunk)
    {
        long ticket = Volatile.Read(ref _ticket);
        while ((chunk = (int)ticket) < _chunks)
        {
            long found = Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket);
            if (found == ticket)
            {
                return true;
            }

            ticket = found;
        }

        return false;
    }
}
