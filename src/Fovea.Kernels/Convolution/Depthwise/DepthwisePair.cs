namespace Fovea.Kernels;

/// <summary>A convolution and the depthwise convolution that alone reads its output, done together: a chunk of channels
/// and a few rows at a time, so that the second finds in the caches what the first wrote.</summary>
/// <remarks>
/// What lies between the two never has a buffer of its own: each part of the work has a plane for every block of a
/// chunk, and computes the rows that it needs. Rows at the edge between parts are
/// computed by both; every sum is the one that the two convolutions have by themselves.
/// </remarks>
internal sealed unsafe class DepthwisePair
{
    private const long MostStripBytes = 96 << 10; // of rows between the two, that stay in the caches nearby
    private const int StripShare = 4; // of the second cache, where that is less
    private const int StripRows = 4; // a multiple of them, for tiles of several rows
    private const double RemoteCycles = 0.5; // of a float that another thread wrote, for what reads the output: an estimate, little more than from the third cache

    private readonly BlockedConvolution _first;
    private readonly DepthwiseConvolution _second;
    private readonly WindowAxis _rows;
    private readonly int _bits;
    private readonly int _strip;
    private readonly int _blockRows;

    /// <summary>Plans a pair.</summary>
    /// <param name="first">Writes what <paramref name="second"/> reads.</param>
    /// <param name="second">As <see cref="Supports"/> says.</param>
    /// <param name="cpu">The processor; kernels run at its vector width.</param>
    public DepthwisePair(BlockedConvolution first, DepthwiseConvolution second, CpuProfile cpu)
    {
        (_first, _second, _rows, _bits) = (first, second, second.Geometry.Height, cpu.Bits);
        long stripBytes = Math.Min(MostStripBytes, cpu.SecondCache / StripShare);
        long rowBytes = (long)first.Destination.Row * first.WidestChunk * sizeof(float) * _rows.Stride,
            sourceBytes =
                (long)first.Source.Row
                * first.Source.Blocks
                * sizeof(float)
                * first.Geometry.Height.Stride
                * _rows.Stride;
        _strip = (int)Math.Clamp(stripBytes / rowBytes / StripRows * StripRows, StripRows, int.MaxValue);
        _blockRows = (int)
            Math.Clamp(BlockedConvolution.SourceBudget(cpu) / sourceBytes / _strip * _strip, _strip, int.MaxValue);
    }

    /// <summary>Floats that a part of <see cref="Run"/> works in.</summary>
    public long WorkspaceSize => (long)_first.WidestChunk * _first.Destination.Plane;

    /// <summary>Whether the two can be done together: images, rows of the first apart from each other.</summary>
    public static bool Supports(ConvolutionGeometry first, ConvolutionGeometry second) =>
        first.Depth is { In: 1, Out: 1, Kernel: 1 }
        && second.Depth is { In: 1, Out: 1, Kernel: 1 }
        && first.Height.Out > 1
        && first.Groups == 1
        && !WinogradConvolution.Supports(first);

    /// <summary>Computes a part: whole items where there are as many as parts, else rows of items, or chunks of
    /// channels where too many rows would be computed twice.</summary>
    /// <param name="first">What the first is run on, without an output.</param>
    /// <param name="second">What the second is run on, without an input; items and parts count here.</param>
    /// <param name="workspace">Of <see cref="WorkspaceSize"/>, of this part alone.</param>
    /// <param name="sums">Where the sums of the rows of the output go, as <see cref="BlockedMeans"/> wants them; no
    /// pointer for none.</param>
    public void Run(in ConvolutionCall first, in ConvolutionCall second, float* workspace, RowSums sums)
    {
        int perItem = second.Items >= second.Parts ? 1 : second.Parts,
            rows = _second.Destination.Height;
        bool byRows = IsByRows(perItem);
        (int start, int end) = WorkerPool.Share(second.Items * perItem, second.Part, second.Parts);
        BlockedMaps.ZeroHalo(_first.Destination, workspace, 0, _first.WidestChunk);
        for (int i = start; i < end; i++)
        {
            (int item, int part) = Math.DivRem(i, perItem);
            (int firstChunk, int endChunk) = byRows
                ? (0, _first.ChunkCount)
                : WorkerPool.Share(_first.ChunkCount, part, perItem);
            (int firstRow, int endRow) = byRows ? WorkerPool.Share(rows, part, perItem) : (0, rows);
            for (int row = firstRow; row < endRow; row += _blockRows)
            {
                for (int chunk = firstChunk; chunk < endChunk; chunk++)
                {
                    Rows(
                        first,
                        second,
                        workspace,
                        sums,
                        item,
                        chunk,
                        row,
                        Math.Min(endRow, row + _blockRows),
                        chunk + 1 < endChunk ? _first.WeightsOf(first, chunk + 1) : second.Next
                    );
                }
            }
        }
    }

    /// <summary>
    /// Whether parts are rows of an item. Rows at the edges are then computed twice; where parts are channels, whatever
    /// reads the output reads most of it from the caches of other threads, and
    /// chunks of channels may not be shared out evenly.
    /// </summary>
    private bool IsByRows(int parts)
    {
        double cycles = _first.Cycles,
            rows = _first.Destination.Height,
            outputs = (double)_second.Geometry.OutChannels * _second.Geometry.OutPlane;
        double mine = Math.Ceiling((double)_second.Destination.Height / parts) * _rows.Stride,
            twice = Math.Min(Math.Max(0, _rows.Extent - _rows.Stride), rows - mine);
        double byRows = cycles * (mine + twice) / rows,
            chunks = Math.Ceiling((double)_first.ChunkCount / parts) / _first.ChunkCount;
        return byRows <= (cycles * chunks) + (RemoteCycles * outputs * (parts - 1) / parts / parts);
    }

    private void Rows(
        ConvolutionCall first,
        ConvolutionCall second,
        float* workspace,
        RowSums sums,
        int item,
        int chunk,
        int row,
        int end,
        float* next
    )
    {
        (int firstBlock, int blocks) = _first.BlocksOf(chunk);
        first.Y = workspace - ((long)firstBlock * _first.Destination.Plane);
        first.YItem = 0;
        second.X = first.Y;
        second.XItem = 0;
        int done = Math.Max(0, (row * _rows.Stride) - _rows.PadBefore),
            height = _first.Destination.Height;
        for (int to; row < end; row = to)
        {
            to = Math.Min(end, row + _strip);
            int needed = Math.Min(height, ((to - 1) * _rows.Stride) - _rows.PadBefore + _rows.Extent);
            if (needed > done)
            {
                _first.RunChunk(first, chunk, (item * height) + done, (item * height) + needed, next);
                done = needed;
                next = null;
            }

            MapPart part = new(firstBlock, firstBlock + blocks, row, to);
            _second.RunRows(second, item, part);
            if (sums.First != null)
            {
                float* y = second.Y + (item * second.YItem);
                BlockedMeans.SumRows(_second.Destination, y, part, sums.First + (item * sums.Item), sums.Plane, _bits);
            }
        }
    }

    /// <summary>How the work is cut.</summary>
    public override string ToString() => $"{_first}, by {_strip} rows with a depthwise convolution";
}

/// <summary>Where sums of rows go.</summary>
/// <param name="first">The first item: [block][row][16].</param>
/// <param name="item">Floats from an item to the next.</param>
/// <param name="plane">Floats from a block to the next.</param>
internal readonly unsafe struct RowSums(float* first, long item, long plane)
{
    /// <summary>The first item.</summary>
    public float* First { get; } = first;

    /// <summary>Floats from an item to the next.</summary>
    public long Item { get; } = item;

    /// <summary>Floats from a block to the next.</summary>
    public long Plane { get; } = plane;
}
