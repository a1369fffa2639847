namespace Fovea.Tests;

public sealed class RngTests
{
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu,
        0xffffffffu,
        0xffffffffu,
        0xffffffffu,
        0xffffffffu,
        0xffffffffu,
        0x408f276du,
        0x41c83b0eu,
        0xa20bc7c6u,
        0x6d5451fdu
    )]
    public void Philox_KnownAnswers_MatchThePaperAuthorsVectors(
        uint c0,
        uint c1,
        uint c2,
        uint c3,
        uint k0,
        uint k1,
        uint r0,
        uint r1,
        uint r2,
        uint r3
    ) => Assert.Equal((r0, r1, r2, r3), Rng.Philox(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void State_SetAfterAnyNumberOfDraws_ContinuesToTheSameBits()
    {
        for (int draws = 0; draws < 9; draws++)
        {
            Rng rng = new(7);
            for (int i = 0; i < draws; i++)
            {
                rng.NextUInt32();
            }

            Rng other = new(99) { State = rng.State };
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(rng.NextUInt32(), other.NextUInt32());
            }
        }
    }

    [Fact]
    public void Split_ByName_DoesNotDrawAndDiffersByName()
    {
        Rng rng = new(3);
        RngState before = rng.State;
        Assert.NotEqual(rng.Split("a").NextUInt64(), rng.Split("b").NextUInt64());
        Assert.Equal(rng.Split("a").NextUInt64(), rng.Split("a").NextUInt64());
        Assert.Equal(before, rng.State);
    }

    [Fact]
    public void NextNormal_ManyDraws_HasMeanZeroAndVarianceOne()
    {
        Rng rng = new(11);
        double sum = 0,
            squares = 0;
        const int Draws = 100_000;
        for (int i = 0; i < Draws; i++)
        {
            double value = rng.NextNormal();
            sum += value;
            squares += value * value;
        }

        Assert.InRange(sum / Draws, -0.015, 0.015);
        Assert.InRange(squares / Draws, 0.98, 1.02);
    }
}
