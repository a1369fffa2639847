namespace Fovea.Kernels.Tests;

public sealed class RatioTests
{
    [Fact]
    public void Of_QuotientOfWholeNumbers_IsTheirFraction()
    {
        for (int numerator = 1; numerator <= 700; numerator++)
        {
            for (int denominator = 1; denominator <= 700; denominator++)
            {
                int divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator);
                Ratio ratio = Ratio.Of((double)numerator / denominator);
                Assert.True(
                    ratio == new Ratio(numerator / divisor, denominator / divisor),
                    $"{numerator}/{denominator} is read as {ratio.Numerator}/{ratio.Denominator}"
                );
            }
        }
    }

    [Fact]
    public void Of_AnyDouble_RoundsToIt()
    {
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            double value = (1.0 + random.NextDouble()) * Math.Pow(2.0, random.Next(-64, 64));
            Ratio ratio = Ratio.Of(value);
            Assert.True(
                (double)ratio.Numerator / (double)ratio.Denominator == value,
                $"{value:R} is read as {ratio.Numerator}/{ratio.Denominator}"
            );
        }
    }

    [Theory]
    [InlineData(1.1, 10, 11)]
    [InlineData(1.15, 100, 115)]
    [InlineData(0.1, 2147483647, 214748364)]
    [InlineData(0.7, 10, 7)]
    public void FloorOf_DecimalFraction_IsExact(double value, long count, long expected) =>
        Assert.Equal(expected, Ratio.Of(value).FloorOf(count));
}
