namespace Fovea.Tests;

/// <summary>Buffers that are alive together never share memory, on thousands of random lives.</summary>
public sealed class MemoryPlanTests
{
    private const int Alignment = 16;

    [Fact]
    public void Place_RandomLives_KeepsApartWhatIsAliveTogether()
    {
        for (ulong seed = 0; seed < 3000; seed++)
        {
            Rng rng = new Rng(61).Split(seed);
            int steps = 1 + rng.Next(12);
            (long Size, int First, int Last)[] lives =
            [
                .. Enumerable
                    .Range(0, rng.Next(20))
                    .Select(_ =>
                        (
                            First: rng.Next(steps) - 1,
                            Length: rng.Next(steps),
                            Size: rng.Next(6) == 0 ? 0 : 1 + rng.Next(200)
                        )
                    )
                    .Select(l => ((long)l.Size, l.First, l.First + l.Length)),
            ];
            (long[] offsets, long total) = Place(lives);
            string what = $"seed {seed}, lives {string.Join(" ", lives)}, offsets {string.Join(" ", offsets)}";
            Assert.True(offsets.All(o => o >= 0 && o % Alignment == 0), $"{what}: not on a cache line");
            for (int i = 0; i < lives.Length; i++)
            {
                Assert.True(offsets[i] + lives[i].Size <= total, $"{what}: {i} ends behind the arena of {total}");
                for (int j = 0; j < i; j++)
                {
                    bool together = lives[i].First <= lives[j].Last && lives[j].First <= lives[i].Last,
                        overlap = offsets[i] < offsets[j] + lives[j].Size && offsets[j] < offsets[i] + lives[i].Size;
                    Assert.False(together && overlap, $"{what}: {i} and {j} are alive together and overlap");
                }
            }

            long all = lives.Sum(l => Aligned(l.Size)),
                most = Enumerable
                    .Range(-1, 30)
                    .Max(step => lives.Where(l => l.First <= step && step <= l.Last).Sum(l => Aligned(l.Size)));
            Assert.True(total >= most && total <= all, $"{what}: {total}, alive together {most}, all {all}");
        }
    }

    private static long Aligned(long size) => (size + Alignment - 1) / Alignment * Alignment;

    private static (long[] Offsets, long Total) Place((long Size, int First, int Last)[] lives)
    {
        NetworkBuffer[] buffers = [.. lives.Select(l => new NetworkBuffer(new(16, 1, 1, 1), 16, l.Size))];
        long total = MemoryPlan.Place([.. lives.Select((l, i) => (buffers[i], l.First, l.Last))]);
        return ([.. buffers.Select(b => b.Offset)], total);
    }
}
