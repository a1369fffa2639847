namespace Fovea.Workbench.Tests;

public sealed class InputSweepTests
{
    [Theory]
    [InlineData(3, 2, 1, 2, 1)] // n + 2 - 3 must be even
    [InlineData(2, 2, 0, 2, 0)]
    [InlineData(5, 3, 0, 3, 2)]
    [InlineData(3, 1, 1, 1, 0)]
    public void Of_OneConvolution_FindsItsResidue(int kernel, int stride, int padding, int period, int residue)
    {
        InputSweep sweep = Sweep(new Conv2d(1, 2, kernel, stride, padding), 20, 31);

        Assert.Equal(period, sweep.Period);
        Assert.Equal([residue], sweep.Residues);
        Assert.All(
            sweep.Sizes,
            s => Assert.Equal((s.Item, (s.Item[1] + (2 * padding) - kernel) % stride == 0), (s.Item, s.IsEven))
        );
    }

    [Fact]
    public void Of_TwoStrides_FindsTheProduct()
    {
        InputSweep sweep = Sweep(new Sequential(new Conv2d(1, 2, 3, 2, 1), new Conv2d(2, 2, 3, 2, 1)), 20, 31);

        Assert.Equal(4, sweep.Period);
        Assert.Equal([1], sweep.Residues);
        Assert.Equal("Sizes with size mod 4 = 1 avoid uneven padding: 21, 25, 29.", sweep.Finding);
    }

    [Fact]
    public void Of_RangeShorterThanTheStride_ClaimsNoRule()
    {
        InputSweep sweep = Sweep(new Sequential(new Conv2d(1, 2, 3, 2, 1), new Conv2d(2, 2, 3, 2, 1)), 20, 22);

        Assert.Null(sweep.Period);
        Assert.Equal("These sizes avoid uneven padding: 21; the rule would show in a range of 4 sizes.", sweep.Finding);
    }

    [Fact]
    public void Of_NoEvenSize_SaysSo()
    {
        // The height comes out even at odd sizes, the width at even ones.
        InputSweep sweep = Sweep(new Conv2d(1, 2, (3, 2), 2, (1, 0)), 8, 11);

        Assert.All(sweep.Sizes, s => Assert.Single(s.Uneven));
        Assert.Null(sweep.Period);
        Assert.Equal("None of the 4 sizes avoids uneven padding.", sweep.Finding);
    }

    [Fact]
    public void Of_SizesThatDoNotFit_AreListedWithTheReason()
    {
        InputSweep sweep = Sweep(new Conv2d(1, 2, 5), 3, 6);

        Assert.Equal([false, false, true, true], sweep.Sizes.Select(s => s.Error is null));
        Assert.Contains("the kernel must not exceed the padded input", sweep.Sizes[0].Error, StringComparison.Ordinal);
        Assert.Equal(
            "At all 2 sizes every stride comes out even. The network does not take 2 of the sizes.",
            sweep.Finding
        );
    }

    [Fact]
    public void Of_Sizes_HaveLastMapAndMultiplyAdds()
    {
        SizedNetwork at = Sweep(new Conv2d(1, 2, 3, 2, 1), 20, 21).Sizes[1];

        Assert.Equal("[2, 11, 11]", $"{at.LastMap}");
        Assert.Equal(11 * 11 * 2 * 9, at.Macs);
    }

    private static InputSweep Sweep(Module module, int from, int to) =>
        InputSweep.Of(
            InputRange.Parse($"1x{from}..{to}").Items(2),
            item => Graph.Trace(module, item, training: true),
            CountingConvention.Torchvision
        );
}
