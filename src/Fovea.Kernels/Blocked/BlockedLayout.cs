namespace Fovea.Kernels;

/// <summary>How a map lies in memory: [N, C / lanes, D, H, W, lanes], with a border of zeros around each plane, the
/// halo. With it, windows that reach over the edge need no code of their own.</summary>
/// <remarks>Distances are asked for with every row, so they are computed once. It is no record: a copy made by
/// <c>with</c> would keep the old distances.</remarks>
/// <param name="channels">Channels; the last block is filled up with values that nothing reads.</param>
/// <param name="depth">Depth; 1 for images and series.</param>
/// <param name="height">Height; 1 for series.</param>
/// <param name="width">Width or length.</param>
/// <param name="front">Halo before the first slice.</param>
/// <param name="back">Halo behind the last slice.</param>
/// <param name="top">Halo above.</param>
/// <param name="bottom">Halo below.</param>
/// <param name="left">Halo to the left.</param>
/// <param name="right">Halo to the right.</param>
/// <param name="lanes">Channels that lie together: 16, or 1 for plain planes, as images of few channels come.</param>
/// <param name="planeStride">Floats from a channel block to the next, where other items lie between them; 0 where the
/// blocks follow each other.</param>
internal sealed class BlockedLayout(
    int channels,
    int depth,
    int height,
    int width,
    int front = 0,
    int back = 0,
    int top = 0,
    int bottom = 0,
    int left = 0,
    int right = 0,
    int lanes = TileCall.Block,
    int planeStride = 0
)
{
    private const int Page = 4096 / sizeof(float);

    /// <summary>Channels; the last block is filled up with values that nothing reads.</summary>
    public int Channels { get; } = channels;

    /// <summary>Depth; 1 for images and series.</summary>
    public int Depth { get; } = depth;

    /// <summary>Height; 1 for series.</summary>
    public int Height { get; } = height;

    /// <summary>Width or length.</summary>
    public int Width { get; } = width;

    /// <summary>Halo before the first slice.</summary>
    public int Front { get; } = front;

    /// <summary>Halo behind the last slice.</summary>
    public int Back { get; } = back;

    /// <summary>Halo above.</summary>
    public int Top { get; } = top;

    /// <summary>Halo below.</summary>
    public int Bottom { get; } = bottom;

    /// <summary>Halo to the left.</summary>
    public int Left { get; } = left;

    /// <summary>Halo to the right.</summary>
    public int Right { get; } = right;

    /// <summary>Channels that lie together: 16, or 1 for plain planes, as images of few channels come.</summary>
    public int Lanes { get; } = lanes;

    /// <summary>Blocks of channels.</summary>
    public int Blocks { get; } = (channels + lanes - 1) / lanes;

    /// <summary>Floats from a pixel to the one below it.</summary>
    public int Row { get; } = (left + width + right) * lanes;

    /// <summary>Floats from a slice to the next.</summary>
    public int Slice { get; } = (top + height + bottom) * (left + width + right) * lanes;

    /// <summary>Floats from a channel block to the next. Where blocks follow each other it is never a multiple of 4 KB:
    /// they would then compete for the same cache lines.</summary>
    public int Plane { get; } =
        planeStride > 0
            ? planeStride
            : OffPages((front + depth + back) * (top + height + bottom) * (left + width + right) * lanes);

    /// <summary>Floats of an item.</summary>
    public long Item => (long)Blocks * Plane;

    /// <summary>Floats from the item's start to its first pixel.</summary>
    public int Origin { get; } = ((((front * (top + height + bottom)) + top) * (left + width + right)) + left) * lanes;

    /// <summary>Rows of an item: depth times height.</summary>
    public int Rows { get; } = depth * height;

    /// <summary>Whether the pixels of a block follow each other without a gap.</summary>
    public bool IsDense => Front + Back + Top + Bottom + Left + Right == 0;

    /// <summary>Whether the halo is at least as wide as another's at each edge.</summary>
    public bool Covers(BlockedLayout halo) =>
        Front >= halo.Front
        && Back >= halo.Back
        && Top >= halo.Top
        && Bottom >= halo.Bottom
        && Left >= halo.Left
        && Right >= halo.Right;

    /// <summary>Whether pixels lie at the same places as in another layout of the same sizes.</summary>
    public bool LiesAs(BlockedLayout other) =>
        (Lanes, Row, Slice, Plane, Origin) == (other.Lanes, other.Row, other.Slice, other.Plane, other.Origin);

    /// <summary>This layout with a halo that reaches at least as far over each edge as another's.</summary>
    public BlockedLayout WithHalo(BlockedLayout halo) =>
        new(
            Channels,
            Depth,
            Height,
            Width,
            Math.Max(Front, halo.Front),
            Math.Max(Back, halo.Back),
            Math.Max(Top, halo.Top),
            Math.Max(Bottom, halo.Bottom),
            Math.Max(Left, halo.Left),
            Math.Max(Right, halo.Right),
            Lanes
        );

    /// <summary>The layout of some of the channels, which lie where they lie.</summary>
    /// <param name="channels">Channels from the first of a block on.</param>
    public BlockedLayout WithChannels(int channels) =>
        new(channels, Depth, Height, Width, Front, Back, Top, Bottom, Left, Right, Lanes, Plane);

    /// <summary>The offset of a row's first pixel from the item's start.</summary>
    /// <param name="row">0 to Rows - 1.</param>
    public int RowStart(int row) => Origin + (row / Height * Slice) + (row % Height * Row);

    /// <summary>Sizes, lanes and halo.</summary>
    public override string ToString() =>
        $"{Channels}x{Depth}x{Height}x{Width} by {Lanes}, halo {Front}+{Back}, {Top}+{Bottom}, {Left}+{Right}, {Plane} floats a plane";

    private static int OffPages(int floats) => floats + (floats % Page == 0 ? TileCall.Block : 0);
}
