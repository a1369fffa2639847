using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The gradient of the weights of a 3x3 convolution of stride 1 by the adjoint of Winograd's F(4x4, 3x3): patches of x
/// and of dy are transformed, multiplied point by point and summed over patches, and the sums transformed back once: dw = Gᵀ
/// [sum (A dy Aᵀ) ⊙ (Bᵀ x B)] G.</summary>
/// <remarks>
/// 36 products a patch and pair of channels instead of 144. The error is that of the forward algorithm
/// (docs/numerics.md). A part has output channels, or input channels where those are fewer chunks than parts; what it reads of
/// the others it transforms for itself. Each sum belongs to one part and takes patches in order, so its bits do not depend on
/// how the work is shared out.
/// </remarks>
internal sealed unsafe class WinogradWeightsGradient : IWeightsGradient
{
    private const int Side = 4,
        Points = 36,
        LineFloats = 48 * TileCall.Block;

    private const int FewestChannels = 16; // a block: below, half of the products are with nothing
    private const int FewestPatches = 16,
        MostPatches = 96; // of a block

    private readonly CpuProfile _cpu;
    private readonly int _across;
    private readonly int _perItem;
    private readonly int _block;
    private readonly int _chunkBlocks;

    /// <summary>Plans the gradient.</summary>
    /// <param name="geometry">Sizes of the convolution of an item.</param>
    /// <param name="x">Layout of the input, with a halo as <see cref="WinogradConvolution.Halo"/> says.</param>
    /// <param name="dy">Layout of the gradient of the output, with a halo as <see cref="Halo"/> says.</param>
    /// <param name="items">Items that are summed over.</param>
    /// <param name="cpu">The processor; kernels run at its vector width.</param>
    public WinogradWeightsGradient(
        ConvolutionGeometry geometry,
        BlockedLayout x,
        BlockedLayout dy,
        int items,
        CpuProfile cpu
    )
    {
        (Geometry, X, Dy, _cpu) = (geometry, x, dy, cpu);
        _across = (geometry.Width.Out + Side - 1) / Side;
        _perItem = _across * ((geometry.Height.Out + Side - 1) / Side);
        _chunkBlocks = GradientTiles.ChunkBlocks(cpu).Last(b => b <= Math.Min(2, dy.Blocks));
        _block = Math.Min(_perItem * items, BlockOf(x.Blocks + dy.Blocks, SumsSize, cpu));
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout X { get; }

    /// <summary>Layout of the gradient of the output.</summary>
    public BlockedLayout Dy { get; }

    /// <inheritdoc/>
    public long SumsSize => (long)Points * X.Blocks * TileCall.Block * Dy.Blocks * TileCall.Block;

    /// <inheritdoc/>
    public long WorkspaceSize => ((long)Points * _block * TileCall.Block * (X.Blocks + Dy.Blocks)) + LineFloats;

    /// <inheritdoc/>
    public int Units => Math.Max(Chunks, X.Blocks);

    /// <inheritdoc/>
    public string Name => "Winograd F(4x4, 3x3)";

    private int Chunks => (Dy.Blocks + _chunkBlocks - 1) / _chunkBlocks;

    /// <summary>Whether it applies, and the model finds it quicker than direct sums.</summary>
    /// <param name="g">Sizes of the convolution of an item.</param>
    /// <param name="items">Items that are summed over.</param>
    /// <param name="cpu">The processor.</param>
    public static bool IsQuicker(ConvolutionGeometry g, int items, CpuProfile cpu)
    {
        if (!WinogradConvolution.Supports(g) || Math.Min(g.InChannels, g.OutChannels) < FewestChannels)
        {
            return false;
        }

        double patches = (double)((g.Width.Out + Side - 1) / Side) * ((g.Height.Out + Side - 1) / Side) * items,
            filters = (double)g.InChannels * g.OutChannels,
            blocks = (double)(g.InChannels + g.OutChannels) / TileCall.Block,
            vectors = TileCall.Block / (double)cpu.Lanes;
        double direct = ConvolutionPlanner.Time(g.MultiplyAdds * (double)items, 2 * 9 * filters, cpu),
            winograd =
                ConvolutionPlanner.Time(Points * patches * filters, 2 * Points * filters, cpu)
                + (patches * blocks * Points * ConvolutionPlanner.TransformCycles(cpu) * vectors);
        return winograd < 0.9 * direct;
    }

    /// <summary>The halo that whole patches of dy need, as a layout.</summary>
    public static BlockedLayout Halo(ConvolutionGeometry g) =>
        new(
            g.OutChannels,
            1,
            g.Height.Out,
            g.Width.Out,
            bottom: ((g.Height.Out + Side - 1) / Side * Side) - g.Height.Out,
            right: ((g.Width.Out + Side - 1) / Side * Side) - g.Width.Out
        );

    /// <inheritdoc/>
    public void Run(in WeightsGradientCall call, float* workspace, int part, int parts)
    {
        switch (_cpu.Bits)
        {
            case 512:
                Run<Vector512<float>, Simd512>(call, workspace, part, parts);
                break;
            case 256:
                Run<Vector256<float>, Simd256>(call, workspace, part, parts);
                break;
            default:
                Run<Vector128<float>, Simd128>(call, workspace, part, parts);
                break;
        }
    }

    /// <inheritdoc/>
    public void Unpack(float* sums, float* dw) =>
        WorkerPool.For(
            Dy.Blocks,
            block =>
            {
                float* weights = stackalloc float[9 * TileCall.Block],
                    line = stackalloc float[18 * TileCall.Block];
                int outputs = Math.Min(TileCall.Block, Geometry.OutChannels - (block * TileCall.Block));
                for (int c = 0; c < Geometry.InChannels; c++)
                {
                    float* from =
                        sums
                        + SumsOf(0, block / _chunkBlocks, c / TileCall.Block)
                        + ((c % TileCall.Block) * LanesOf(block / _chunkBlocks))
                        + (block % _chunkBlocks * TileCall.Block);
                    Filter(from, (nint)(SumsSize / Points), weights, line);
                    for (int lane = 0; lane < outputs; lane++)
                    {
                        float* to = dw + (((((long)block * TileCall.Block) + lane) * Geometry.InChannels + c) * 9);
                        for (int tap = 0; tap < 9; tap++)
                        {
                            to[tap] = weights[(tap * TileCall.Block) + lane];
                        }
                    }
                }
            }
        );

    /// <summary>As many patches as fit the second cache; more where the sums come from further away.</summary>
    private static int BlockOf(int blocks, long sums, CpuProfile cpu)
    {
        long perPatch = (long)Points * TileCall.Block * sizeof(float) * blocks,
            fitting = cpu.SecondCache / 2 / perPatch,
            wanted = sums * sizeof(float) > cpu.SecondCache ? 64 : FewestPatches;
        return (int)Math.Clamp(Math.Max(fitting, wanted), FewestPatches, MostPatches);
    }

    private void Filter(float* sums, nint stride, float* weights, float* line)
    {
        switch (_cpu.Bits)
        {
            case 512:
                WinogradGradientTransforms<Vector512<float>, Simd512>.Filter(sums, stride, weights, line);
                break;
            case 256:
                WinogradGradientTransforms<Vector256<float>, Simd256>.Filter(sums, stride, weights, line);
                break;
            default:
                WinogradGradientTransforms<Vector128<float>, Simd128>.Filter(sums, stride, weights, line);
                break;
        }
    }

    private void Run<TVec, TSimd>(in WeightsGradientCall call, float* workspace, int part, int parts)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        bool byOutputs = Chunks >= parts;
        (int firstChunk, int endChunk) = byOutputs ? WorkerPool.Share(Chunks, part, parts) : (0, Chunks);
        (int firstBlock, int endBlock) = byOutputs ? (0, X.Blocks) : WorkerPool.Share(X.Blocks, part, parts);
        for (int point = 0; point < Points; point++)
        {
            for (int chunk = firstChunk; chunk < endChunk; chunk++)
            {
                new Span<float>(
                    call.Sums + SumsOf(point, chunk, firstBlock),
                    (endBlock - firstBlock) * TileCall.Block * LanesOf(chunk)
                ).Clear();
            }
        }

        float* line = workspace,
            values = line + LineFloats,
            gradients = values + ((long)Points * _block * TileCall.Block * X.Blocks);
        int patches = _perItem * call.Items;
        for (int first = 0; first < patches; first += _block)
        {
            int count = Math.Min(_block, patches - first);
            for (int p = 0; p < count; p++)
            {
                Transform<TVec, TSimd>(
                    call,
                    first + p,
                    values + (p * TileCall.Block),
                    gradients + (p * TileCall.Block),
                    line,
                    (firstBlock, endBlock),
                    (firstChunk * _chunkBlocks, Math.Min(Dy.Blocks, endChunk * _chunkBlocks))
                );
            }

            Multiply(values, gradients, call.Sums, count, (firstBlock, endBlock), (firstChunk, endChunk));
        }
    }

    /// <summary>A patch of x and of dy, to its place in [point][block][patch][16].</summary>
    private void Transform<TVec, TSimd>(
        in WeightsGradientCall call,
        int patch,
        float* values,
        float* gradients,
        float* line,
        (int First, int End) inputs,
        (int First, int End) outputs
    )
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        (int item, int within) = Math.DivRem(patch, _perItem);
        (int row, int column) = Math.DivRem(within, _across);
        nint block = (nint)_block * TileCall.Block;
        float* x =
            call.X
            + (item * call.XItem)
            + X.Origin
            + (((row * Side) - Geometry.Height.PadBefore) * (long)X.Row)
            + (((column * Side) - Geometry.Width.PadBefore) * TileCall.Block);
        for (int b = inputs.First; b < inputs.End; b++)
        {
            WinogradTransforms<TVec, TSimd, FourByFour>.Input(
                x + ((long)b * X.Plane),
                X.Row,
                values + (b * block),
                block * X.Blocks,
                line
            );
        }

        float* dy =
            call.Dy + (item * call.DyItem) + Dy.Origin + ((long)row * Side * Dy.Row) + (column * Side * TileCall.Block);
        for (int b = outputs.First; b < outputs.End; b++)
        {
            WinogradGradientTransforms<TVec, TSimd>.Gradient(
                dy + ((long)b * Dy.Plane),
                Dy.Row,
                gradients + (b * block),
                block * Dy.Blocks,
                line
            );
        }
    }

    private void Multiply(
        float* values,
        float* gradients,
        float* sums,
        int count,
        (int First, int End) inputs,
        (int First, int End) chunks
    )
    {
        nint block = (nint)_block * TileCall.Block;
        GradientTileCall tile = new()
        {
            XStep = TileCall.Block,
            DyPlane = block,
            Width = count,
            Rows = 1,
            Items = 1,
        };
        for (int point = 0; point < Points; point++)
        {
            for (int chunk = chunks.First; chunk < chunks.End; chunk++)
            {
                int lanes = LanesOf(chunk);
                GradientTile[] cover = GradientTiles.Cover(_cpu, TileCall.Block, lanes / TileCall.Block).Tiles;
                tile.DwRow = lanes;
                for (int b = inputs.First; b < inputs.End; b++)
                {
                    tile.X = values + ((((long)point * X.Blocks) + b) * block);
                    tile.Dy = gradients + ((((long)point * Dy.Blocks) + (chunk * _chunkBlocks)) * block);
                    tile.Dw = sums + SumsOf(point, chunk, b);
                    foreach (GradientTile kernel in cover)
                    {
                        kernel.Run(in tile);
                        tile.X += kernel.Values;
                        tile.Dw += kernel.Values * lanes;
                    }
                }
            }
        }
    }

    /// <summary>Where the sums of a point, a chunk of outputs and a block of inputs begin: [point][chunk][block][channel][lanes
    /// of the chunk].</summary>
    private long SumsOf(int point, int chunk, int block) =>
        ((long)point * (SumsSize / Points))
        + ((long)chunk * _chunkBlocks * TileCall.Block * X.Blocks * TileCall.Block)
        + ((long)block * TileCall.Block * LanesOf(chunk));

    private int LanesOf(int chunk) => Math.Min(_chunkBlocks, Dy.Blocks - (chunk * _chunkBlocks)) * TileCall.Block;
}
