namespace Fovea.Kernels.Tests;

public sealed class BlockPoolTests
{
    [Fact]
    public void ClassOf_AnySize_WastesAtMostAQuarterAboveTheSmallest()
    {
        for (long size = 64; size < 5_000_000; size = (size * 9 / 8) + 1)
        {
            int block = BlockPool.ClassOf(size);
            Assert.True(block >= size && block <= size * 1.26, $"{size} floats got a block of {block}");
            Assert.Equal(block, BlockPool.ClassOf(block));
        }
    }

    [Fact]
    public void Rent_AfterReturn_GivesTheSameBlock()
    {
        const int Unusual = 1_310_720 + 5; // a class no other test uses
        float[] block = BlockPool.Rent(Unusual);
        BlockPool.Return(block);
        Assert.Same(block, BlockPool.Rent(Unusual));
        BlockPool.Return(block);
    }

    [Fact]
    public void Trim_FreeBlock_IsNotHandedOutAgainAndOneInUseKeepsItsValues()
    {
        const int Unusual = 786_432 + 5; // a class no other test uses
        float[] free = BlockPool.Rent(Unusual),
            used = BlockPool.Rent(Unusual);
        Array.Fill(free, 3f);
        Array.Fill(used, 5f);
        BlockPool.Return(free);

        BlockPool.Trim();

        float[] next = BlockPool.Rent(Unusual);
        Assert.NotSame(free, next);
        Assert.False(used.AsSpan().ContainsAnyExcept(5f), "a block in use was trimmed");
        Assert.True(!OperatingSystem.IsLinux() || free[free.Length / 2] == 0f, "the pages of a free block were kept");
    }

    [Fact]
    public unsafe void AlignedOffset_OfAnyBlock_StartsACacheLineAndLeavesAVectorBehind()
    {
        foreach (int size in new[] { 1, 100, 5000 })
        {
            float[] block = BlockPool.Rent(size);
            int offset = BlockPool.AlignedOffset(block);
            fixed (float* start = &block[offset])
            {
                Assert.Equal(0, (long)start & 63);
            }

            Assert.True(
                block.Length - offset - size >= 16,
                $"{size} floats: only {block.Length - offset - size} behind the last"
            );
            BlockPool.Return(block);
        }
    }

    [Fact]
    public void Rent_MoreThanOneTensorCanHold_IsRefusedInWords()
    {
        InsufficientMemoryException error = Assert.Throws<InsufficientMemoryException>(() =>
            BlockPool.Rent(3_000_000_000)
        );
        Assert.Contains("3,000,000,000 floats", error.Message, StringComparison.Ordinal);
    }
}
