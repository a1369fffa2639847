namespace Fovea.Kernels;

/// <summary>The gradient of the weights of a convolution, from blocked maps: dw[o, c, tap] = sum over items and pixels of
/// dy[o] * x[c, shifted by the tap].</summary>
/// <remarks>
/// Lanes: output channels. The taps of a row of the kernel times the channels of a block lie together in x; tiles of such
/// values by output channels keep their sums in registers over a block of pixels, and add them to those so far. So no sum
/// has more than some hundred terms before it is added to others. The order of a sum depends on the sizes and the
/// processor's caches, never on how the work is shared out: each sum belongs to one part.
/// </remarks>
internal sealed unsafe class WeightsGradient : IWeightsGradient
{
    private const int BlockPixels = 196; // whose values of a unit stay in the first cache
    private const int FarBlockPixels = 784; // where the sums come from beyond the second cache

    private readonly Chunk[] _chunks;
    private readonly int[] _taps; // for each run of values, where it begins for the first pixel
    private readonly int _values; // of a run
    private readonly int _blocks; // of x that a chunk reads
    private readonly int _rows; // of a slice that are worked on together
    private readonly int _items;
    private readonly bool _isFlat;

    /// <summary>Plans the gradient.</summary>
    /// <param name="geometry">Sizes of the convolution of an item.</param>
    /// <param name="x">Layout of the input, with a halo that covers the padding: blocks of 16 channels, or all of fewer
    /// channels together.</param>
    /// <param name="dy">Layout of the gradient of the output, blocks of 16 channels.</param>
    /// <param name="cpu">The processor; kernels run at its vector width.</param>
    public WeightsGradient(ConvolutionGeometry geometry, BlockedLayout x, BlockedLayout dy, CpuProfile cpu)
    {
        (Geometry, X, Dy) = (geometry, x, dy);
        bool byRow = geometry.Width.Dilation == 1;
        _values = byRow ? geometry.Width.Kernel * x.Lanes : x.Lanes;
        _taps = Taps(byRow);
        _blocks = geometry.Groups == 1 ? x.Blocks : geometry.InPerGroup / TileCall.Block;
        _chunks = Chunks(cpu);
        ConvolutionGeometry g = geometry;
        int target = SumsSize * sizeof(float) > cpu.SecondCache / 2 ? FarBlockPixels : BlockPixels,
            plane = g.Height.Out * g.Width.Out;
        _rows = Math.Clamp(target / g.Width.Out, 1, g.Height.Out);
        _items = Math.Max(1, target / plane);
        _isFlat =
            g is { Taps: 1, Height.Stride: 1, Width.Stride: 1 }
            && x.Row == g.Width.In * x.Lanes
            && dy.Row == g.Width.Out * TileCall.Block
            && g.Width.In == g.Width.Out;
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout X { get; }

    /// <summary>Layout of the gradient of the output.</summary>
    public BlockedLayout Dy { get; }

    /// <summary>Floats of the sums that a run leaves.</summary>
    public long SumsSize => (long)Dy.Blocks * TileCall.Block * _blocks * _taps.Length * _values;

    /// <summary>Independent parts of the work, at most.</summary>
    public int Units => _chunks.Length * _blocks * _taps.Length;

    /// <summary>Whether it applies: zero padding, and one group or groups of whole blocks.</summary>
    public static bool Supports(ConvolutionGeometry g) =>
        g.Mode == PaddingMode.Zeros
        && (g.Groups == 1 || (g.InPerGroup % TileCall.Block == 0 && g.OutPerGroup % TileCall.Block == 0));

    /// <inheritdoc/>
    public long WorkspaceSize => 0;

    /// <inheritdoc/>
    public string Name => "direct";

    /// <inheritdoc/>
    public void Run(in WeightsGradientCall on, float* workspace, int part, int parts)
    {
        float* x = on.X,
            dy = on.Dy,
            sums = on.Sums;
        (long xItem, long dyItem, int items) = (on.XItem, on.DyItem, on.Items);
        (int first, int end) = WorkerPool.Share(Units, part, parts);
        for (int unit = first; unit < end; unit++)
        {
            Chunk chunk = UnitAt(unit, out _, out long at);
            new Span<float>(sums + at, _values * chunk.Lanes).Clear();
        }

        GradientTileCall call = new()
        {
            XStep = Geometry.Width.Stride * X.Lanes,
            XRow = Geometry.Height.Stride * X.Row,
            XItem = (nint)xItem,
            DyPlane = Dy.Plane,
            DyRow = Dy.Row,
            DyItem = (nint)dyItem,
            Width = Geometry.Width.Out,
        };
        for (int item = 0; item < items; item += _items)
        {
            call.Items = Math.Min(_items, items - item);
            for (int slice = 0; slice < Geometry.Depth.Out; slice++)
            {
                for (int row = 0; row < Geometry.Height.Out; row += _rows)
                {
                    call.Rows = Math.Min(_rows, Geometry.Height.Out - row);
                    float* fromX =
                        x
                        + (item * xItem)
                        + ((long)slice * Geometry.Depth.Stride * X.Slice)
                        + ((long)row * Geometry.Height.Stride * X.Row);
                    float* fromDy = dy + (item * dyItem) + Dy.Origin + ((long)slice * Dy.Slice) + ((long)row * Dy.Row);
                    Pixels(call, fromX, fromDy, sums, first, end);
                }
            }
        }
    }

    /// <summary>Writes the sums as [Cout, Cin / groups, kernel...].</summary>
    public void Unpack(float* sums, float* dw) =>
        WorkerPool.For(
            Dy.Blocks,
            block =>
            {
                int chunkAt = Array.FindIndex(_chunks, c => block < c.FirstBlock + c.Blocks);
                Chunk chunk = _chunks[chunkAt];
                int[] taps = new int[Geometry.Taps];
                for (int tap = 0; tap < taps.Length; tap++)
                {
                    int perRun = _values / X.Lanes;
                    taps[tap] = ((tap / perRun * _values) + (tap % perRun * X.Lanes)) * chunk.Lanes;
                }

                float* start =
                    sums
                    + ((long)chunk.FirstBlock * TileCall.Block * _blocks * _taps.Length * _values)
                    + ((block - chunk.FirstBlock) * TileCall.Block);
                int outputs = Math.Min(TileCall.Block, Geometry.OutChannels - (block * TileCall.Block));
                float* filters = dw + ((long)block * TileCall.Block * Geometry.InPerGroup * taps.Length);
                if (taps.Length == 1)
                {
                    Turn(start, chunk.Lanes, outputs, filters);
                    return;
                }

                for (int lane = 0; lane < outputs; lane++)
                {
                    Filter(start + lane, chunk.Lanes, taps, filters + ((long)lane * Geometry.InPerGroup * taps.Length));
                }
            }
        );

    /// <summary>Filters of one tap: the channels of each follow each other.</summary>
    private void Turn(float* sums, int lanes, int outputs, float* to)
    {
        for (int c = 0; c < Geometry.InPerGroup; c += X.Lanes, sums += (long)_values * lanes)
        {
            int channels = Math.Min(X.Lanes, Geometry.InPerGroup - c);
            BlockTranspose.Copy(sums, lanes, channels, outputs, to + c, Geometry.InPerGroup);
        }
    }

    private void Filter(float* sums, int lanes, int[] taps, float* to)
    {
        long perBlock = (long)_taps.Length * _values * lanes;
        for (int c = 0; c < Geometry.InPerGroup; c++, to += taps.Length)
        {
            float* from = sums + (c / X.Lanes * perBlock) + ((long)(c % X.Lanes) * lanes);
            for (int tap = 0; tap < taps.Length; tap++)
            {
                to[tap] = from[taps[tap]];
            }
        }
    }

    /// <summary>Adds what a block of pixels gives to units of the work.</summary>
    private void Pixels(GradientTileCall call, float* x, float* dy, float* sums, int first, int end)
    {
        if (_isFlat)
        {
            (call.Width, call.Rows) = (call.Width * call.Rows, 1);
        }

        for (int unit = first; unit < end; unit++)
        {
            Chunk chunk = UnitAt(unit, out int from, out long at);
            call.DwRow = chunk.Lanes;
            call.X = x + from;
            call.Dy = dy + ((long)chunk.FirstBlock * Dy.Plane);
            call.Dw = sums + at;
            foreach (GradientTile tile in chunk.Cover.Tiles)
            {
                tile.Run(in call);
                call.X += tile.Values;
                call.Dw += tile.Values * chunk.Lanes;
            }
        }
    }

    /// <summary>A unit of the work: its chunk, where its run of values begins in an item of x, and where its sums
    /// do.</summary>
    private Chunk UnitAt(int unit, out int from, out long at)
    {
        (int chunk, int rest) = Math.DivRem(unit, _blocks * _taps.Length);
        (int block, int tap) = Math.DivRem(rest, _taps.Length);
        Chunk c = _chunks[chunk];
        at =
            ((long)c.FirstBlock * TileCall.Block * _blocks * _taps.Length * _values)
            + ((((long)block * _taps.Length) + tap) * _values * c.Lanes);
        from = ((c.FirstSourceBlock + block) * X.Plane) + _taps[tap];
        return c;
    }

    private int[] Taps(bool byRow)
    {
        ConvolutionGeometry g = Geometry;
        List<int> taps = [];
        for (int d = 0; d < g.Depth.Kernel; d++)
        {
            for (int h = 0; h < g.Height.Kernel; h++)
            {
                for (int w = 0; w < (byRow ? 1 : g.Width.Kernel); w++)
                {
                    taps.Add(
                        X.Origin
                            + (((d * g.Depth.Dilation) - g.Depth.PadBefore) * X.Slice)
                            + (((h * g.Height.Dilation) - g.Height.PadBefore) * X.Row)
                            + (((w * g.Width.Dilation) - g.Width.PadBefore) * X.Lanes)
                    );
                }
            }
        }

        return [.. taps];
    }

    /// <summary>Chunks of one width, and a rest; the width is the quickest by the model. A chunk never spans two
    /// groups.</summary>
    private Chunk[] Chunks(CpuProfile cpu)
    {
        int perGroup = Geometry.Groups == 1 ? Dy.Blocks : Geometry.OutPerGroup / TileCall.Block;
        int[] widths = GradientTiles.ChunkBlocks(cpu);
        Chunk[] Of(int width)
        {
            List<Chunk> chunks = [];
            for (int first = 0; first < Dy.Blocks; )
            {
                int left = perGroup - (first % perGroup),
                    blocks = widths.Last(w => w <= Math.Min(width, left));
                chunks.Add(
                    new Chunk(
                        first,
                        blocks,
                        Geometry.Groups == 1 ? 0 : first / perGroup * _blocks,
                        GradientTiles.Cover(cpu, _values, blocks)
                    )
                );
                first += blocks;
            }

            return [.. chunks];
        }

        return widths.Where(w => w <= perGroup).Select(Of).MinBy(chunks => chunks.Sum(c => c.Cover.Cycles))!;
    }

    /// <summary>Output channels that are computed together.</summary>
    private sealed record Chunk(int FirstBlock, int Blocks, int FirstSourceBlock, GradientCover Cover)
    {
        public int Lanes => Blocks * TileCall.Block;
    }
}
