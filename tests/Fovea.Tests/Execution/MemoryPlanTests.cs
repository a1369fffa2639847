using CsCheck;
using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>Buffers that are alive together never share memory, on thousands of random lives.</summary>
public sealed class MemoryPlanTests
{
    private const int Alignment = 64;

    /// <summary>Up to 19 lives in up to 12 steps; a sixth of the buffers are empty.</summary>
    private static readonly Gen<(long Size, int First, int Last)[]> Lives = Gen.Int[1, 12]
        .SelectMany(steps =>
            Gen.Select(
                Gen.Int[-1, steps - 2],
                Gen.Int[0, steps - 1],
                Gen.Frequency((1, Gen.Const(0L)), (5, Gen.Long[1, 1000])),
                (first, length, size) => (size, first, first + length)
            ).Array[0, 19]
        );

    /// <summary>Up to 21 needs in five groups, in which they begin and end within a few steps of each other.</summary>
    private static readonly Gen<MemoryNeed[]> Needs = Gen.Select(
        Gen.Int[0, 4],
        Gen.Int[0, 49],
        Gen.Int[0, 299],
        Gen.Int[0, 11],
        Gen.Int[0, 13],
        (group, within, bytes, first, length) => new MemoryNeed(group, 4 * within, bytes, first, first + length)
    ).Array[2, 21];

    [Fact]
    public void Of_RandomLives_KeepsApartWhatIsAliveTogether() =>
        RandomCases.Check(Lives, 61, 3000, AssertKeptApart, lives => string.Join(" ", lives));

    [Fact]
    public void Of_NeedsOfAGroup_LieTogetherAndLiveTogether() =>
        RandomCases.Check(Needs, 63, 1000, AssertGroupsLieTogether, needs => string.Join(" ", needs));

    private static void AssertKeptApart((long Size, int First, int Last)[] lives)
    {
        (long[] offsets, long total) = Place(lives);
        string what = $"lives {string.Join(" ", lives)}, offsets {string.Join(" ", offsets)}";
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

    private static void AssertGroupsLieTogether(MemoryNeed[] needs)
    {
        MemoryPlan plan = MemoryPlan.Of(needs);
        for (int i = 0; i < needs.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                string what =
                    $"{needs[i]} at {plan.Offsets[i]}, {needs[j]} at {plan.Offsets[j]}, groups {string.Join(" ", needs)}";
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

    private static (int First, int Last) LifeOf(MemoryNeed[] needs, int group) =>
        (needs.Where(n => n.Group == group).Min(n => n.First), needs.Where(n => n.Group == group).Max(n => n.Last));

    private static long Aligned(long size) => (size + Alignment - 1) / Alignment * Alignment;

    private static (long[] Offsets, long Total) Place((long Size, int First, int Last)[] lives)
    {
        MemoryPlan plan = MemoryPlan.Of([.. lives.Select((l, i) => new MemoryNeed(i, 0, l.Size, l.First, l.Last))]);
        return ([.. plan.Offsets], plan.Bytes);
    }
}
