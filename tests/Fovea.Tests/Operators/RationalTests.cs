namespace Fovea.Tests;

public sealed class RationalTests
{
    [Theory]
    [InlineData(7, 2, 3)]
    [InlineData(-7, 2, -4)]
    [InlineData(-8, 2, -4)]
    [InlineData(-1, 5, -1)]
    [InlineData(0, 5, 0)]
    public void Floor_AnySign_RoundsDown(long numerator, long denominator, long floor) =>
        Assert.Equal(floor, Rational.Floor(numerator, denominator));

    /// <summary>Steps of factors as people write them: 1 / factor is the inverse ratio.</summary>
    [Theory]
    [InlineData(2.0, 1, 2)]
    [InlineData(1.5, 2, 3)]
    [InlineData(0.75, 4, 3)]
    [InlineData(1.1, 10, 11)]
    [InlineData(2.75625, 160, 441)] // 16 to 44.1 kHz
    [InlineData(0.001, 1000, 1)]
    [InlineData(4096.0, 1, 4096)]
    public void Of_InverseOfAFactor_IsTheRatio(double factor, int numerator, int denominator) =>
        Assert.Equal((numerator, denominator), Rational.Of(1.0 / factor, 4096));

    [Fact]
    public void Of_EveryRatioOfSmallNumbers_IsFound()
    {
        for (int p = 1; p <= 60; p++)
        {
            for (int q = 1; q <= 60; q++)
            {
                int divisor = Rational.Divisor(p, q);
                Assert.Equal((p / divisor, q / divisor), Rational.Of((double)p / q, 60));
            }
        }
    }

    [Fact]
    public void Of_NoRatio_IsTheNearestWithinTheBound()
    {
        // Convergents of pi: 3, 22/7, 333/106, 355/113, 103993/33102.
        Assert.Equal((355, 113), Rational.Of(Math.PI, 4096));
        Assert.Equal((22, 7), Rational.Of(Math.PI, 100));
        Assert.Equal((3, 1), Rational.Of(Math.PI, 1));
    }
}
