using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3), fused: a block of patches that fits the caches is transformed, multiplied and transformed back before the next.</summary>
/// <remarks>
/// 2.25 products an output instead of 9. The error is larger than of the direct sum, see docs/numerics.md; the order of sums does not depend on how the work is shared out.
/// Each of the 36 products [patches x channels] [channels x outputs] is done by the tile kernels of <see cref="BlockedConvolution"/>, patches standing for pixels.
/// </remarks>
internal sealed unsafe class WinogradConvolution
{
    private const int Points = 36;

    private readonly int _bits;
    private readonly int _across;
    private readonly int _perItem;
    private readonly int _patches;
    private readonly int _block;
    private readonly TileChoice _tiles;
    private readonly int _chunkBlocks;
    private readonly int _depth;
    private readonly int[] _offsets;

    /// <summary>Plans a convolution.</summary>
    /// <param name="geometry">Its sizes: one group, 3x3, stride and dilation 1, zero padding.</param>
    /// <param name="source">Layout of the input, with a halo as <see cref="Halo"/> says.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="bits">Vector width.</param>
    /// <param name="block">Patches that are worked on together; 0 to choose.</param>
    /// <param name="items">Items that are computed together: patches of all of them share a block.</param>
    public WinogradConvolution(ConvolutionGeometry geometry, BlockedLayout source, BlockedLayout destination, int bits, int block = 0, int items = 1)
    {
        (Geometry, Source, Destination, _bits) = (geometry, source, destination, bits);
        _tiles = TileChoice.For(bits, TileCall.Block)!;
        _across = (geometry.Width.Out + 3) / 4;
        _perItem = _across * ((geometry.Height.Out + 3) / 4);
        _patches = _perItem * items;
        _block = Math.Min(_patches, block > 0 ? block : ChooseBlock());
        _chunkBlocks = _tiles.ChunkBlocks.First(b => b <= Math.Min(2, destination.Blocks));
        _depth = BlockedConvolution.Depth(geometry.InChannels);
        _offsets = [.. Enumerable.Range(0, geometry.InChannels / _depth).Select(t => (t * _depth / TileCall.Block * _block * TileCall.Block) + (t * _depth % TileCall.Block))];
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout Source { get; }

    /// <summary>Layout of the output.</summary>
    public BlockedLayout Destination { get; }

    /// <summary>Floats of the transformed weights.</summary>
    public long PackedSize => (long)Points * Source.Blocks * TileCall.Block * Destination.Blocks * TileCall.Block;

    /// <summary>Floats that a part of <see cref="Run"/> works in.</summary>
    public long WorkspaceSize => (long)Points * _block * TileCall.Block * (Source.Blocks + Destination.Blocks);

    /// <summary>Whether the algorithm applies.</summary>
    public static bool Supports(ConvolutionGeometry g) =>
        g is { Groups: 1, Mode: PaddingMode.Zeros, Height: { Kernel: 3, Stride: 1, Dilation: 1 }, Width: { Kernel: 3, Stride: 1, Dilation: 1 }, Depth: { Kernel: 1, Stride: 1, In: 1, Out: 1 } };

    /// <summary>The halo that whole patches need, as a layout.</summary>
    public static BlockedLayout Halo(ConvolutionGeometry g) => new(
        g.InChannels, 1, g.Height.In, g.Width.In, 0, 0, g.Height.PadBefore, Behind(g.Height), g.Width.PadBefore, Behind(g.Width));

    /// <summary>Transforms the weights [Cout, Cin, 3, 3] to [point][chunk][channel][output channels of the chunk].</summary>
    public void Pack(float* weights, float* packed)
    {
        long point = PackedSize / Points;
        WorkerPool.For((Destination.Blocks + _chunkBlocks - 1) / _chunkBlocks, chunk =>
        {
            ConvolutionGeometry g = Geometry;
            int lanes = ChunkWidth(chunk) * TileCall.Block, first = chunk * _chunkBlocks * TileCall.Block, rows = Source.Blocks * TileCall.Block;
            float* start = packed + ((long)first * rows);
            for (int i = 0; i < Points; i++)
            {
                new Span<float>(start + (i * point), rows * lanes).Clear();
            }

            for (int lane = 0; lane < Math.Min(lanes, g.OutChannels - first); lane++)
            {
                for (int c = 0; c < g.InChannels; c++)
                {
                    WinogradTransforms<Vector128<float>, Simd128>.Filter(weights + ((((long)first + lane) * g.InChannels) + c) * 9, start + ((long)c * lanes) + lane, (nint)point);
                }
            }
        });
    }

    /// <summary>Computes part of the items.</summary>
    /// <param name="x">The items of the input, one behind the other.</param>
    /// <param name="packed">From <see cref="Pack"/>.</param>
    /// <param name="bias">One value an output channel, filled up to whole blocks with zeros.</param>
    /// <param name="add">Added before clamping, items laid out as the output, and not the output itself; may be null.</param>
    /// <param name="y">The items of the output, one behind the other.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    /// <param name="workspace">Of <see cref="WorkspaceSize"/>, of this part alone.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public void Run(float* x, float* packed, float* bias, float* add, float* y, float low, float high, float* workspace, int part, int parts)
    {
        (int first, int end, int firstChunk, int endChunk) = PartOf(part, parts);
        float* values = workspace, products = workspace + ((long)Points * _block * TileCall.Block * Source.Blocks);
        for (int from = first; from < end; from += _block)
        {
            int count = Math.Min(_block, end - from);
            Inputs(x, values, from, count);
            Multiply(values, packed, products, count, firstChunk, endChunk);
            Outputs(products, bias, add, y, low, high, from, count, firstChunk * _chunkBlocks, Math.Min(Destination.Blocks, endChunk * _chunkBlocks));
        }
    }

    /// <summary>Applies a function to what <see cref="Run"/> wrote of a part.</summary>
    /// <param name="map">The function.</param>
    /// <param name="y">The items of the output, one behind the other.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public void Map(ElementMap map, float* y, int part, int parts)
    {
        (int first, int end, int firstChunk, int endChunk) = PartOf(part, parts);
        for (int block = firstChunk * _chunkBlocks; block < Math.Min(Destination.Blocks, endChunk * _chunkBlocks); block++)
        {
            for (int p = first; p < end; p++)
            {
                (int item, int ty, int tx) = Place(p);
                int rows = Math.Min(4, Destination.Height - (ty * 4)), columns = Math.Min(4, Destination.Width - (tx * 4));
                for (int row = 0; row < rows; row++)
                {
                    float* start = y + (item * Destination.Item) + ((long)block * Destination.Plane) + Destination.RowStart((ty * 4) + row) + (tx * 4 * TileCall.Block);
                    map(start, start, columns * TileCall.Block);
                }
            }
        }
    }

    /// <summary>The block of patches.</summary>
    public override string ToString() => $"{_block} of {_patches} patches";

    /// <summary>A part of the work: patches where there are enough, else output channels.</summary>
    private (int First, int End, int FirstChunk, int EndChunk) PartOf(int part, int parts)
    {
        int chunks = (Destination.Blocks + _chunkBlocks - 1) / _chunkBlocks;
        bool byPatches = _patches >= 24 * parts;
        (int first, int end) = byPatches ? WorkerPool.Share(_patches, part, parts) : (0, _patches);
        (int firstChunk, int endChunk) = byPatches ? (0, chunks) : WorkerPool.Share(chunks, part, parts);
        return (first, end, firstChunk, endChunk);
    }

    private (int Item, int Y, int X) Place(int patch)
    {
        (int item, int within) = Math.DivRem(patch, _perItem);
        (int y, int x) = Math.DivRem(within, _across);
        return (item, y, x);
    }

    private static int Behind(WindowAxis axis) => Math.Max(0, ((axis.Out + 3) / 4 * 4) + 2 - axis.PadBefore - axis.In);

    /// <summary>As many patches as fit the second cache with their products; more where the weights must come from further away and are to be used again.</summary>
    private int ChooseBlock()
    {
        long perPatch = (long)Points * sizeof(float) * TileCall.Block * (Source.Blocks + Destination.Blocks), weights = PackedSize * sizeof(float);
        long fitting = (800L << 10) / perPatch, wanted = weights <= 1L << 20 ? 14 : weights <= 4L << 20 ? 28 : weights <= 12L << 20 ? 56 : 112;
        return (int)Math.Clamp(Math.Max(fitting, wanted) / 14 * 14, 14, 112);
    }

    private int ChunkWidth(int chunk) => Math.Min(_chunkBlocks, Destination.Blocks - (chunk * _chunkBlocks));

    private void Inputs(float* x, float* values, int from, int count)
    {
        nint stride = (nint)_block * TileCall.Block * Source.Blocks;
        int corner = Source.Origin - (Geometry.Height.PadBefore * Source.Row) - (Geometry.Width.PadBefore * TileCall.Block);
        for (int block = 0; block < Source.Blocks; block++)
        {
            for (int p = 0; p < count; p++)
            {
                (int item, int ty, int tx) = Place(from + p);
                float* source = x + (item * Source.Item) + ((long)block * Source.Plane) + corner + (ty * 4 * Source.Row) + (tx * 4 * TileCall.Block);
                float* to = values + (((nint)block * _block) + p) * TileCall.Block;
                switch (_bits)
                {
                    case 512:
                        WinogradTransforms<Vector512<float>, Simd512>.Input(source, Source.Row, to, stride);
                        break;
                    case 256:
                        WinogradTransforms<Vector256<float>, Simd256>.Input(source, Source.Row, to, stride);
                        break;
                    default:
                        WinogradTransforms<Vector128<float>, Simd128>.Input(source, Source.Row, to, stride);
                        break;
                }
            }
        }
    }

    private void Multiply(float* values, float* packed, float* products, int count, int firstChunk, int endChunk)
    {
        long valueStride = (long)_block * TileCall.Block * Source.Blocks, productStride = (long)_block * TileCall.Block * Destination.Blocks, weightStride = PackedSize / Points;
        float* zeros = stackalloc float[4 * TileCall.Block];
        new Span<float>(zeros, 4 * TileCall.Block).Clear();
        fixed (int* offsets = _offsets)
        {
            TileCall call = new()
            {
                Offsets = offsets,
                Taps = _offsets.Length,
                Depth = _depth,
                Bias = zeros,
                Plane = _block * TileCall.Block,
                Low = float.NegativeInfinity,
                High = float.PositiveInfinity,
            };
            for (int point = 0; point < Points; point++)
            {
                for (int chunk = firstChunk; chunk < endChunk; chunk++)
                {
                    int width = ChunkWidth(chunk);
                    TileKernel kernel = _tiles.Best(count, width, _offsets.Length, _depth).Kernel;
                    call.Weights = packed + (point * weightStride) + ((long)chunk * _chunkBlocks * TileCall.Block * Source.Blocks * TileCall.Block);
                    for (int p = 0; p < count; p += kernel.Pixels)
                    {
                        int at = Math.Min(p, count - kernel.Pixels);
                        call.Source = values + (point * valueStride) + ((long)at * TileCall.Block);
                        call.Destination = products + (point * productStride) + (((long)chunk * _chunkBlocks * _block) + at) * TileCall.Block;
                        kernel.Run(in call);
                    }
                }
            }
        }
    }

    private void Outputs(float* products, float* bias, float* add, float* y, float low, float high, int from, int count, int firstBlock, int endBlock)
    {
        nint stride = (nint)_block * TileCall.Block * Destination.Blocks;
        for (int block = firstBlock; block < endBlock; block++)
        {
            for (int p = 0; p < count; p++)
            {
                (int item, int ty, int tx) = Place(from + p);
                int rows = Math.Min(4, Destination.Height - (ty * 4)), columns = Math.Min(4, Destination.Width - (tx * 4));
                long at = (item * Destination.Item) + Destination.RowStart(ty * 4) + ((long)block * Destination.Plane) + (tx * 4 * TileCall.Block);
                float* source = products + (((nint)block * _block) + p) * TileCall.Block, plus = add == null ? null : add + at;
                switch (_bits)
                {
                    case 512:
                        WinogradTransforms<Vector512<float>, Simd512>.Output(source, stride, bias + (block * TileCall.Block), plus, y + at, Destination.Row, rows, columns, low, high);
                        break;
                    case 256:
                        WinogradTransforms<Vector256<float>, Simd256>.Output(source, stride, bias + (block * TileCall.Block), plus, y + at, Destination.Row, rows, columns, low, high);
                        break;
                    default:
                        WinogradTransforms<Vector128<float>, Simd128>.Output(source, stride, bias + (block * TileCall.Block), plus, y + at, Destination.Row, rows, columns, low, high);
                        break;
                }
            }
        }
    }
}
