namespace Fovea.Kernels;

/// <summary>A convolution of blocked maps, planned for its sizes: which tiles, in which order. Weights are packed
/// once.</summary>
/// <remarks>
/// Lanes: output channels. For a row of the output, tiles of pixels by channels each sum over all taps in registers;
/// the order of a sum is channel block, tap, channel, whatever
/// the tile, so results do not depend on how the work is shared out. Needs zero padding, which the source's halo holds.
/// </remarks>
internal sealed unsafe partial class BlockedConvolution : IBlockedKernel
{
    private const int RunPixels = 392; // at most, where the pixels of a map follow each other without a gap; rows of other maps are runs as they are
    private const int FewestPerGroup = 8; // channels: of smaller groups that fill no block too much would be multiplied by 0
    private const int FewestTogether = 4;
    private const int UnitPixels = 56; // of maps of one row, that are not cut any further

    private readonly CpuProfile _cpu;
    private readonly TileChoice _tiles;
    private readonly Chunk[] _chunks;
    private readonly int[] _offsets;
    private readonly int _depth;
    private readonly int _pixels;
    private readonly int _unit; // pixels that are not shared out between threads: a row
    private readonly int _units; // of an item
    private readonly long _unitBytes; // of the source
    private readonly int _unitsPerBlock;
    private readonly bool _flat; // the pixels of a map follow each other, in source and destination
    private readonly bool _byRow; // a tap is a row of the kernel, whose values lie side by side in plain planes

    /// <summary>Plans a convolution.</summary>
    /// <param name="geometry">Its sizes; zero padding.</param>
    /// <param name="source">Layout of the input, with a halo that covers the padding.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="cpu">The processor; kernels run at its vector width.</param>
    /// <param name="widest">Always take the widest chunks of output channels, so that the packed weights do not depend
    /// on the number of pixels.</param>
    public BlockedConvolution(
        ConvolutionGeometry geometry,
        BlockedLayout source,
        BlockedLayout destination,
        CpuProfile cpu,
        bool widest = false
    )
    {
        (Geometry, Source, Destination, _cpu) = (geometry, source, destination, cpu);
        _tiles =
            TileChoice.For(cpu, geometry.Width.Stride * source.Lanes)
            ?? throw new ArgumentException(
                $"BlockedConvolution: no kernel for stride {geometry.Width.Stride} on {source.Lanes} lanes."
            );
        _byRow = source.Lanes == 1 && geometry.Width.Dilation == 1;
        _depth =
            _byRow ? geometry.Width.Kernel
            : source.Lanes == 1 ? 1
            : geometry.Groups == 1 ? Depth(geometry.InChannels)
            : HasWholeBlocks(geometry) ? TileCall.Block
            : Together(geometry.InPerGroup);
        _offsets = TapOffsets();
        _flat =
            geometry is { Taps: 1, Width.Stride: 1, Height.Stride: 1, Depth.Stride: 1 }
            && source.IsDense
            && destination.IsDense
            && HasSizesOf(source, destination);
        _pixels = destination.Rows * destination.Width;
        _unit = _flat && destination.Rows == 1 ? Math.Min(UnitPixels, _pixels) : destination.Width;
        _units = (_pixels + _unit - 1) / _unit;
        (_chunks, Cycles) = Chunks(widest);
        WidestChunk = _chunks.Max(c => c.Blocks);
        PackedSize = _chunks[^1].Weights + WeightsOf(_chunks[^1]);
        _unitBytes =
            sizeof(float)
            * _chunks.Max(c => c.SourceBlocks)
            * (_flat ? (long)_unit * source.Lanes : (long)source.Row * geometry.Height.Stride);
        _unitsPerBlock = (int)Math.Clamp(SourceBudget(cpu) / Math.Max(1, _unitBytes), 1, int.MaxValue);
    }

    /// <summary>Bytes of a source that stay in the second cache while all output channels pass.</summary>
    public static long SourceBudget(CpuProfile cpu) => cpu.SecondCache * 4 / 10;

    /// <summary>Rows, or runs of pixels, whose source stays in the second cache while all output channels pass, and the
    /// bytes of that source.</summary>
    public (int Units, long Bytes) Block => (_unitsPerBlock, _unitsPerBlock * _unitBytes);

    /// <summary>The tiles of each chunk of output channels.</summary>
    public IEnumerable<TileCover> Covers => _chunks.Select(c => c.Cover);

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout Source { get; }

    /// <summary>Layout of the output.</summary>
    public BlockedLayout Destination { get; }

    /// <summary>Chunks of output channels that are computed together.</summary>
    public int ChunkCount => _chunks.Length;

    /// <summary>Time of an item by the model, in cycles.</summary>
    public double Cycles { get; }

    /// <summary>Blocks of the widest chunk.</summary>
    public int WidestChunk { get; }

    /// <summary>Floats of the packed weights.</summary>
    public long PackedSize { get; }

    long IBlockedKernel.WorkspaceSize => 0;

    IBlockedKernel IBlockedKernel.ForItems(int items) => this;

    void IBlockedKernel.Run(in ConvolutionCall call, float* workspace) => Run(call);

    /// <summary>Whether blocked kernels can do it: zero padding, a stride of 1 or 2 along the width (also 4 on plain
    /// planes), and groups of whole blocks, of 16 channels together, or of 8 channels or more, 4 or more of which
    /// fill blocks evenly.</summary>
    public static bool Supports(ConvolutionGeometry g, int lanes) =>
        g.Mode == PaddingMode.Zeros
        && (g.Width.Stride <= 2 || (lanes == 1 && g.Width.Stride == 4))
        && (lanes == TileCall.Block || g.Groups == 1)
        && (
            g.Groups == 1
            || HasWholeBlocks(g)
            || (Math.Min(g.InPerGroup, g.OutPerGroup) >= FewestPerGroup && Together(g.InPerGroup) >= FewestTogether)
        );

    /// <summary>Channels of a tap, where all are summed: a whole block, or a part of it that divides the channels, so
    /// that no channel is read that is not there.</summary>
    public static int Depth(int channels) =>
        channels < TileCall.Block ? channels : Math.Min(TileCall.Block, channels & -channels);

    /// <summary>The layout of an input with the halo that the padding needs.</summary>
    public static BlockedLayout Halo(ConvolutionGeometry g, int lanes = TileCall.Block) =>
        new(
            g.InChannels,
            g.Depth.In,
            g.Height.In,
            g.Width.In,
            g.Depth.PadBefore,
            Behind(g.Depth),
            g.Height.PadBefore,
            Behind(g.Height),
            g.Width.PadBefore,
            Behind(g.Width),
            lanes
        );

    /// <summary>Computes a part: rows of pixels, or output channels, whichever the model says is quicker.</summary>
    public void Run(in ConvolutionCall call)
    {
        (int firstUnit, int endUnit, int firstChunk, int endChunk) = PartOf(call.Items, call.Part, call.Parts);
        int blocks = (endUnit - firstUnit + _unitsPerBlock - 1) / _unitsPerBlock;
        for (int block = 0; block < blocks; block++)
        {
            (int from, int to) = WorkerPool.Share(endUnit - firstUnit, block, blocks);
            for (int chunk = firstChunk; chunk < endChunk; chunk++)
            {
                float* next =
                    chunk + 1 < endChunk ? WeightsOf(call, chunk + 1)
                    : block + 1 < blocks ? WeightsOf(call, firstChunk)
                    : call.Next;
                RunChunk(call, chunk, firstUnit + from, firstUnit + to, next);
            }
        }
    }

    /// <summary>The channel blocks of a chunk.</summary>
    public (int First, int Count) BlocksOf(int chunk) => (_chunks[chunk].FirstBlock, _chunks[chunk].Blocks);

    /// <summary>Where the packed weights of a chunk of output channels begin.</summary>
    public float* WeightsOf(in ConvolutionCall call, int chunk) => call.Weights + _chunks[chunk].Weights;

    private long WeightsOf(Chunk chunk) => (long)chunk.Blocks * TileCall.Block * chunk.Taps * _depth;

    /// <summary>Computes rows of a chunk of output channels.</summary>
    /// <param name="call">What it is run on, of which part and parts are not looked at.</param>
    /// <param name="chunk">Which output channels: 0 to <see cref="ChunkCount"/> - 1.</param>
    /// <param name="from">The first row, or where maps of one row have no gap, the first run of pixels; those of an
    /// item follow those of the one before.</param>
    /// <param name="to">The row behind the last.</param>
    /// <param name="next">Weights that come next, asked for meanwhile, as each is read once and comes from far away;
    /// may be null.</param>
    public void RunChunk(in ConvolutionCall call, int chunk, int from, int to, float* next)
    {
        Chunk c = _chunks[chunk];
        long weights = WeightsOf(c),
            tiles = _flat
                ? (((long)(to - from) * _unit) + c.Cover.Main.Pixels - 1) / c.Cover.Main.Pixels
                : (long)(to - from) * c.Cover.Tiles;
        next = tiles == 1 ? null : next; // weights that pass once are a stream, and tiles ask ahead in it themselves
        fixed (int* offsets = _offsets)
        {
            TileCall tile = new()
            {
                Offsets = offsets,
                Taps = c.Taps,
                Depth = _depth,
                Plane = Destination.Plane,
                Low = call.Low,
                High = call.High,
                Weights = WeightsOf(call, chunk),
                Bias = call.Bias + (c.FirstBlock * TileCall.Block),
            };
            tile.Later = next == null ? tile.Weights : next;
            tile.LaterStep = next == null ? 0 : Prefetch.Step(weights, tiles * c.Taps * _depth);
            for (int unit = from, count; unit < to; unit += count)
            {
                (int item, int within) = Math.DivRem(unit, _units);
                count = _flat ? Math.Min(to - unit, _units - within) : 1;
                tile.LaterStep = tile.Later >= next + weights ? 0 : tile.LaterStep;
                if (_flat)
                {
                    RunFlat(ref tile, call, c, item, within * _unit, Math.Min(_pixels, (within + count) * _unit));
                }
                else
                {
                    (long x, long y) = Places(within);
                    RunPixelsOf(ref tile, call, c, c.Cover, item, x, y, _unit);
                }
            }
        }
    }

    /// <summary>Pixels of an item that follow each other, in runs.</summary>
    private void RunFlat(ref TileCall tile, in ConvolutionCall call, Chunk chunk, int item, int from, int to)
    {
        int runs = (to - from + RunPixels - 1) / RunPixels,
            length = ((to - from) / runs + 13) / 14 * 14;
        for (int at = from; at < to; at += length)
        {
            int pixels = Math.Min(length, to - at);
            RunPixelsOf(
                ref tile,
                call,
                chunk,
                _tiles.Cover(pixels, chunk.Blocks, chunk.Taps, _depth),
                item,
                (long)at * Source.Lanes,
                (long)at * TileCall.Block,
                pixels
            );
        }
    }

    private void RunPixelsOf(
        ref TileCall tile,
        in ConvolutionCall call,
        Chunk chunk,
        TileCover cover,
        int item,
        long x,
        long y,
        int pixels
    )
    {
        y += (long)chunk.FirstBlock * Destination.Plane;
        tile.Source = call.X + (item * call.XItem) + x + (chunk.FirstSourceBlock * (long)Source.Plane);
        tile.Destination = call.Y + (item * call.YItem) + y;
        tile.Add = call.Add == null ? null : call.Add + (item * call.AddItem) + y;
        cover.Run(ref tile, pixels, Geometry.Width.Stride * Source.Lanes);
        for (int block = 0; call.Map is not null && block < chunk.Blocks; block++)
        {
            float* start = call.Y + (item * call.YItem) + y + ((long)block * Destination.Plane);
            call.Map(start, start, pixels * TileCall.Block);
        }
    }

    /// <summary>Where a row begins, in an item of the source and of the destination.</summary>
    private (long Source, long Destination) Places(int row)
    {
        ConvolutionGeometry g = Geometry;
        (int d, int h) = Math.DivRem(row, Destination.Height);
        long from =
            Source.Origin
            + ((long)((d * g.Depth.Stride) - g.Depth.PadBefore) * Source.Slice)
            + ((long)((h * g.Height.Stride) - g.Height.PadBefore) * Source.Row)
            - ((long)g.Width.PadBefore * Source.Lanes);
        return (from, Destination.Origin + (d * (long)Destination.Slice) + (h * (long)Destination.Row));
    }

    /// <summary>The tiles in use, e.g. <c>14 x 2, 8 chunks, 28 rows a block</c>.</summary>
    public override string ToString() =>
        $"{_chunks[0].Cover.Main.Pixels} x {_chunks[0].Cover.Main.Vectors}, {_chunks.Length} {(_chunks.Length == 1 ? "chunk" : "chunks")}, {(_flat ? "flat" : $"{_unitsPerBlock} rows a block")}";
}
