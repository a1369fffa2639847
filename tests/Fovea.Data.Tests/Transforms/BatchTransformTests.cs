namespace Fovea.Data.Tests;

public sealed class BatchTransformTests
{
    /// <summary>Items that are all n, of class n, for n = 0..count-1.</summary>
    private static (float[] Inputs, float[] Targets) Batch(int count, int size)
    {
        float[] targets = new float[count * count];
        for (int n = 0; n < count; n++)
        {
            targets[(n * count) + n] = 1;
        }

        return ([.. Enumerable.Range(0, count * size).Select(i => (float)(i / size))], targets);
    }

    [Fact]
    public void Mixup_ConstantItems_TargetsSayWhatTheInputsAre()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            (float[] inputs, float[] targets) = Batch(6, 4);
            new Mixup(1).Apply(inputs, targets, [1, 4], 6, new Rng(seed));
            for (int n = 0; n < 6; n++)
            {
                float expected = Enumerable.Range(0, 6).Sum(k => k * targets[(n * 6) + k]);
                Assert.All(inputs[(n * 4)..((n * 4) + 4)], value => Assert.Equal(expected, value, 4));
                Assert.Equal(1f, targets[(n * 6)..((n * 6) + 6)].Sum(), 5);
            }
        }
    }

    [Fact]
    public void CutMix_ConstantItems_TargetsAreTheAreasExactly()
    {
        int mixed = 0;
        for (ulong seed = 0; seed < 50; seed++)
        {
            (float[] inputs, float[] targets) = Batch(6, 2 * 8 * 8);
            new CutMix(1).Apply(inputs, targets, [2, 8, 8], 6, new Rng(seed));
            for (int n = 0; n < 6; n++)
            {
                float[] item = inputs[(n * 128)..((n * 128) + 128)];
                Assert.Equal(item[..64], item[64..]);
                for (int k = 0; k < 6; k++)
                {
                    Assert.Equal(item.Count(value => value == k) / 128f, targets[(n * 6) + k], 5);
                }

                mixed += item.Distinct().Count() > 1 ? 1 : 0;
            }
        }

        Assert.True(mixed > 100, $"only {mixed} of 300 items were mixed");
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1.0)]
    [InlineData(5.0)]
    public void BetaDistribution_ManyDraws_HasItsMeanAndVariance(double alpha)
    {
        Rng rng = new(9);
        double[] draws = [.. Enumerable.Range(0, 40000).Select(_ => BetaDistribution.Draw(alpha, rng))];
        Assert.All(draws, value => Assert.InRange(value, 0, 1));
        Assert.Equal(0.5, draws.Average(), 0.01);
        Assert.Equal(1 / (4 * ((2 * alpha) + 1)), draws.Average(v => (v - 0.5) * (v - 0.5)), 0.005);
    }

    [Fact]
    public void BetaDistribution_TinyAlpha_IsNeverNaN()
    {
        Rng rng = new(9);
        Assert.All(Enumerable.Range(0, 2000), _ => Assert.InRange(BetaDistribution.Draw(0.001, rng), 0, 1));
    }
}
