namespace Fovea.Kernels.Tests;

public sealed unsafe class VectorSumTests
{
    [Fact]
    public void AllSums_AnyLength_AreExactOnIntegersAndReadNothingBeyond()
    {
        foreach (int count in Enumerable.Range(0, 70).Concat([4095, 4096, 4097, 9001]))
        {
            float[] x = [.. Enumerable.Range(0, count).Select(i => (float)((i % 7) - 3)), float.NaN],
                g = [.. Enumerable.Range(0, count).Select(i => (float)((i % 5) - 1)), float.NaN];
            fixed (
                float* px = x,
                    pg = g
            )
            {
                Assert.Equal(x[..count].Sum(v => (double)v), VectorSum<float>.Of(px, count));
                (double sum, double product) = VectorSum<float>.WithProduct(pg, px, count, 2f);
                Assert.Equal(g[..count].Sum(v => (double)v), sum);
                Assert.Equal(Enumerable.Range(0, count).Sum(i => g[i] * (x[i] - 2.0)), product);
                (float s, float q) = VectorSum<float>.DeviationsOfBlock(px, Math.Min(count, 4096), 1f);
                Assert.Equal(x[..Math.Min(count, 4096)].Sum(v => v - 1.0), s);
                Assert.Equal(x[..Math.Min(count, 4096)].Sum(v => (v - 1.0) * (v - 1.0)), q);
            }
        }
    }

    [Theory]
    [InlineData(2e38f, 2e38f)]
    [InlineData(3e38f, -3e38f)]
    [InlineData(float.MaxValue, 1f)]
    public void Of_SumBeyondFloats_IsThatOfDouble(float even, float odd)
    {
        foreach (int count in new[] { 3, 64, 4097 })
        {
            float[] x = [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? even : odd)];
            fixed (float* p = x)
            {
                double expected = x.Sum(v => (double)v),
                    actual = VectorSum<float>.Of(p, count);
                Assert.True(
                    Math.Abs(actual - expected) <= 1e-6 * Math.Max(Math.Abs(expected), even),
                    $"{count} of {even} and {odd}: {actual:R}, not {expected:R}"
                );
            }
        }
    }
}
