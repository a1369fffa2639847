namespace Fovea.Kernels.Tests;

public sealed class BlockedLayoutTests
{
    [Fact]
    public void Plane_OfWholePages_IsShifted()
    {
        Assert.Equal(1024 + 16, new BlockedLayout(32, 1, 8, 8).Plane);
        Assert.Equal(49 * 16, new BlockedLayout(32, 1, 7, 7).Plane);
        Assert.Equal(1024, new BlockedLayout(32, 1, 8, 8, planeStride: 1024).Plane);
    }

    [Fact]
    public void Sizes_OfAHalo_FollowTheDefinition()
    {
        BlockedLayout layout = new(20, 2, 3, 5, 1, 0, 2, 1, 1, 2);
        Assert.Equal((2, 8 * 16, 6 * 8 * 16, 3 * 6 * 8 * 16), (layout.Blocks, layout.Row, layout.Slice, layout.Plane));
        Assert.Equal((6 * 8 * 16) + (2 * 8 * 16) + 16, layout.Origin);
        Assert.Equal(layout.Origin + layout.Slice + layout.Row, layout.RowStart(4));
        Assert.Equal(2L * layout.Plane, layout.Item);
        Assert.False(layout.IsDense);
    }

    [Fact]
    public void Covers_ASmallerHalo_OnEverySide()
    {
        BlockedLayout wide = new(16, 4, 4, 4, 1, 1, 1, 1, 1, 1);
        Assert.True(wide.Covers(wide));
        Assert.True(wide.Covers(new BlockedLayout(16, 4, 4, 4)));
        BlockedLayout[] wider =
        [
            new(16, 4, 4, 4, 2, 1, 1, 1, 1, 1),
            new(16, 4, 4, 4, 1, 2, 1, 1, 1, 1),
            new(16, 4, 4, 4, 1, 1, 2, 1, 1, 1),
            new(16, 4, 4, 4, 1, 1, 1, 2, 1, 1),
            new(16, 4, 4, 4, 1, 1, 1, 1, 2, 1),
            new(16, 4, 4, 4, 1, 1, 1, 1, 1, 2),
        ];
        Assert.All(wider, halo => Assert.False(wide.Covers(halo), $"covers {halo}"));
    }

    [Fact]
    public void WithHalo_OfTwo_CoversBothAndKeepsSizesAndLanes()
    {
        BlockedLayout a = new(3, 4, 5, 6, 1, 0, 3, 0, 2, 0, 1),
            b = new(16, 4, 4, 4, 0, 1, 2, 4, 0, 5),
            both = a.WithHalo(b);
        Assert.Equal((3, 4, 5, 6, 1), (both.Channels, both.Depth, both.Height, both.Width, both.Lanes));
        Assert.Equal((1, 1, 3, 4, 2, 5), (both.Front, both.Back, both.Top, both.Bottom, both.Left, both.Right));
        Assert.Equal(both.Slice, (3 + 5 + 4) * both.Row);
    }

    [Fact]
    public void Halo_OfAConvolution_IsWhatItsWindowsReach()
    {
        WindowAxis strided = new(10, 3, 2, 1, 1, 1),
            dilated = new(10, 3, 1, 2, 1, 3); // the last strided window ends within the padding: 4 * 2 + 3 - 1 - 10 = 0
        ConvolutionGeometry g = new(1, 16, 16, 1, WindowAxis.None, strided, dilated, PaddingMode.Zeros);
        BlockedLayout halo = BlockedConvolution.Halo(g);
        Assert.Equal((0, 0, 1, 0, 1, 3), (halo.Front, halo.Back, halo.Top, halo.Bottom, halo.Left, halo.Right));
    }
}
