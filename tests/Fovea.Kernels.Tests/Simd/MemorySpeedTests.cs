namespace Fovea.Kernels.Tests;

public sealed class MemorySpeedTests
{
    [Theory]
    [InlineData(MemorySpeed.FewestBytes, 1)]
    [InlineData(100_000, 2)]
    [InlineData(5_000_000, 1)]
    public void Measure_ABlock_IsANumberOfGigabytes(long bytes, int threads) =>
        Assert.InRange(MemorySpeed.Measure(bytes, rounds: 1, threads), 1e-3, 1e6);

    [Theory]
    [InlineData(MemorySpeed.FewestBytes - 1, 1, 1)]
    [InlineData(MemorySpeed.FewestBytes, 0, 1)]
    [InlineData(MemorySpeed.FewestBytes, 1, 0)]
    public void Measure_NumbersOutOfRange_AreRefused(long bytes, int rounds, int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MemorySpeed.Measure(bytes, rounds, threads));
}
