using Fovea.Workbench.Reports;

namespace Fovea.Workbench.Tests.Reports;

public sealed class ChartAxisTests
{
    [Theory]
    [InlineData(0.0, 7.3, "0 2 4 6 8")]
    [InlineData(0.31, 2.36, "0 1 2 3")]
    [InlineData(-4.0, 24.0, "-10 0 10 20 30")]
    [InlineData(97.1, 99.4, "97 98 99 100")]
    public void For_ValuesOfOneSize_HasRoundTicksAroundThem(double low, double high, string ticks)
    {
        ChartAxis axis = ChartAxis.For([low, high], "loss");
        Assert.False(axis.IsLogarithmic);
        Assert.Equal(ticks, string.Join(' ', axis.Ticks.Select(t => t.Text)));
        Assert.InRange(axis.Place(low), 0, 1);
        Assert.InRange(axis.Place(high), 0, 1);
    }

    [Fact]
    public void For_MoreThanThreeDecades_GoesByPowersOfTen()
    {
        ChartAxis axis = ChartAxis.For([2e-5, 0.1, 3], "norm");
        Assert.True(axis.IsLogarithmic);
        Assert.Equal(["1e-5", "0.001", "0.1", "10"], axis.Ticks.Select(t => t.Text));
        Assert.Equal(0.5, axis.Place(0.01), 1e-12); // the middle of 1e-5 and 10
        Assert.Equal(0, axis.Place(0));
    }

    [Fact]
    public void For_ASpikeThatWouldPressTheRestFlat_GoesByPowersOfTen() =>
        Assert.True(ChartAxis.For([.. Enumerable.Repeat(1.0, 99), 80.0], "loss").IsLogarithmic);

    [Fact]
    public void For_ValuesBelowZero_StaysEven() => Assert.False(ChartAxis.For([-1, 1e-6, 1e6], "margin").IsLogarithmic);

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { double.NaN, double.PositiveInfinity })]
    [InlineData(new[] { 0.5 })]
    [InlineData(new[] { 0.0, 0.0 })]
    public void For_NothingOrOneValue_HasAnAxis(double[] values)
    {
        ChartAxis axis = ChartAxis.For(values, "loss");
        Assert.True(axis.Ticks.Count >= 2);
        Assert.True(double.IsFinite(axis.Place(0.5)));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1234.4, "1234")]
    [InlineData(12_000, "12k")]
    [InlineData(2_500_000, "2.5M")]
    [InlineData(0.03125, "0.03125")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(-3.14159e-9, "-3.14e-9")]
    [InlineData(9.999e20, "1e21")]
    [InlineData(double.NaN, "not finite")]
    public void Short_Numbers_AreFourDigitsAtMost(double value, string text) =>
        Assert.Equal(text, ChartAxis.Short(value));
}
