namespace Fovea.Kernels.Tests;

public sealed unsafe class MomentsTests
{
    [Theory]
    [InlineData(1, 1, 0.0)]
    [InlineData(1, 7, 3.0)]
    [InlineData(3, 49, 1e4)]
    [InlineData(200, 49, 1e5)]
    [InlineData(2, 10000, -1e5)]
    public void OfRuns_AnyCut_MatchesTwoPassesInDouble(int runs, int length, double mean)
    {
        Random random = new(5);
        int step = length + 3;
        float[] x =
        [
            .. Enumerable
                .Range(0, runs * step)
                .Select(i => i % step < length ? (float)(mean + random.NextDouble()) : float.NaN),
        ];
        double[] values = [.. x.Where(v => !float.IsNaN(v)).Select(v => (double)v)];
        double exact = values.Average(),
            squares = values.Sum(v => (v - exact) * (v - exact));
        fixed (float* p = x)
        {
            Moments moments = Moments.OfRuns(p, runs, step, length, epsilon: 0);
            Assert.Equal(values.Length, moments.Count);
            Assert.True(Math.Abs(moments.Mean - exact) <= 1e-6, $"mean {moments.Mean}, expected {exact}");
            Assert.True(
                Math.Abs(moments.Squares - squares) <= 1e-5 * squares,
                $"squares {moments.Squares}, expected {squares}"
            );
        }
    }

    [Fact]
    public void With_EmptySet_ChangesNothing()
    {
        Moments some = new(3, 2.0, 5.0);
        Assert.Equal(some, some.With(default));
        Assert.Equal(some, default(Moments).With(some));
        Assert.Equal(new Moments(4, 2.5, 1.0), new Moments(2, 2.5, 0.5).With(new Moments(2, 2.5, 0.5)));
    }
}
