namespace Fovea.Kernels;

/// <summary>A depthwise convolution of blocked maps: every channel has one filter of its own.</summary>
/// <remarks>Lanes: channels. A tile of pixels keeps its sums in registers over all taps; the order of a sum is that of the taps, whatever the tile. Needs zero padding, which the source's halo holds.</remarks>
internal sealed unsafe class DepthwiseConvolution
{
    private readonly TileKernel[] _kernels;
    private readonly TileKernel _kernel;
    private readonly int[] _offsets;

    /// <summary>Plans a convolution.</summary>
    /// <param name="geometry">Its sizes, as <see cref="Supports"/> says.</param>
    /// <param name="source">Layout of the input, with a halo that covers the padding.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="bits">Vector width.</param>
    public DepthwiseConvolution(ConvolutionGeometry geometry, BlockedLayout source, BlockedLayout destination, int bits)
    {
        (Geometry, Source, Destination) = (geometry, source, destination);
        bool single = geometry.Width.Stride == 1;
        _kernels = bits switch
        {
            512 => single ? DepthwiseTiles512<Sixteen>.Kernels : DepthwiseTiles512<ThirtyTwo>.Kernels,
            256 => single ? DepthwiseTiles256<Sixteen>.Kernels : DepthwiseTiles256<ThirtyTwo>.Kernels,
            _ => single ? DepthwiseTiles128<Sixteen>.Kernels : DepthwiseTiles128<ThirtyTwo>.Kernels,
        };
        _kernel = _kernels.Where(k => k.Pixels <= destination.Width).MinBy(k => (destination.Width + k.Pixels - 1) / k.Pixels * (k.Pixels + 2));
        _offsets = TapOffsets();
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout Source { get; }

    /// <summary>Layout of the output.</summary>
    public BlockedLayout Destination { get; }

    /// <summary>Floats of the packed weights.</summary>
    public long PackedSize => (long)Destination.Blocks * TileCall.Block * _offsets.Length;

    /// <summary>Whether it applies: as many groups as channels in and out, zero padding, a stride of 1 or 2 along the width.</summary>
    public static bool Supports(ConvolutionGeometry g) =>
        g.Groups > 1 && g.Groups == g.InChannels && g.OutChannels == g.InChannels && g.Mode == PaddingMode.Zeros && g.Width.Stride <= 2;

    /// <summary>Packs [C, 1, kernel...] as [block][tap][16].</summary>
    public void Pack(float* weights, float* packed)
    {
        for (int block = 0; block < Destination.Blocks; block++)
        {
            for (int tap = 0; tap < _offsets.Length; tap++)
            {
                for (int lane = 0; lane < TileCall.Block; lane++)
                {
                    int channel = (block * TileCall.Block) + lane;
                    *packed++ = channel < Geometry.OutChannels ? weights[((long)channel * _offsets.Length) + tap] : 0f;
                }
            }
        }
    }

    /// <summary>Computes the channel blocks of a part of an item; where there are fewer blocks than parts, rows.</summary>
    /// <param name="x">The item of the input, at its start.</param>
    /// <param name="packed">From <see cref="Pack"/>.</param>
    /// <param name="bias">One value a channel, filled up to whole blocks with zeros.</param>
    /// <param name="y">The item of the output, at its start.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public void Run(float* x, float* packed, float* bias, float* y, float low, float high, int part, int parts)
    {
        (int firstBlock, int endBlock, int firstRow, int endRow) = PartOf(part, parts);
        fixed (int* offsets = _offsets)
        {
            TileCall call = new() { Offsets = offsets, Taps = _offsets.Length, Low = low, High = high };
            for (int block = firstBlock; block < endBlock; block++)
            {
                call.Weights = packed + ((long)block * _offsets.Length * TileCall.Block);
                call.Bias = bias + (block * TileCall.Block);
                for (int row = firstRow; row < endRow; row++)
                {
                    Row(ref call, x + ((long)block * Source.Plane), y + ((long)block * Destination.Plane), row);
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
        (int firstBlock, int endBlock, int firstRow, int endRow) = PartOf(part, parts);
        for (int block = firstBlock; block < endBlock; block++)
        {
            for (int row = firstRow; row < endRow; row++)
            {
                float* start = y + ((long)block * Destination.Plane) + Destination.RowStart(row);
                map(start, start, Destination.Width * TileCall.Block);
            }
        }
    }

    private (int FirstBlock, int EndBlock, int FirstRow, int EndRow) PartOf(int part, int parts)
    {
        bool byBlocks = Destination.Blocks >= parts;
        (int firstBlock, int endBlock) = byBlocks ? WorkerPool.Share(Destination.Blocks, part, parts) : (0, Destination.Blocks);
        (int firstRow, int endRow) = byBlocks ? (0, Destination.Rows) : WorkerPool.Share(Destination.Rows, part, parts);
        return (firstBlock, endBlock, firstRow, endRow);
    }

    private void Row(ref TileCall call, float* x, float* y, int row)
    {
        ConvolutionGeometry g = Geometry;
        int d = row / Destination.Height, h = row % Destination.Height, step = g.Width.Stride * TileCall.Block;
        float* from = x + Source.Origin + ((long)((d * g.Depth.Stride) - g.Depth.PadBefore) * Source.Slice)
            + ((long)((h * g.Height.Stride) - g.Height.PadBefore) * Source.Row) - ((long)g.Width.PadBefore * TileCall.Block);
        float* to = y + Destination.RowStart(row);
        for (int p = 0; p < Destination.Width; p += _kernel.Pixels)
        {
            int at = Math.Min(p, Destination.Width - _kernel.Pixels);
            call.Source = from + ((long)at * step);
            call.Destination = to + ((long)at * TileCall.Block);
            _kernel.Run(in call);
        }
    }

    private int[] TapOffsets()
    {
        ConvolutionGeometry g = Geometry;
        List<int> offsets = [];
        for (int d = 0; d < g.Depth.Kernel; d++)
        {
            for (int h = 0; h < g.Height.Kernel; h++)
            {
                for (int w = 0; w < g.Width.Kernel; w++)
                {
                    offsets.Add((d * g.Depth.Dilation * Source.Slice) + (h * g.Height.Dilation * Source.Row) + (w * g.Width.Dilation * TileCall.Block));
                }
            }
        }

        return [.. offsets];
    }
}
