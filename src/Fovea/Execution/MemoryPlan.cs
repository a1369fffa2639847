namespace Fovea;

/// <summary>Puts buffers into one arena: those that are never alive together may share memory.</summary>
/// <remarks>Largest first, each at the lowest place that is free for its whole life (Pisarchyk, Lee 2020, greedy by
/// size, https://arxiv.org/abs/2001.03288).</remarks>
internal static class MemoryPlan
{
    private const int Alignment = 16; // floats in a cache line

    /// <summary>Sets every buffer's offset.</summary>
    /// <param name="lives">Each buffer with the first and last step that needs it.</param>
    /// <returns>Floats of the arena.</returns>
    public static long Place(IReadOnlyList<(NetworkBuffer Buffer, int First, int Last)> lives)
    {
        List<(NetworkBuffer Buffer, int First, int Last)> placed = [];
        long size = 0;
        foreach (
            (NetworkBuffer Buffer, int First, int Last) life in lives
                .OrderByDescending(l => l.Buffer.Floats)
                .ThenBy(l => l.First)
        )
        {
            long offset = 0;
            foreach (
                (NetworkBuffer other, _, _) in placed
                    .Where(p => p.First <= life.Last && life.First <= p.Last)
                    .OrderBy(p => p.Buffer.Offset)
            )
            {
                if (other.Offset - offset >= life.Buffer.Floats)
                {
                    break;
                }

                offset = Math.Max(offset, Aligned(other.Offset + other.Floats));
            }

            life.Buffer.Offset = offset;
            size = Math.Max(size, Aligned(offset + life.Buffer.Floats));
            placed.Add(life);
        }

        return size;
    }

    private static long Aligned(long floats) => (floats + Alignment - 1) / Alignment * Alignment;
}
