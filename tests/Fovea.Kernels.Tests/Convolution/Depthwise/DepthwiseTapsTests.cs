namespace Fovea.Kernels.Tests;

public sealed class DepthwiseTapsTests
{
    [Theory]
    [
        InlineData(1, 1, 1, 1),
        InlineData(2, 1, 1, 1),
        InlineData(3, 1, 1, 3),
        InlineData(4, 1, 1, 3),
        InlineData(5, 1, 1, 5),
        InlineData(6, 1, 1, 3),
        InlineData(7, 1, 1, 7),
        InlineData(9, 1, 1, 3)
    ]
    [InlineData(31, 1, 1, 5), InlineData(1023, 1, 1, 3), InlineData(7, 2, 1, 1), InlineData(7, 1, 2, 1)]
    public void Together_AKernel_LeavesTheFewestTapsOver(int kernel, int stride, int dilation, int expected) =>
        Assert.Equal(expected, Of(new(4, 3, 1, 1, 1, 1), new(3000, kernel, stride, dilation, 0, 0)).Taps.Together);

    [Theory]
    [
        InlineData(3, 3, 1),
        InlineData(5, 4, 1),
        InlineData(31, 31, 1),
        InlineData(1, 1023, 1),
        InlineData(17, 17, 3),
        InlineData(200, 1, 1),
        InlineData(200, 2, 1),
        InlineData(7, 200, 2)
    ]
    public void Parts_AllTogether_HoldEachTapOnceAtItsPlace(int height, int width, int dilation)
    {
        (DepthwiseTaps taps, BlockedLayout source) = Of(
            new(300, height, 1, 1, 0, 0),
            new(3000, width, 1, dilation, 0, 0)
        );
        int weight = 0,
            offset = 0;
        foreach (DepthwiseTaps.Part part in taps.Parts)
        {
            Assert.Equal((offset, weight), (part.FirstOffset, part.FirstWeight));
            Assert.InRange((part.Groups * taps.Together) + part.Singles, 1, 2 * 192);
            for (int i = 0; i < part.Groups + part.Singles; i++, offset++)
            {
                int size = i < part.Groups ? taps.Together : 1;
                for (int t = 0; t < size; t++, weight++)
                {
                    (int row, int column) = Math.DivRem(taps.Order[weight], width);
                    Assert.Equal((row * source.Row) + (column * dilation * 16), taps.Offsets[offset] + (t * 16));
                }
            }
        }

        Assert.Equal(taps.Offsets.Length, offset);
        Assert.Equal(Enumerable.Range(0, height * width), taps.Order.Order());
        Assert.Equal(height * width, weight);
    }

    private static (DepthwiseTaps Taps, BlockedLayout Source) Of(WindowAxis height, WindowAxis width)
    {
        ConvolutionGeometry g = new(1, 16, 16, 16, WindowAxis.None, height, width, PaddingMode.Zeros);
        BlockedLayout source = BlockedConvolution.Halo(g);
        return (new DepthwiseTaps(g, source), source);
    }
}
