namespace Fovea.Tests;

/// <summary>Buffers that are alive together never share memory, on thousands of random lives.</summary>
public sealed class MemoryPlanTests
{
    private const int Alignment = 64;

    [Fact]
    public void Of_RandomLives_KeepsApartWhatIsAliveTogether()
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
                            Size: rng.Next(6) == 0 ? 0 : 1 + rng.Next(1000)
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

    [Fact]
    public void Of_NeedsOfAGroup_LieTogetherAndLiveTogether()
    {
        for (ulong seed = 0; seed < 1000; seed++)
        {
            Rng rng = new Rng(63).Split(seed);
            MemoryNeed[] needs =
            [
                .. Enumerable
                    .Range(0, 2 + rng.Next(20))
                    .Select(_ => new MemoryNeed(
                        rng.Next(5),
                        4 * rng.Next(50),
                        rng.Next(300),
                        rng.Next(6),
                        6 + rng.Next(6)
                    ))
                    .Select(n => n with { First = n.First + rng.Next(7), Last = n.Last + rng.Next(3) })
                    .Select(n => n with { Last = Math.Max(n.First, n.Last) }),
            ];
            MemoryPlan plan = MemoryPlan.Of(needs);
            for (int i = 0; i < needs.Length; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    string what =
                        $"seed {seed}: {needs[i]} at {plan.Offsets[i]}, {needs[j]} at {plan.Offsets[j]}, groups {string.Join(" ", needs)}";
                    if (needs[i].Group == needs[j].Group)
                    {
                        Assert.True(plan.Offsets[i] - needs[i].Within == plan.Offsets[j] - needs[j].Within, what);
                        continue;
                    }

                    (int First, int Last) a = LifeOf(needs, needs[i].Group),
                        b = LifeOf(needs, needs[j].Group);
                    bool together = a.First <= b.Last && b.First <= a.Last,
                        apart =
                            plan.Offsets[i] + needs[i].Bytes <= plan.Offsets[j]
                            || plan.Offsets[j] + needs[j].Bytes <= plan.Offsets[i];
                    Assert.True(apart || !together, what);
                }
            }
        }
    }

    private static (int First, int Last) LifeOf(MemoryNeed[] needs, int group) =>
        (needs.Where(n => n.Group == group).Min(n => n.First), needs.Where(n => n.Group == group).Max(n => n.Last));

    private static long Aligned(long size) => (size + Alignment - 1) / Alignment * Alignment;

    private static (long[] Offsets, long Total) Place((long Size, int First, int Last)[] lives)
    {
        MemoryPlan plan = MemoryPlan.Of([.. lives.Select((l, i) => new MemoryNeed(i, 0, l.Size, l.First, l.Last))]);
        return ([.. plan.Offsets], plan.Bytes);
    }
}
