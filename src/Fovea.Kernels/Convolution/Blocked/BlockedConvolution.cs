namespace Fovea.Kernels;

/// <summary>A convolution of blocked maps, planned for its sizes: which tiles, in which order. Weights are packed once.</summary>
/// <remarks>
/// Lanes: output channels. For a row of the output, tiles of pixels by channels each sum over all taps in registers; the order of a sum is channel block, tap, channel, whatever
/// the tile, so results do not depend on how the work is shared out. Needs zero padding, which the source's halo holds.
/// </remarks>
internal sealed unsafe class BlockedConvolution
{
    private const long SourceBudget = 640 << 10; // bytes of source rows that stay in the second cache while all output channels pass

    private readonly TileChoice _tiles;
    private readonly (int FirstBlock, int Blocks, TileKernel Kernel)[] _chunks;
    private readonly int[] _offsets;
    private readonly int _taps;
    private readonly int _depth;
    private readonly int _rowsPerBlock;
    private readonly bool _flat;
    private readonly bool _byRow; // a tap is a row of the kernel, whose values lie side by side in plain planes

    /// <summary>Plans a convolution.</summary>
    /// <param name="geometry">Its sizes; zero padding.</param>
    /// <param name="source">Layout of the input, with a halo that covers the padding.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="bits">Vector width.</param>
    /// <param name="widest">Always take the widest chunks of output channels, so that the packed weights do not depend on the number of pixels.</param>
    public BlockedConvolution(ConvolutionGeometry geometry, BlockedLayout source, BlockedLayout destination, int bits, bool widest = false)
    {
        (Geometry, Source, Destination) = (geometry, source, destination);
        _tiles = TileChoice.For(bits, geometry.Width.Stride * source.Lanes)
            ?? throw new ArgumentException($"BlockedConvolution: no kernel for stride {geometry.Width.Stride} on {source.Lanes} lanes.");
        GroupBlocks = geometry.Groups == 1 ? source.Blocks : BlocksRead(geometry);
        _byRow = source.Lanes == 1 && geometry.Width.Dilation == 1;
        _depth = _byRow ? geometry.Width.Kernel : source.Lanes == 1 ? 1 : geometry.Groups > 1 ? TileCall.Block : Depth(geometry.InChannels);
        _offsets = TapOffsets();
        _taps = _offsets.Length;
        _flat = geometry is { Taps: 1, Width.Stride: 1, Height.Stride: 1, Depth.Stride: 1 } && source.IsDense && destination.IsDense && HasSizesOf(source, destination);
        Pixels = _flat ? destination.Rows * destination.Width : destination.Width;
        Rows = _flat ? 1 : destination.Rows;
        _chunks = Chunks(widest);
        long rowBytes = Math.Max(1, (long)source.Row * sizeof(float) * geometry.Height.Stride * GroupBlocks);
        _rowsPerBlock = _flat ? 1 : (int)Math.Clamp(SourceBudget / rowBytes, 1, Rows);
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout Source { get; }

    /// <summary>Layout of the output.</summary>
    public BlockedLayout Destination { get; }

    /// <summary>Floats of the packed weights.</summary>
    public long PackedSize => (long)Destination.Blocks * TileCall.Block * _taps * _depth;

    /// <summary>Channel blocks that an output block reads.</summary>
    private int GroupBlocks { get; }

    /// <summary>Pixels of a run without a gap.</summary>
    private int Pixels { get; }

    /// <summary>Such runs in an item.</summary>
    private int Rows { get; }

    /// <summary>Whether blocked kernels can do it: zero padding, a stride of 1 or 2 along the width (also 4 on plain planes), and groups of whole blocks or of 16 channels together.</summary>
    public static bool Supports(ConvolutionGeometry g, int lanes) =>
        g.Mode == PaddingMode.Zeros && (g.Width.Stride <= 2 || (lanes == 1 && g.Width.Stride == 4)) && (lanes == TileCall.Block || g.Groups == 1)
        && (g.Groups == 1 || (g.InPerGroup % TileCall.Block == 0 && g.OutPerGroup % TileCall.Block == 0)
            || (g.InPerGroup == g.OutPerGroup && TileCall.Block % g.InPerGroup == 0 && g.InChannels % TileCall.Block == 0));

    /// <summary>Channels of a tap, where all are summed: a whole block, or a part of it that divides the channels, so that no channel is read that is not there.</summary>
    public static int Depth(int channels) => channels < TileCall.Block ? channels : Math.Min(TileCall.Block, channels & -channels);

    /// <summary>The layout of an input with the halo that the padding needs.</summary>
    public static BlockedLayout Halo(ConvolutionGeometry g, int lanes = TileCall.Block) => new(
        g.InChannels, g.Depth.In, g.Height.In, g.Width.In, g.Depth.PadBefore, Behind(g.Depth), g.Height.PadBefore, Behind(g.Height), g.Width.PadBefore, Behind(g.Width), lanes);

    /// <summary>Packs [Cout, Cin / groups, kernel...] as [chunk][tap][channel][output channels of the chunk], missing channels as zeros.</summary>
    public void Pack(float* weights, float* packed) => WorkerPool.For(_chunks.Length, chunk =>
    {
        (int firstBlock, int blocks, _) = _chunks[chunk];
        int lanes = blocks * TileCall.Block;
        float* start = packed + ((long)firstBlock * TileCall.Block * _taps * _depth);
        for (int lane = 0; lane < lanes; lane++)
        {
            PackLane(weights, start + lane, lanes, firstBlock, (firstBlock * TileCall.Block) + lane);
        }
    });

    /// <summary>The weights of one output channel, to every <paramref name="lanes"/>th place.</summary>
    private void PackLane(float* weights, float* to, int lanes, int firstBlock, int output)
    {
        ConvolutionGeometry g = Geometry;
        int firstChannel = g.Groups == 1 ? 0 : g.InPerGroup < TileCall.Block ? firstBlock * TileCall.Block : firstBlock * TileCall.Block / g.OutPerGroup * g.InPerGroup;
        int group = output / g.OutPerGroup;
        float* own = weights + ((long)output * g.InPerGroup * g.Taps);
        for (int i = 0; _byRow && i < _taps * _depth; i++, to += lanes)
        {
            *to = output < g.OutChannels ? own[i] : 0f; // channel, row, column: as they come
        }

        for (int tap = 0; !_byRow && tap < _taps; tap++)
        {
            int channel = firstChannel + (tap / g.Taps * _depth), position = tap % g.Taps;
            for (int d = 0; d < _depth; d++, channel++, to += lanes)
            {
                int inGroup = channel - (group * g.InPerGroup);
                *to = output < g.OutChannels && (uint)inGroup < (uint)g.InPerGroup ? own[((long)inGroup * g.Taps) + position] : 0f;
            }
        }
    }

    /// <summary>Computes part of an item: rows where there are enough, else output channels.</summary>
    /// <param name="x">The item of the input, at its start.</param>
    /// <param name="packed">From <see cref="Pack"/>.</param>
    /// <param name="bias">One value an output channel, filled up to whole blocks with zeros.</param>
    /// <param name="add">Added before clamping, an item laid out as the output, and not the output itself; may be null.</param>
    /// <param name="y">The item of the output, at its start.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public void Run(float* x, float* packed, float* bias, float* add, float* y, float low, float high, int part, int parts)
    {
        (int firstRow, int endRow, int firstChunk, int endChunk, int firstPixel, int endPixel) = PartOf(part, parts);
        fixed (int* offsets = _offsets)
        {
            TileCall call = new() { Offsets = offsets, Taps = _taps, Depth = _depth, Plane = Destination.Plane, Low = low, High = high };
            if (_flat)
            {
                Flat(ref call, x, packed, bias, add, y, firstChunk, endChunk, firstPixel, endPixel);
                return;
            }

            for (int from = firstRow; from < endRow; from += _rowsPerBlock)
            {
                for (int chunk = firstChunk; chunk < endChunk; chunk++)
                {
                    Begin(ref call, chunk, packed, bias);
                    for (int row = from; row < Math.Min(from + _rowsPerBlock, endRow); row++)
                    {
                        Row(ref call, chunk, x, add, y, row);
                    }
                }
            }
        }
    }

    /// <summary>Applies a function to what <see cref="Run"/> wrote of a part.</summary>
    /// <param name="map">The function.</param>
    /// <param name="y">The item of the output, at its start.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public void Map(ElementMap map, float* y, int part, int parts)
    {
        (int firstRow, int endRow, int firstChunk, int endChunk, int firstPixel, int endPixel) = PartOf(part, parts);
        int endBlock = endChunk < _chunks.Length ? _chunks[endChunk].FirstBlock : Destination.Blocks;
        for (int block = firstChunk < _chunks.Length ? _chunks[firstChunk].FirstBlock : endBlock; block < endBlock; block++)
        {
            for (int row = firstRow; row < endRow; row++)
            {
                float* start = y + ((long)block * Destination.Plane) + Destination.RowStart(row) + ((long)firstPixel * TileCall.Block);
                map(start, start, (endPixel - firstPixel) * TileCall.Block);
            }
        }
    }

    /// <summary>A part of the work: rows where there are enough of them, else pixels of the one run, else output channels.</summary>
    private (int FirstRow, int EndRow, int FirstChunk, int EndChunk, int FirstPixel, int EndPixel) PartOf(int part, int parts)
    {
        if (_flat && parts > 1 && _chunks.Length < 2 * parts && Pixels >= 64 * parts)
        {
            (int firstPixel, int endPixel) = WorkerPool.Share(Pixels, part, parts);
            return (0, 1, 0, _chunks.Length, firstPixel, endPixel);
        }

        bool byRows = Rows >= 4 * parts || (_chunks.Length < parts && Rows >= parts);
        (int firstRow, int endRow) = byRows ? WorkerPool.Share(Rows, part, parts) : (0, Rows);
        (int firstChunk, int endChunk) = byRows ? (0, _chunks.Length) : WorkerPool.Share(_chunks.Length, part, parts);
        return (firstRow, endRow, firstChunk, endChunk, 0, Pixels);
    }

    /// <summary>Pixels in runs that stay in the second cache while all chunks pass.</summary>
    private void Flat(ref TileCall call, float* x, float* packed, float* bias, float* add, float* y, int firstChunk, int endChunk, int firstPixel, int endPixel)
    {
        int run = (int)Math.Clamp(SourceBudget / sizeof(float) / TileCall.Block / GroupBlocks, 112, int.MaxValue) / 28 * 28;
        for (int from = firstPixel; from < endPixel; from += run)
        {
            int to = Math.Min(endPixel, from + run);
            if (endPixel - to < 28)
            {
                to = endPixel;
            }

            for (int chunk = firstChunk; chunk < endChunk; chunk++)
            {
                Begin(ref call, chunk, packed, bias);
                float* source = x + (FirstSourceBlock(chunk) * (long)Source.Plane);
                long destination = (long)_chunks[chunk].FirstBlock * Destination.Plane;
                Tiles(ref call, _chunks[chunk], source, add == null ? null : add + destination, y + destination, from, to - from, Source.Lanes);
            }

            if (to == endPixel)
            {
                return;
            }
        }
    }

    private void Begin(ref TileCall call, int chunk, float* packed, float* bias)
    {
        call.Weights = packed + ((long)_chunks[chunk].FirstBlock * TileCall.Block * _taps * _depth);
        call.Bias = bias + (_chunks[chunk].FirstBlock * TileCall.Block);
    }

    private void Row(ref TileCall call, int chunk, float* x, float* add, float* y, int row)
    {
        ConvolutionGeometry g = Geometry;
        int d = row / Destination.Height, h = row % Destination.Height;
        long from = Source.Origin + ((long)((d * g.Depth.Stride) - g.Depth.PadBefore) * Source.Slice) + ((long)((h * g.Height.Stride) - g.Height.PadBefore) * Source.Row)
            - ((long)g.Width.PadBefore * Source.Lanes) + (FirstSourceBlock(chunk) * (long)Source.Plane);
        long to = Destination.RowStart(row) + ((long)_chunks[chunk].FirstBlock * Destination.Plane);
        Tiles(ref call, _chunks[chunk], x + from, add == null ? null : add + to, y + to, 0, Pixels, g.Width.Stride * Source.Lanes);
    }

    private static void Tiles(ref TileCall call, (int FirstBlock, int Blocks, TileKernel Kernel) chunk, float* x, float* add, float* y, int first, int pixels, int step)
    {
        TileKernel kernel = chunk.Kernel;
        for (int p = first; p < first + pixels; p += kernel.Pixels)
        {
            int at = Math.Min(p, first + pixels - kernel.Pixels); // the last tile overlaps the one before
            call.Source = x + ((long)at * step);
            call.Destination = y + ((long)at * TileCall.Block);
            call.Add = add == null ? null : add + ((long)at * TileCall.Block);
            kernel.Run(in call);
        }
    }

    /// <summary>The tiles in use, e.g. <c>14 x 2, 8 chunks, 28 rows a block</c>.</summary>
    public override string ToString() => $"{_chunks[0].Kernel.Pixels} x {_chunks[0].Kernel.Vectors}, {_chunks.Length} chunks, {(_flat ? "flat" : $"{_rowsPerBlock} rows a block")}";

    private static int Behind(WindowAxis axis) => Math.Max(0, ((axis.Out - 1) * axis.Stride) + axis.Extent - axis.PadBefore - axis.In);

    private static int BlocksRead(ConvolutionGeometry g) => Math.Max(1, g.InPerGroup / TileCall.Block);

    /// <summary>Whether the pixels of one layout are those of the other, in the same order.</summary>
    private static bool HasSizesOf(BlockedLayout a, BlockedLayout b) => a.Depth == b.Depth && a.Height == b.Height && a.Width == b.Width;

    private int FirstSourceBlock(int chunk)
    {
        ConvolutionGeometry g = Geometry;
        if (g.Groups == 1)
        {
            return 0;
        }

        int block = _chunks[chunk].FirstBlock;
        return g.InPerGroup < TileCall.Block ? block : block * TileCall.Block / g.OutPerGroup * (g.InPerGroup / TileCall.Block);
    }

    private int[] TapOffsets()
    {
        ConvolutionGeometry g = Geometry;
        int perTap = _byRow ? 1 : _depth, parts = g.Groups > 1 ? GroupBlocks * TileCall.Block / perTap : g.InChannels / perTap;
        List<int> offsets = [];
        for (int part = 0; part < parts; part++)
        {
            int channel = part * perTap, start = (channel / Source.Lanes * Source.Plane) + (channel % Source.Lanes);
            for (int d = 0; d < g.Depth.Kernel; d++)
            {
                for (int h = 0; h < g.Height.Kernel; h++)
                {
                    for (int w = 0; w < (_byRow ? 1 : g.Width.Kernel); w++)
                    {
                        offsets.Add(start + (d * g.Depth.Dilation * Source.Slice) + (h * g.Height.Dilation * Source.Row) + (w * g.Width.Dilation * Source.Lanes));
                    }
                }
            }
        }

        return [.. offsets];
    }

    private (int FirstBlock, int Blocks, TileKernel Kernel)[] Chunks(bool widest)
    {
        // Chunks of one width, and a rest; each width is tried and the quickest by the model taken. A chunk never spans two groups.
        int groupBlocks = Geometry.Groups == 1 ? Destination.Blocks : Math.Max(1, Geometry.OutPerGroup / TileCall.Block);
        List<(int FirstBlock, int Blocks, TileKernel Kernel)>? best = null;
        double least = double.MaxValue;
        foreach (int width in _tiles.ChunkBlocks.Where(w => w <= groupBlocks).Take(widest ? 1 : int.MaxValue))
        {
            List<(int FirstBlock, int Blocks, TileKernel Kernel)> chunks = [];
            double cycles = 0;
            for (int first = 0; first < Destination.Blocks;)
            {
                int left = groupBlocks - (first % groupBlocks), blocks = _tiles.ChunkBlocks.First(w => w <= Math.Min(width, left));
                (TileKernel kernel, double cost) = _tiles.Best(Pixels, blocks, _taps, _depth);
                chunks.Add((first, blocks, kernel));
                cycles += cost;
                first += blocks;
            }

            (best, least) = cycles < least ? (chunks, cycles) : (best, least);
        }

        return [.. best!];
    }
}
