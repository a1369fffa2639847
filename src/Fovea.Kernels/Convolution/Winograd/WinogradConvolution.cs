using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3) or F(2x2, 3x3), fused: a block of patches that fits
/// the caches is transformed, multiplied and transformed back before the next.</summary>
/// <remarks>
/// 2.25 or 4 products an output instead of 9, and 36 or 16 transformed weights a filter. The error is larger than of
/// the direct sum, see docs/numerics.md; the order of sums does not depend on how
/// the work is shared out. Each of the products [patches x channels] [channels x outputs] is done by the tile kernels
/// of <see cref="BlockedConvolution"/>, patches standing for pixels.
/// </remarks>
internal sealed unsafe partial class WinogradConvolution : IBlockedKernel
{
    private const int LineFloats = 48 * TileCall.Block; // between the two passes of a transform: 24 vectors and 4, or 36

    private const int FewestPatches = 12; // of a block, where there are as many
    private const int MostPatches = 112;

    private readonly CpuProfile _cpu;
    private readonly int _points;
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
    /// <param name="cpu">The processor; kernels run at its vector width.</param>
    /// <param name="side">Outputs along a side of a patch: 4 or 2.</param>
    /// <param name="block">Patches that are worked on together; 0 to choose.</param>
    /// <param name="items">Items that are computed together: patches of all of them share a block.</param>
    public WinogradConvolution(
        ConvolutionGeometry geometry,
        BlockedLayout source,
        BlockedLayout destination,
        CpuProfile cpu,
        int side = 4,
        int block = 0,
        int items = 1
    )
    {
        (Geometry, Source, Destination, Side, _cpu) = (geometry, source, destination, side, cpu);
        _points = PointsOf(side);
        _tiles = TileChoice.For(cpu, TileCall.Block)!;
        _across = (geometry.Width.Out + side - 1) / side;
        _perItem = _across * ((geometry.Height.Out + side - 1) / side);
        _patches = _perItem * items;
        _block = Math.Min(_patches, block > 0 ? block : BlockOf(geometry, side, cpu));
        _chunkBlocks = ChunkBlocks(_tiles, destination.Blocks);
        _depth = BlockedConvolution.Depth(geometry.InChannels);
        _offsets =
        [
            .. Enumerable
                .Range(0, geometry.InChannels / _depth)
                .Select(t => (t * _depth / TileCall.Block * _block * TileCall.Block) + (t * _depth % TileCall.Block)),
        ];
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout Source { get; }

    /// <summary>Layout of the output.</summary>
    public BlockedLayout Destination { get; }

    /// <summary>Outputs along a side of a patch.</summary>
    public int Side { get; }

    /// <summary>Floats of the transformed weights.</summary>
    public long PackedSize => (long)_points * Source.Blocks * TileCall.Block * Destination.Blocks * TileCall.Block;

    /// <summary>Floats that a part of <see cref="Run"/> works in.</summary>
    public long WorkspaceSize => WorkspaceOf(Geometry, _block, Side);

    /// <inheritdoc/>
    public IBlockedKernel ForItems(int items) =>
        new WinogradConvolution(Geometry, Source, Destination, _cpu, Side, items: items);

    /// <summary>Computes a part: patches where there are enough, else output channels.</summary>
    /// <param name="call">What it is run on; as many items as it was planned for.</param>
    /// <param name="workspace">Of <see cref="WorkspaceSize"/>, of this part alone, on a boundary of 64 bytes.</param>
    public void Run(in ConvolutionCall call, float* workspace)
    {
        switch (_cpu.Bits, Side)
        {
            case (512, 4):
                Run<Vector512<float>, Simd512, FourByFour>(call, workspace);
                break;
            case (256, 4):
                Run<Vector256<float>, Simd256, FourByFour>(call, workspace);
                break;
            case (_, 4):
                Run<Vector128<float>, Simd128, FourByFour>(call, workspace);
                break;
            case (512, _):
                Run<Vector512<float>, Simd512, TwoByTwo>(call, workspace);
                break;
            case (256, _):
                Run<Vector256<float>, Simd256, TwoByTwo>(call, workspace);
                break;
            default:
                Run<Vector128<float>, Simd128, TwoByTwo>(call, workspace);
                break;
        }
    }

    /// <summary>The block of patches.</summary>
    public override string ToString() => $"{_block} of {_patches} patches";

    private void Run<TVec, TSimd, TForm>(in ConvolutionCall call, float* workspace)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
        where TForm : struct, IWinogradForm
    {
        (int first, int end, int firstChunk, int endChunk) = PartOf(call.Part, call.Parts);
        float* line = workspace,
            values = line + LineFloats,
            products = values + ((long)_points * _block * TileCall.Block * Source.Blocks);
        Patch* patches = stackalloc Patch[_block];
        int blocks = (end - first + _block - 1) / _block;
        for (int b = 0; b < blocks; b++)
        {
            (int from, int to) = WorkerPool.Share(end - first, b, blocks);
            int count = to - from;
            Place(call, first + from, patches, count);
            nint stride = (nint)_block * TileCall.Block * Source.Blocks;
            for (int block = 0; block < Source.Blocks; block++)
            {
                float* x = call.X + ((long)block * Source.Plane),
                    value = values + ((nint)block * _block * TileCall.Block);
                for (int p = 0; p < count; p++)
                {
                    WinogradTransforms<TVec, TSimd, TForm>.Input(
                        x + patches[p].Source,
                        Source.Row,
                        value + (p * TileCall.Block),
                        stride,
                        line
                    );
                }
            }

            Multiply(
                values,
                call.Weights,
                products,
                count,
                firstChunk,
                endChunk,
                b + 1 < blocks ? call.Weights : call.Next
            );
            Outputs<TVec, TSimd, TForm>(
                call,
                products,
                patches,
                count,
                firstChunk * _chunkBlocks,
                Math.Min(Destination.Blocks, endChunk * _chunkBlocks),
                line
            );
        }
    }

    private void Outputs<TVec, TSimd, TForm>(
        in ConvolutionCall call,
        float* products,
        Patch* patches,
        int count,
        int firstBlock,
        int endBlock,
        float* line
    )
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
        where TForm : struct, IWinogradForm
    {
        nint stride = (nint)_block * TileCall.Block * Destination.Blocks;
        for (int block = firstBlock; block < endBlock; block++)
        {
            long plane = (long)block * Destination.Plane;
            float* product = products + ((nint)block * _block * TileCall.Block),
                bias = call.Bias + (block * TileCall.Block);
            for (int p = 0; p < count; p++)
            {
                ref readonly Patch patch = ref patches[p];
                float* y = call.Y + patch.Destination + plane,
                    add = call.Add == null ? null : call.Add + patch.Add + plane;
                WinogradTransforms<TVec, TSimd, TForm>.Output(
                    product + (p * TileCall.Block),
                    stride,
                    bias,
                    add,
                    y,
                    Destination.Row,
                    patch.Rows,
                    patch.Columns,
                    call.Low,
                    call.High,
                    line
                );
                for (int row = 0; call.Map is not null && row < patch.Rows; row++)
                {
                    call.Map(y + (row * Destination.Row), y + (row * Destination.Row), patch.Columns * TileCall.Block);
                }
            }
        }
    }

    private void Multiply(
        float* values,
        float* packed,
        float* products,
        int count,
        int firstChunk,
        int endChunk,
        float* next
    )
    {
        long valueStride = (long)_block * TileCall.Block * Source.Blocks,
            productStride = (long)_block * TileCall.Block * Destination.Blocks,
            weightStride = PackedSize / _points;
        float* zeros = stackalloc float[4 * TileCall.Block];
        new Span<float>(zeros, 4 * TileCall.Block).Clear();
        TileCover cover = _tiles.Cover(count, _chunkBlocks, _offsets.Length, _depth),
            rest = _tiles.Cover(count, ChunkWidth(endChunk - 1), _offsets.Length, _depth);
        fixed (int* offsets = _offsets)
        {
            TileCall tile = new()
            {
                Offsets = offsets,
                Taps = _offsets.Length,
                Depth = _depth,
                Bias = zeros,
                Plane = _block * TileCall.Block,
                Low = float.NegativeInfinity,
                High = float.PositiveInfinity,
            };
            long chunkWeights = (long)_chunkBlocks * TileCall.Block * Source.Blocks * TileCall.Block;
            nint later = Prefetch.Step(chunkWeights, (long)cover.Tiles * _offsets.Length * _depth);
            for (int point = 0; point < _points; point++)
            {
                for (int chunk = firstChunk; chunk < endChunk; chunk++)
                {
                    tile.Weights = packed + (point * weightStride) + (chunk * chunkWeights);
                    float* then =
                        chunk + 1 < endChunk ? tile.Weights + chunkWeights
                        : point + 1 < _points ? packed + ((point + 1) * weightStride) + (firstChunk * chunkWeights)
                        : next;
                    tile.Later = then == null ? tile.Weights : then;
                    tile.LaterStep = then == null ? 0 : later;
                    tile.Source = values + (point * valueStride);
                    tile.Destination =
                        products + (point * productStride) + ((long)chunk * _chunkBlocks * _block * TileCall.Block);
                    (chunk + 1 < endChunk ? cover : rest).Run(ref tile, count, TileCall.Block);
                }
            }
        }
    }

    private void Place(in ConvolutionCall call, int first, Patch* patches, int count)
    {
        (int item, int within) = Math.DivRem(first, _perItem);
        (int y, int x) = Math.DivRem(within, _across);
        int corner =
                Source.Origin - (Geometry.Height.PadBefore * Source.Row) - (Geometry.Width.PadBefore * TileCall.Block),
            pixels = Side * TileCall.Block;
        for (int p = 0; p < count; p++)
        {
            long at = Destination.RowStart(y * Side) + (x * pixels);
            patches[p] = new Patch
            {
                Source = (item * call.XItem) + corner + (y * Side * Source.Row) + (x * pixels),
                Destination = (item * call.YItem) + at,
                Add = (item * call.AddItem) + at,
                Rows = Math.Min(Side, Destination.Height - (y * Side)),
                Columns = Math.Min(Side, Destination.Width - (x * Side)),
            };
            x++;
            (x, y) = x == _across ? (0, y + 1) : (x, y);
            (y, item) = y * _across == _perItem ? (0, item + 1) : (y, item);
        }
    }

    private int ChunkWidth(int chunk) => Math.Min(_chunkBlocks, Destination.Blocks - (chunk * _chunkBlocks));
}
