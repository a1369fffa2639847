namespace Fovea.Kernels;

/// <summary>How a map lies in memory: [N, C / lanes, D, H, W, lanes] with a border of zeros, the halo, so that windows that reach over the edge need no code of their own.</summary>
/// <param name="Channels">Channels; the last block is filled up with values that nothing reads.</param>
/// <param name="Depth">Depth; 1 for images and series.</param>
/// <param name="Height">Height; 1 for series.</param>
/// <param name="Width">Width or length.</param>
/// <param name="Front">Halo before the first slice.</param>
/// <param name="Back">Halo behind the last slice.</param>
/// <param name="Top">Halo above.</param>
/// <param name="Bottom">Halo below.</param>
/// <param name="Left">Halo to the left.</param>
/// <param name="Right">Halo to the right.</param>
/// <param name="Lanes">Channels that lie together: 16, or 1 for plain planes, as images of few channels come.</param>
/// <param name="PlaneStride">Floats from a channel block to the next, where other items lie between them; 0 where the blocks follow each other.</param>
internal sealed record BlockedLayout(
    int Channels, int Depth, int Height, int Width, int Front = 0, int Back = 0, int Top = 0, int Bottom = 0, int Left = 0, int Right = 0, int Lanes = TileCall.Block, int PlaneStride = 0)
{
    private const int Page = 4096 / sizeof(float);

    /// <summary>Blocks of channels.</summary>
    public int Blocks => (Channels + Lanes - 1) / Lanes;

    /// <summary>Floats from a pixel to the one below it.</summary>
    public int Row => (Left + Width + Right) * Lanes;

    /// <summary>Floats from a slice to the next.</summary>
    public int Slice => (Top + Height + Bottom) * Row;

    /// <summary>Floats from a channel block to the next; not a multiple of 4 KB, where addresses of different blocks would compete for the same cache lines.</summary>
    public int Plane => PlaneStride > 0 ? PlaneStride : ((Front + Depth + Back) * Slice) + ((Front + Depth + Back) * Slice % Page == 0 ? TileCall.Block : 0);

    /// <summary>Floats of an item.</summary>
    public long Item => (long)Blocks * Plane;

    /// <summary>Floats from the item's start to its first pixel.</summary>
    public int Origin => (Front * Slice) + (Top * Row) + (Left * Lanes);

    /// <summary>Rows of an item: depth times height.</summary>
    public int Rows => Depth * Height;

    /// <summary>Whether the pixels of a block follow each other without a gap.</summary>
    public bool IsDense => Front + Back + Top + Bottom + Left + Right == 0;

    /// <summary>Whether there is room for windows that reach as far over each edge.</summary>
    public bool Covers(BlockedLayout halo) =>
        Front >= halo.Front && Back >= halo.Back && Top >= halo.Top && Bottom >= halo.Bottom && Left >= halo.Left && Right >= halo.Right;

    /// <summary>The offset of a row's first pixel from the item's start.</summary>
    /// <param name="row">0 to Rows - 1.</param>
    public int RowStart(int row) => Origin + (row / Height * Slice) + (row % Height * Row);
}
