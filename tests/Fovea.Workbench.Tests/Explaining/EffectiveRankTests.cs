namespace Fovea.Workbench.Tests;

public sealed class EffectiveRankTests
{
    // Two directions used alike, of any size that floats have.
    [Theory]
    [InlineData(1f)]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Of_AnyScale_IsTheSame(float scale) =>
        Assert.Equal(2.0, EffectiveRank.Of([scale, 0, -scale, 0, 0, scale, 0, -scale], 2), 6);

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 2.0)]
    [InlineData(4, 4.0)]
    public void Of_DirectionsUsedAlike_IsTheirNumber(int used, double expected)
    {
        // By direction one item at 1 and one at -1.
        float[] vectors = new float[2 * used * 6];
        for (int i = 0; i < used; i++)
        {
            vectors[(2 * i * 6) + i] = 1;
            vectors[(((2 * i) + 1) * 6) + i] = -1;
        }

        Assert.Equal(expected, EffectiveRank.Of(vectors, 6), 6);
    }

    [Fact]
    public void Of_SingularValuesThreeAndOne_IsTheEntropyByHand()
    {
        // Shares 3/4 and 1/4: exp(-(0.75 ln 0.75 + 0.25 ln 0.25)) = 1.75477. A mean of 5 changes nothing.
        float[] vectors = [8, 5, 2, 5, 5, 6, 5, 4];

        Assert.Equal(1.75477, EffectiveRank.Of(vectors, 2), 5);
    }

    [Fact]
    public void Of_MoreItemsThanChannelsOrFewer_IsTheSameMatrix()
    {
        // A and -A side by side and below each other: rows and columns of mean 0, so that 14 items of 30 have the singular
        // values of 30 items of 14.
        float[] a = FilterStatistics.Normal(7 * 15, new Rng(4)),
            rows = new float[14 * 30],
            turned = new float[30 * 14];
        for (int i = 0; i < 14; i++)
        {
            for (int j = 0; j < 30; j++)
            {
                rows[(i * 30) + j] = a[(i % 7 * 15) + (j % 15)] * ((i < 7) == (j < 15) ? 1 : -1);
                turned[(j * 14) + i] = rows[(i * 30) + j];
            }
        }

        double rank = EffectiveRank.Of(rows, 30);

        Assert.InRange(rank, 6.0, 7.0);
        Assert.Equal(rank, EffectiveRank.Of(turned, 14), 4);
    }

    [Fact]
    public void Of_NothingThatDiffers_IsZero_NotANumber_Too()
    {
        Assert.Equal(0.0, EffectiveRank.Of([3, 4, 3, 4, 3, 4], 2));
        Assert.Equal(double.NaN, EffectiveRank.Of([3, 4], 2));
        Assert.Equal(double.NaN, EffectiveRank.Of([3, float.NaN, 1, 2], 2));
    }
}
