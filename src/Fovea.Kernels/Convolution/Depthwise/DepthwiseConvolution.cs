namespace Fovea.Kernels;

/// <summary>A depthwise convolution of blocked maps: every channel has one filter of its own.</summary>
/// <remarks>
/// Lanes: channels. A tile of pixels keeps its sums in registers over all taps; the order of a sum is that of
/// <see cref="DepthwiseTaps"/>, whatever the tile. Needs zero padding, which the source's halo holds.
/// Rows are cut into strips whose windows stay in the first cache from one row to the next. Of large kernels not even
/// the weights do; a part of them then passes over a strip before the next.
/// </remarks>
internal sealed unsafe class DepthwiseConvolution : IBlockedKernel
{
    private const double WindowShare = 7.0 / 8; // of the first cache, for the source rows that a strip reads
    private const int NarrowStrip = 28;
    private const int WideStrip = 112; // where partial sums of a strip are kept

    private readonly DepthwiseKernel _kernel;
    private readonly DepthwiseKernel _rest; // row by row, for those that are fewer than a tile has
    private readonly DepthwiseTaps.Part[] _parts;
    private readonly int[] _offsets;
    private readonly int[] _order;
    private readonly int _strip;
    private readonly int _corner;
    private readonly int _rowStep;
    private readonly int _pixelStep;
    private readonly long _windowBytes;

    /// <summary>Plans a convolution.</summary>
    /// <param name="geometry">Its sizes, as <see cref="Supports"/> says.</param>
    /// <param name="source">Layout of the input, with a halo that covers the padding.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="cpu">The processor; kernels run at its vector width.</param>
    public DepthwiseConvolution(
        ConvolutionGeometry geometry,
        BlockedLayout source,
        BlockedLayout destination,
        CpuProfile cpu
    )
    {
        _windowBytes = (long)(cpu.FirstCache * WindowShare);
        (Geometry, Source, Destination) = (geometry, source, destination);
        DepthwiseTaps taps = new(geometry, source);
        (_parts, _offsets, _order) = (taps.Parts, taps.Offsets, taps.Order);
        DepthwiseKernel[] kernels = cpu.Bits switch
        {
            512 => DepthwiseTiles512.Kernels,
            256 => DepthwiseTiles256.Kernels,
            _ => DepthwiseTiles128.Kernels,
        };
        kernels =
        [
            .. kernels.Where(k =>
                k.Taps == taps.Together && k.Stride == geometry.Width.Stride && k.Pixels <= destination.Width
            ),
        ];
        _rest = kernels
            .Where(k => k.Rows == 1)
            .MinBy(k => k.Cycles(destination.Height, destination.Width, _order.Length, cpu));
        _kernel =
            _parts.Length > 1
                ? _rest
                : kernels
                    .Where(k => k.Rows <= destination.Height)
                    .MinBy(k => k.Cycles(destination.Height, destination.Width, _order.Length, cpu));
        _strip = Strip();
        _corner =
            source.Origin
            - (geometry.Depth.PadBefore * source.Slice)
            - (geometry.Height.PadBefore * source.Row)
            - (geometry.Width.PadBefore * TileCall.Block);
        (_rowStep, _pixelStep) = (geometry.Height.Stride * source.Row, geometry.Width.Stride * TileCall.Block);
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout Source { get; }

    /// <summary>Layout of the output.</summary>
    public BlockedLayout Destination { get; }

    /// <summary>Floats of the packed weights.</summary>
    public long PackedSize => (long)Destination.Blocks * TileCall.Block * _order.Length;

    long IBlockedKernel.WorkspaceSize => 0;

    IBlockedKernel IBlockedKernel.ForItems(int items) => this;

    void IBlockedKernel.Run(in ConvolutionCall call, float* workspace) => Run(call);

    /// <summary>Whether it applies: as many groups as channels in and out, zero padding, a stride of 1 or 2 along the
    /// width.</summary>
    public static bool Supports(ConvolutionGeometry g) =>
        g.Groups > 1
        && g.Groups == g.InChannels
        && g.OutChannels == g.InChannels
        && g.Mode == PaddingMode.Zeros
        && g.Width.Stride <= 2;

    /// <summary>Packs [C, 1, kernel...].</summary>
    /// <inheritdoc cref="Pack(WeightView, float*)"/>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    /// <param name="factors">What the weights of each channel are multiplied by, in double, rounded once; null for
    /// 1.</param>
    public void Pack(float* weights, float* packed, double[]? factors = null) =>
        Pack(WeightView.Of(weights, Geometry, factors), packed);

    /// <summary>Packs weights as [block][tap][16], taps in the order of their sum.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    public void Pack(WeightView weights, float* packed)
    {
        for (int block = 0; block < Destination.Blocks; block++)
        {
            foreach (int tap in _order)
            {
                for (int lane = 0; lane < TileCall.Block; lane++)
                {
                    *packed++ = weights.At((block * TileCall.Block) + lane, 0, tap);
                }
            }
        }
    }

    /// <summary>Computes a part: whole items where there are as many as parts, else rows of items, or channel blocks of
    /// maps of few rows.</summary>
    /// <param name="call">What it is run on; nothing is added.</param>
    public void Run(in ConvolutionCall call)
    {
        int perItem = call.Items >= call.Parts ? 1 : call.Parts;
        (int first, int end) = WorkerPool.Share(call.Items * perItem, call.Part, call.Parts);
        for (int i = first; i < end; i++)
        {
            (int item, int part) = Math.DivRem(i, perItem);
            RunRows(call, item, MapPart.Of(Destination, part, perItem));
        }
    }

    /// <summary>Computes rows of some channel blocks of an item.</summary>
    /// <param name="call">What it is run on, of which part and parts are not looked at.</param>
    /// <param name="item">Which item.</param>
    /// <param name="part">Which of the output.</param>
    public void RunRows(in ConvolutionCall call, int item, MapPart part)
    {
        fixed (int* offsets = _offsets)
        {
            DepthwiseCall rows = new()
            {
                Offsets = offsets,
                SourceRow = _rowStep,
                DestinationRow = Destination.Row,
                Low = call.Low,
                High = call.High,
            };
            for (int block = part.FirstBlock; block < part.EndBlock; block++)
            {
                float* x = call.X + (item * call.XItem) + ((long)block * Source.Plane) + _corner,
                    y = call.Y + (item * call.YItem) + ((long)block * Destination.Plane);
                rows.Weights = call.Weights + ((long)block * _order.Length * TileCall.Block);
                rows.Bias = call.Bias + (block * TileCall.Block);
                for (int row = part.FirstRow, count; row < part.EndRow; row += count)
                {
                    (int d, int h) = Math.DivRem(row, Destination.Height);
                    count = Math.Min(part.EndRow - row, Destination.Height - h);
                    Slice(
                        ref rows,
                        x + ((long)d * Geometry.Depth.Stride * Source.Slice) + ((long)h * _rowStep),
                        y + Destination.RowStart(row),
                        count
                    );
                }

                for (int row = part.FirstRow; call.Map is not null && row < part.EndRow; row++)
                {
                    float* start = y + Destination.RowStart(row);
                    call.Map(start, start, Destination.Width * TileCall.Block);
                }
            }
        }
    }

    /// <summary>The widest strip whose windows fit the first cache; where the taps are cut into parts, one whose
    /// partial sums do.</summary>
    private int Strip()
    {
        int rows = Geometry.Depth.Kernel * Geometry.Height.Kernel,
            width = Destination.Width,
            strips = 1;
        if (_parts.Length > 1)
        {
            return Math.Min(width, WideStrip);
        }

        int Window(int pixels) =>
            rows * (((pixels - 1) * Geometry.Width.Stride) + Geometry.Width.Extent) * TileCall.Block * sizeof(float);
        while (Window(width / strips) > _windowBytes && width / (strips + 1) >= NarrowStrip)
        {
            strips++;
        }

        int whole = (width + strips - 1) / strips;
        return (whole + _kernel.Pixels - 1) / _kernel.Pixels * _kernel.Pixels;
    }

    /// <summary>Rows of one slice, strip by strip. The last strip overlaps the one before where it is narrower than a
    /// tile.</summary>
    private void Slice(ref DepthwiseCall call, float* from, float* to, int rows)
    {
        for (int p = 0; p < Destination.Width; p += _strip)
        {
            int at = Math.Min(p, Destination.Width - _kernel.Pixels);
            call.Pixels = Math.Min(_strip, Destination.Width - at);
            call.Source = from + ((long)at * _pixelStep);
            call.Destination = to + ((long)at * TileCall.Block);
            if (_parts.Length > 1)
            {
                InParts(call, rows);
                continue;
            }

            (call.Groups, call.Singles, call.Rows) = (
                _parts[0].Groups,
                _parts[0].Singles,
                rows / _kernel.Rows * _kernel.Rows
            );
            _kernel.Run(in call);
            if (call.Rows < rows)
            {
                call.Source += call.Rows * call.SourceRow;
                call.Destination += call.Rows * call.DestinationRow;
                call.Rows = rows - call.Rows;
                _rest.Run(in call);
            }
        }
    }

    /// <summary>Rows of a strip one by one, each in as many passes as there are parts of the taps. Sums so far go from
    /// one buffer to another, for overlapping tiles must read what no tile has changed.</summary>
    private void InParts(DepthwiseCall call, int rows)
    {
        float* sums = stackalloc float[2 * WideStrip * TileCall.Block],
            packed = call.Weights,
            to = call.Destination;
        int* offsets = call.Offsets;
        (float low, float high) = (call.Low, call.High);
        call.Rows = 1;
        for (int row = 0; row < rows; row++, call.Source += call.SourceRow, to += call.DestinationRow)
        {
            call.Add = null;
            for (int i = 0; i < _parts.Length; i++)
            {
                bool last = i == _parts.Length - 1;
                (call.Groups, call.Singles) = (_parts[i].Groups, _parts[i].Singles);
                call.Offsets = offsets + _parts[i].FirstOffset;
                call.Weights = packed + (_parts[i].FirstWeight * TileCall.Block);
                call.Destination = last ? to : sums + (i % 2 * WideStrip * TileCall.Block);
                (call.Low, call.High) = last ? (low, high) : (float.NegativeInfinity, float.PositiveInfinity);
                _rest.Run(in call);
                call.Add = call.Destination;
            }
        }
    }
}
