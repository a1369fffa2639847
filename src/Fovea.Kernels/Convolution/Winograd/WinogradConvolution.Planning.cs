namespace Fovea.Kernels;

/// <summary>How the work is cut, decided once.</summary>
internal sealed unsafe partial class WinogradConvolution
{
    /// <summary>Whether the algorithm applies.</summary>
    public static bool Supports(ConvolutionGeometry g) =>
        g
            is {
                Groups: 1,
                Mode: PaddingMode.Zeros,
                Height: { Kernel: 3, Stride: 1, Dilation: 1 },
                Width: { Kernel: 3, Stride: 1, Dilation: 1 },
                Depth: { Kernel: 1, Stride: 1, In: 1, Out: 1 }
            };

    /// <summary>The halo that whole patches need, as a layout.</summary>
    public static BlockedLayout Halo(ConvolutionGeometry g, int side = 4) =>
        new(
            g.InChannels,
            1,
            g.Height.In,
            g.Width.In,
            0,
            0,
            g.Height.PadBefore,
            Behind(g.Height, side),
            g.Width.PadBefore,
            Behind(g.Width, side)
        );

    /// <summary>Floats that a part of a run works in, as it is planned for so many items.</summary>
    public static long WorkspaceOf(ConvolutionGeometry g, int items, int side, CpuProfile cpu)
    {
        long patches = (long)((g.Width.Out + side - 1) / side) * ((g.Height.Out + side - 1) / side) * items;
        return WorkspaceOf(g, (int)Math.Min(patches, BlockOf(g, side, cpu)), side);
    }

    /// <summary>A part of the work: patches where there are enough, else output channels.</summary>
    private (int First, int End, int FirstChunk, int EndChunk) PartOf(int part, int parts)
    {
        int chunks = (Destination.Blocks + _chunkBlocks - 1) / _chunkBlocks;
        bool byPatches = _patches >= 24 * parts || chunks < parts;
        (int first, int end) = byPatches ? WorkerPool.Share(_patches, part, parts) : (0, _patches);
        (int firstChunk, int endChunk) = byPatches ? (0, chunks) : WorkerPool.Share(chunks, part, parts);
        return (first, end, firstChunk, endChunk);
    }

    private static int PointsOf(int side) => (side + 2) * (side + 2);

    private static int BlocksOf(int channels) => (channels + TileCall.Block - 1) / TileCall.Block;

    private static long WorkspaceOf(ConvolutionGeometry g, int block, int side) =>
        ((long)PointsOf(side) * block * TileCall.Block * (BlocksOf(g.InChannels) + BlocksOf(g.OutChannels)))
        + LineFloats;

    /// <summary>Patches of whole tiles, 12 or a few more: blocks of patches are multiples of it.</summary>
    private static int TilesOf(ConvolutionGeometry g, CpuProfile cpu)
    {
        TileChoice tiles = TileChoice.For(cpu, TileCall.Block)!;
        int pixels = tiles.WidestTile(ChunkBlocks(tiles, BlocksOf(g.OutChannels)));
        return (FewestPatches + pixels - 1) / pixels * pixels;
    }

    /// <summary>Blocks of a chunk of output channels.</summary>
    private static int ChunkBlocks(TileChoice tiles, int blocks) =>
        tiles.ChunkBlocks.First(b => b <= Math.Min(2, blocks));

    /// <summary>As many patches as fit the second cache with their products; more where the weights must come from
    /// further away and are to be used again.</summary>
    private static int BlockOf(ConvolutionGeometry g, int side, CpuProfile cpu)
    {
        long point = (long)PointsOf(side) * sizeof(float) * TileCall.Block,
            perPatch = point * (BlocksOf(g.InChannels) + BlocksOf(g.OutChannels)),
            weights = point * TileCall.Block * BlocksOf(g.InChannels) * BlocksOf(g.OutChannels);
        long fitting = cpu.SecondCache * 4 / 10 / perPatch,
            wanted = weights <= 1L << 20 ? 14
            : weights <= 4L << 20 ? 28
            : weights <= 12L << 20 ? 56
            : 112;
        int tiles = TilesOf(g, cpu);
        return (int)Math.Clamp(Math.Max(fitting, wanted) / tiles * tiles, tiles, MostPatches / tiles * tiles);
    }

    private static int Behind(WindowAxis axis, int side) =>
        Math.Max(0, ((axis.Out + side - 1) / side * side) + 2 - axis.PadBefore - axis.In);

    /// <summary>Where a patch lies, in floats from the first item, and how much of it lies within the map.</summary>
    private struct Patch
    {
        public long Source;
        public long Destination;
        public long Add;
        public int Rows;
        public int Columns;
    }
}
