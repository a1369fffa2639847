namespace Fovea.Kernels;

/// <summary>Cuts a long run of elements into chunks for the workers. The cut depends on the length alone.</summary>
internal static class Chunks
{
    /// <summary>Elements a chunk: 64 KiB of floats, large against the cost of handing a chunk out, small against a
    /// level-2 cache.</summary>
    public const int Size = 16384;

    /// <summary>Runs <paramref name="body"/>(start, length) over 0 .. <paramref name="count"/> - 1, in chunks of
    /// <see cref="Size"/>.</summary>
    public static void For(long count, Action<long, int> body)
    {
        int chunks = (int)((count + Size - 1) / Size);
        WorkerPool.For(
            chunks,
            chunk =>
            {
                long start = (long)chunk * Size;
                body(start, (int)Math.Min(Size, count - start));
            }
        );
    }

    /// <summary>Runs <paramref name="body"/> for each of <paramref name="items"/> items, so many a job that a job is
    /// about <see cref="Size"/> of all <paramref name="work"/>.</summary>
    public static void For(long work, long items, Action<long> body)
    {
        long itemsPerJob = Math.Max(1, Size / Math.Max(1, work / Math.Max(1, items)));
        WorkerPool.For(
            (int)((items + itemsPerJob - 1) / itemsPerJob),
            job =>
            {
                long end = Math.Min(items, (job + 1) * itemsPerJob);
                for (long item = job * itemsPerJob; item < end; item++)
                {
                    body(item);
                }
            }
        );
    }
}
