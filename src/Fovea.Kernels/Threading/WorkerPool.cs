namespace Fovea.Kernels;

/// <summary>The one place that starts compute threads. Splits a loop of independent chunks over them.</summary>
/// <remarks>
/// <para>A caller decides the chunks from the shape of its work alone; which thread runs which chunk is decided at run
/// time.
/// As no chunk reads what another writes, results do not depend on the number of threads.</para>
/// <para>Workers wait by spinning briefly, then park. A loop started inside a chunk, or while another thread's loop is
/// running,
/// runs on the calling thread: there is no nesting and no queue.</para>
/// </remarks>
public static class WorkerPool
{
    // About 20 microseconds of spinning: longer than the gap between two operators of a small network, shorter than a
    // scheduler tick.
    private const int SpinIterations = 400;

    private static readonly Lock DispatchGate = new();
    private static readonly List<Thread> Workers = [];
    private static readonly SemaphoreSlim Wake = new(0);
    private static readonly SharedLoop Loop = new();
    private static int _threads = DefaultThreads();
    private static int _parked;

    /// <summary>Threads that take part in a loop, the caller included; at least 1. Initially the processor count, or
    /// <c>FOVEA_THREADS</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 or more than 1024.</exception>
    public static int Threads
    {
        get => _threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            lock (DispatchGate)
            {
                _threads = value;
            }
        }
    }

    /// <summary>Runs <paramref name="body"/> for 0 .. <paramref name="chunks"/> - 1, each exactly once, and returns
    /// when all are done.</summary>
    /// <remarks>An exception of a chunk is rethrown here once every started chunk has ended; chunks not yet started are
    /// skipped.</remarks>
    internal static void For(int chunks, Action<int> body)
    {
        if (chunks <= 0)
        {
            return;
        }

        if (chunks == 1 || _threads == 1 || SharedLoop.IsInsideChunk || !DispatchGate.TryEnter())
        {
            RunHere(chunks, body);
            return;
        }

        try
        {
            Dispatch(chunks, body);
        }
        finally
        {
            DispatchGate.Exit();
        }
    }

    /// <summary>The run of things that falls to a part, where they are shared out as evenly as whole numbers
    /// allow.</summary>
    /// <param name="count">Things, 0 or more.</param>
    /// <param name="part">0 to <paramref name="parts"/> - 1.</param>
    /// <param name="parts">1 or more.</param>
    internal static (int First, int End) Share(int count, int part, int parts) =>
        ((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts));

    private static int DefaultThreads() =>
        int.TryParse(Environment.GetEnvironmentVariable("FOVEA_THREADS"), out int asked) && asked is >= 1 and <= 1024
            ? asked
            : Environment.ProcessorCount;

    private static void RunHere(int chunks, Action<int> body)
    {
        for (int i = 0; i < chunks; i++)
        {
            body(i);
        }
    }

    private static void Dispatch(int chunks, Action<int> body)
    {
        int helpers = Math.Min(_threads, chunks) - 1;
        while (Workers.Count < helpers)
        {
            Thread worker = new(WorkerLoop) { IsBackground = true, Name = $"Fovea worker {Workers.Count + 1}" };
            Workers.Add(worker);
            worker.Start();
        }

        Loop.Open(chunks, helpers, body);
        int parked = Volatile.Read(ref _parked);
        if (parked > 0)
        {
            Wake.Release(Math.Min(parked, helpers));
        }

        Loop.Work();
        Loop.Close();
    }

    private static void WorkerLoop()
    {
        int last = 0;
        while (true)
        {
            last = WaitForLoop(last);
            Loop.Help();
        }
    }

    /// <summary>Waits for another loop than the last one; may return early, with nothing to do.</summary>
    private static int WaitForLoop(int last)
    {
        for (int spin = 0; spin < SpinIterations; spin++)
        {
            int number = Loop.Number;
            if (number != last)
            {
                return number;
            }

            Thread.SpinWait(8);
        }

        Interlocked.Increment(ref _parked);
        if (Loop.Number == last)
        {
            Wake.Wait();
        }

        Interlocked.Decrement(ref _parked);
        return Loop.Number;
    }
}
