namespace Fovea;

/// <summary>A need for memory. Needs of one group lie in one piece, each at its own distance from the start of the
/// piece: views, and pieces of a concatenation.</summary>
/// <param name="Group">Which piece of memory; any numbers.</param>
/// <param name="Within">Bytes from the start of the piece.</param>
/// <param name="Bytes">How much, from there on.</param>
/// <param name="First">The first step that needs it.</param>
/// <param name="Last">The last step that needs it, <paramref name="First"/> or later.</param>
internal readonly record struct MemoryNeed(int Group, long Within, long Bytes, int First, int Last);

/// <summary>Where needs for memory lie in one arena: those that are never alive together may share memory. Knows bytes
/// and steps and nothing else.</summary>
/// <remarks>Largest first, each at the lowest place that is free for its whole life (Pisarchyk, Lee 2020, greedy by
/// size, https://arxiv.org/abs/2001.03288). A group is alive from the first step of any of its needs to the last of
/// any.</remarks>
/// <param name="Offsets">Bytes from the start of the arena to each need. Groups begin at multiples of
/// <see cref="Alignment"/>.</param>
/// <param name="Bytes">Bytes of the arena.</param>
internal sealed record MemoryPlan(IReadOnlyList<long> Offsets, long Bytes)
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Alignment = 64;

    /// <summary>Places needs.</summary>
    /// <param name="needs">All of them.</param>
    public static MemoryPlan Of(IReadOnlyList<MemoryNeed> needs)
    {
        List<(Life Life, long Offset)> placed = [];
        foreach (
            Life life in needs
                .GroupBy(n => n.Group)
                .Select(Life.Of)
                .OrderByDescending(l => l.Bytes)
                .ThenBy(l => l.First)
        )
        {
            placed.Add((life, LowestFree(life, placed)));
        }

        Dictionary<int, long> starts = placed.ToDictionary(p => p.Life.Group, p => p.Offset);
        return new MemoryPlan(
            [.. needs.Select(n => starts[n.Group] + n.Within)],
            placed.Select(p => Aligned(p.Offset + p.Life.Bytes)).DefaultIfEmpty().Max()
        );
    }

    /// <summary>The number of bytes up to the next multiple of <see cref="Alignment"/>.</summary>
    public static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static long LowestFree(Life life, List<(Life Life, long Offset)> placed)
    {
        long offset = 0;
        foreach ((Life other, long start) in placed.Where(p => p.Life.Meets(life)).OrderBy(p => p.Offset))
        {
            if (start - offset >= life.Bytes)
            {
                break;
            }

            offset = Math.Max(offset, Aligned(start + other.Bytes));
        }

        return offset;
    }

    /// <summary>The needs of a group as one.</summary>
    private readonly record struct Life(int Group, long Bytes, int First, int Last)
    {
        public static Life Of(IGrouping<int, MemoryNeed> needs) =>
            new(needs.Key, needs.Max(n => n.Within + n.Bytes), needs.Min(n => n.First), needs.Max(n => n.Last));

        public bool Meets(Life other) => First <= other.Last && other.First <= Last;
    }
}
