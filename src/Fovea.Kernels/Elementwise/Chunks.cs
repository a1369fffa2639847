namespace Fovea.Kernels;

/// <summary>Cuts a long run of elements into chunks for the workers. The cut depends on the length alone.</summary>
internal static class Chunks
{
    /// <summary>Elements a chunk: 64 KiB of floats, large against the cost of handing a chunk out, small against a level-2 cache.</summary>
    public const int Size = 16384;

    /// <summary>Runs <paramref name="body"/>(start, length) over 0 .. <paramref name="count"/> - 1, in chunks of <see cref="Size"/>.</summary>
    public static void For(long count, Action<long, int> body)
    {
        int chunks = (int)((count + Size - 1) / Size);
        WorkerPool.For(chunks, chunk =>
        {
            long start = (long)chunk * Size;
            body(start, (int)Math.Min(Size, count - start));
        });
    }
}
