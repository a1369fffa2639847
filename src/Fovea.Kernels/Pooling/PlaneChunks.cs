namespace Fovea.Kernels;

/// <summary>Cuts a run of planes into chunks for the workers: small planes share a chunk. The cut depends on the sizes
/// alone.</summary>
internal static class PlaneChunks
{
    /// <summary>Runs <paramref name="body"/>(first, end) over 0 .. <paramref name="planes"/> - 1.</summary>
    /// <param name="planes">Number of planes.</param>
    /// <param name="values">Values in a plane.</param>
    /// <param name="body">Gets the first plane and the one behind the last.</param>
    public static void For(int planes, int values, Action<int, int> body)
    {
        int share = Math.Max(1, Chunks.Size / Math.Max(1, values));
        int chunks = (int)(((long)planes + share - 1) / share);
        WorkerPool.For(chunks, chunk => body(chunk * share, (int)Math.Min(planes, (chunk + 1L) * share)));
    }
}
