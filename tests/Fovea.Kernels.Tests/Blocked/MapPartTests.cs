namespace Fovea.Kernels.Tests;

/// <summary>Parts of maps cover every row of every block once.</summary>
public sealed class MapPartTests
{
    [Fact]
    public void Of_AnySizesAndParts_CoverTheMapOnce()
    {
        foreach (int channels in (int[])[1, 16, 17, 40, 100])
        {
            foreach (int rows in (int[])[1, 3, 7, 8, 14, 56])
            {
                BlockedLayout layout = new(channels, 1, rows, 5);
                for (int parts = 1; parts <= 9; parts++)
                {
                    int[] seen = new int[layout.Blocks * rows];
                    for (int part = 0; part < parts; part++)
                    {
                        MapPart p = MapPart.Of(layout, part, parts);
                        for (int block = p.FirstBlock; block < p.EndBlock; block++)
                        {
                            for (int row = p.FirstRow; row < p.EndRow; row++)
                            {
                                seen[(block * rows) + row]++;
                            }
                        }
                    }

                    Assert.True(
                        Array.TrueForAll(seen, s => s == 1),
                        $"{channels} channels, {rows} rows, {parts} parts: rows of blocks are computed {string.Join(' ', seen)} times"
                    );
                }
            }
        }
    }

    [Fact]
    public void Of_ManyRows_CutsRowsAndOfFewChannelBlocks()
    {
        Assert.Equal(new MapPart(0, 4, 4, 8), MapPart.Of(new BlockedLayout(64, 1, 8, 8), 1, 2));
        Assert.Equal(new MapPart(2, 4, 0, 7), MapPart.Of(new BlockedLayout(64, 1, 7, 7), 1, 2));
        Assert.Equal(new MapPart(0, 1, 3, 7), MapPart.Of(new BlockedLayout(16, 1, 7, 7), 1, 2));
    }
}
