namespace Fovea.Workbench.Tests;

public sealed class FilterStatisticsTests
{
    [Fact]
    public void Of_KernelsThatAreMultiplesOfOne_HaveNoEntropy()
    {
        float[] shape = [1, 2, 1, 0, 0, 0, -1, -2, -1];
        Rng rng = new(1);
        float[] values = [.. Enumerable.Range(0, 32).SelectMany(_ => Times(shape, (float)rng.NextNormal()))];

        FilterStatistics found = FilterStatistics.Of(Tensor.From(values, [8, 4, 3, 3]), new Rng(2));

        Assert.Equal(0.0, found.Entropy, 6);
        Assert.InRange(found.RandomEntropy, 0.8 * Math.Log(9), Math.Log(9));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    [InlineData(1, 7)]
    public void Of_RandomKernels_HaveTheEntropyOfRandomOnes(int high, int wide)
    {
        Tensor weight = Tensor.Normal([32, 32, high, wide], rng: new Rng(3));

        FilterStatistics found = FilterStatistics.Of(weight, new Rng(4));

        // 1,024 of independent values: ln(taps), less half of taps / 1,024.
        Assert.InRange(found.Entropy / Math.Log(high * wide), 0.98, 1.0);
        Assert.InRange(found.Entropy / found.RandomEntropy, 0.99, 1.01);
        Assert.Equal((0.0, 0, 0), (found.Sparsity, found.Empty, found.Duplicates));
    }

    [Fact]
    public void Of_AnEighthOfTheKernelsAtZero_IsTheSparsity()
    {
        Tensor weight = Tensor.Normal([16, 4, 3, 3], rng: new Rng(5));
        weight.AsSpan<float>()[..(8 * 9)].Clear(); // filters 0 and 1 whole: 8 of 64 kernels

        FilterStatistics found = FilterStatistics.Of(weight, new Rng(6));

        Assert.Equal((0.125, 2), (found.Sparsity, found.Empty));
    }

    [Theory]
    [InlineData(2f)]
    [InlineData(-0.5f)]
    public void Of_FilterThatIsAMultipleOfAnother_IsADuplicate(float factor)
    {
        Tensor weight = Tensor.Normal([6, 3, 3, 3], rng: new Rng(7));
        Times(weight.AsSpan<float>()[..27].ToArray(), factor).CopyTo(weight.AsSpan<float>()[27..54]);

        Assert.Equal(1, FilterStatistics.Of(weight, new Rng(8)).Duplicates);
    }

    [Fact]
    public void Of_LinearLayer_HasRowsButNoShapes()
    {
        Tensor weight = Tensor.Normal([8, 20], rng: new Rng(9));
        weight.AsSpan<float>()[..20].Clear();

        FilterStatistics found = FilterStatistics.Of(weight, new Rng(10));

        Assert.Equal((1, 0.125, 1), (found.Taps, found.Sparsity, found.Empty));
        Assert.True(double.IsNaN(found.Entropy), $"{found.Entropy}");
    }

    private static float[] Times(float[] values, float factor) => [.. values.Select(v => v * factor)];
}
