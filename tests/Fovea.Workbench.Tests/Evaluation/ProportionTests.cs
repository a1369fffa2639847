namespace Fovea.Workbench.Tests;

public sealed class ProportionTests
{
    // Newcombe 1998, table II, method 10.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.2, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.6, 0.1705, 0.8090)]
    public void Less_PublishedCases_GivesTheirInterval(
        int a,
        int n,
        int b,
        int m,
        double difference,
        double low,
        double high
    )
    {
        Proportion less = Proportion.Wilson(a, n).Less(Proportion.Wilson(b, m));

        Assert.Equal(difference, less.Value, 1e-9);
        Assert.Equal(low, less.Low, 5e-5);
        Assert.Equal(high, less.High, 5e-5);
    }

    // Solved from (p - q)^2 = z^2 q (1 - q) / n, the definition of the score interval, to 10 digits elsewhere.
    [Theory]
    [InlineData(0, 10, 0, 0.2775327998628892)]
    [InlineData(10, 10, 0.7224672001371106, 1)]
    [InlineData(5, 10, 0.23659309051256394, 0.7634069094874361)]
    [InlineData(81, 263, 0.25525001, 0.36618502)]
    public void Wilson_KnownCounts_MatchesTheScoreInterval(int successes, int trials, double low, double high)
    {
        Proportion p = Proportion.Wilson(successes, trials);

        Assert.Equal(low, p.Low, 4);
        Assert.Equal(high, p.High, 4);
        foreach (double q in new[] { p.Low, p.High }.Where(q => q is > 0 and < 1))
        {
            Assert.Equal(3.8414588206941236 * q * (1 - q) / trials, (p.Value - q) * (p.Value - q), 9);
        }
    }

    [Fact]
    public void Wilson_NoTrials_KnowsNothing()
    {
        Proportion p = Proportion.Wilson(0, 0);

        Assert.True(double.IsNaN(p.Value) && p.Low == 0 && p.High == 1, p.ToString());
    }

    [Fact]
    public void Wilson_MoreSuccessesThanTrials_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(2, 1));

    [Fact]
    public void ToString_Fraction_IsInPercent() =>
        Assert.Equal("50.0 % (95 % interval 23.7 - 76.3)", Proportion.Wilson(5, 10).ToString());
}
