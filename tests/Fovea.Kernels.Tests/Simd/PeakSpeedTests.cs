namespace Fovea.Kernels.Tests;

public sealed class PeakSpeedTests
{
    [Fact]
    public void Measure_OneThread_IsAPositiveFiniteNumber()
    {
        double peak = PeakSpeed.Measure(rounds: 1, threads: 1);
        Assert.True(double.IsFinite(peak) && peak > 0, $"got {peak}");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Measure_NoRoundsOrThreads_IsRefused(int rounds, int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PeakSpeed.Measure(rounds, threads));
}
