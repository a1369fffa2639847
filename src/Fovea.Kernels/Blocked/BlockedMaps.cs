using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Moves items between plain planes and blocked maps, and computes sums, scales and functions of maps. A call
/// works on one item, on the thread that calls.</summary>
internal static unsafe class BlockedMaps
{
    /// <summary>Fills the halo with zeros. The gaps between the planes of channel blocks stay as they are.</summary>
    public static void ZeroHalo(BlockedLayout layout, float* item, int firstBlock, int endBlock)
    {
        if (layout.IsDense)
        {
            return;
        }

        int width = layout.Width * layout.Lanes,
            size = (layout.Front + layout.Depth + layout.Back) * layout.Slice;
        for (int block = firstBlock; block < endBlock; block++)
        {
            float* plane = item + ((long)block * layout.Plane);
            float* clean = plane;
            for (int row = 0; row < layout.Rows; row++)
            {
                float* start = item + ((long)block * layout.Plane) + layout.RowStart(row);
                new Span<float>(clean, (int)(start - clean)).Clear(); // from the end of the row before to the start of this one, with whole rows above and below
                clean = start + width;
            }

            new Span<float>(clean, (int)(plane + size - clean)).Clear();
        }
    }

    /// <summary>Copies plain planes [C, D, H, W] into a map. Lanes of the last block that hold no channel become
    /// zeros.</summary>
    public static void FromPlanes(float* planes, BlockedLayout layout, float* item)
    {
        int lanes = layout.Lanes,
            pixels = layout.Rows * layout.Width;
        (int rows, int width) = Runs(layout, layout);
        for (int block = 0; block < layout.Blocks; block++)
        {
            int filled = Math.Min(lanes, layout.Channels - (block * lanes));
            for (int row = 0; row < rows; row++)
            {
                float* to = item + ((long)block * layout.Plane) + layout.RowStart(row);
                float* from = planes + ((long)block * lanes * pixels) + ((long)row * width);
                if (lanes == 1 || pixels == 1)
                {
                    new ReadOnlySpan<float>(from, width * filled).CopyTo(new Span<float>(to, width * filled));
                }
                else
                {
                    BlockTranspose.Copy(from, pixels, filled, width, to, lanes);
                }

                for (int x = 0; x < width && filled < lanes; x++)
                {
                    new Span<float>(to + ((long)x * lanes) + filled, lanes - filled).Clear();
                }
            }
        }
    }

    /// <summary>Copies a map into plain planes [C, D, H, W].</summary>
    public static void ToPlanes(BlockedLayout layout, float* item, float* planes)
    {
        int lanes = layout.Lanes,
            pixels = layout.Rows * layout.Width;
        (int rows, int width) = Runs(layout, layout);
        for (int block = 0; block < layout.Blocks; block++)
        {
            int filled = Math.Min(lanes, layout.Channels - (block * lanes));
            for (int row = 0; row < rows; row++)
            {
                float* from = item + ((long)block * layout.Plane) + layout.RowStart(row);
                float* to = planes + ((long)block * lanes * pixels) + ((long)row * width);
                if (lanes == 1 || pixels == 1)
                {
                    new ReadOnlySpan<float>(from, width * filled).CopyTo(new Span<float>(to, width * filled));
                }
                else
                {
                    BlockTranspose.Copy(from, lanes, width, filled, to, pixels);
                }
            }
        }
    }

    /// <summary>y = clamp(a + b), over the part given, in vectors of so many bits.</summary>
    public static void Add(
        BlockedLayout la,
        float* a,
        BlockedLayout lb,
        float* b,
        BlockedLayout ly,
        float* y,
        float low,
        float high,
        MapPart part,
        int bits
    )
    {
        delegate* <float*, float*, float*, int, float, float, void> add = bits switch
        {
            512 => &BlockedRows<Vector512<float>, Simd512>.Add,
            256 => &BlockedRows<Vector256<float>, Simd256>.Add,
            _ => &BlockedRows<Vector128<float>, Simd128>.Add,
        };
        (int end, int width) = la.IsDense ? Runs(lb, ly, part) : Runs(la, ly, part);
        for (int block = part.FirstBlock; block < part.EndBlock; block++)
        {
            for (int row = part.FirstRow; row < end; row++)
            {
                float* pa = a + ((long)block * la.Plane) + la.RowStart(row),
                    pb = b + ((long)block * lb.Plane) + lb.RowStart(row);
                add(pa, pb, y + ((long)block * ly.Plane) + ly.RowStart(row), width, low, high);
            }
        }
    }

    /// <summary>y = clamp(x * scale + shift), the factors by channel, over the part given, in vectors of so many bits.
    /// A null scale is 1, a null shift 0.</summary>
    public static void ScaleShift(
        BlockedLayout lx,
        float* x,
        float* scale,
        float* shift,
        BlockedLayout ly,
        float* y,
        float low,
        float high,
        MapPart part,
        int bits
    )
    {
        delegate* <float*, float*, float*, float*, int, float, float, void> scaleShift = bits switch
        {
            512 => &BlockedRows<Vector512<float>, Simd512>.ScaleShift,
            256 => &BlockedRows<Vector256<float>, Simd256>.ScaleShift,
            _ => &BlockedRows<Vector128<float>, Simd128>.ScaleShift,
        };
        float* ones = stackalloc float[TileCall.Block],
            zeros = stackalloc float[TileCall.Block];
        new Span<float>(ones, TileCall.Block).Fill(1f);
        new Span<float>(zeros, TileCall.Block).Clear();
        (int end, int width) = Runs(lx, ly, part);
        for (int block = part.FirstBlock; block < part.EndBlock; block++)
        {
            float* factors = scale == null ? ones : scale + (block * TileCall.Block),
                terms = shift == null ? zeros : shift + (block * TileCall.Block);
            for (int row = part.FirstRow; row < end; row++)
            {
                float* from = x + ((long)block * lx.Plane) + lx.RowStart(row);
                scaleShift(from, factors, terms, y + ((long)block * ly.Plane) + ly.RowStart(row), width, low, high);
            }
        }
    }

    /// <summary>Copies all channels of a map to a place among those of another.</summary>
    /// <param name="lx">Layout of the source.</param>
    /// <param name="x">The source.</param>
    /// <param name="ly">Layout of the destination.</param>
    /// <param name="y">The destination.</param>
    /// <param name="firstChannel">Where the source's first channel goes.</param>
    /// <param name="bits">Vector width.</param>
    public static void Append(BlockedLayout lx, float* x, BlockedLayout ly, float* y, int firstChannel, int bits)
    {
        delegate* <float*, int, float*, int, int, int, void> copyLanes = bits switch
        {
            512 => &BlockedRows<Vector512<float>, Simd512>.CopyLanes,
            256 => &BlockedRows<Vector256<float>, Simd256>.CopyLanes,
            _ => &BlockedRows<Vector128<float>, Simd128>.CopyLanes,
        };
        (int rows, int width) = Runs(lx, ly);
        for (int channel = 0; channel < lx.Channels; )
        {
            (int block, int lane) = Math.DivRem(firstChannel + channel, TileCall.Block);
            int within = channel % TileCall.Block,
                lanes = Math.Min(lx.Channels - channel, TileCall.Block - Math.Max(lane, within));
            float* source = x + ((long)(channel / TileCall.Block) * lx.Plane),
                destination = y + ((long)block * ly.Plane);
            for (int row = 0; row < rows; row++)
            {
                float* from = source + lx.RowStart(row),
                    to = destination + ly.RowStart(row);
                if (lanes == TileCall.Block)
                {
                    new ReadOnlySpan<float>(from, width * lanes).CopyTo(new Span<float>(to, width * lanes));
                }
                else
                {
                    copyLanes(from, within, to, lane, lanes, width);
                }
            }

            channel += lanes;
        }
    }

    /// <summary>y = f(x) over the part given.</summary>
    public static void Map(ElementMap map, BlockedLayout lx, float* x, BlockedLayout ly, float* y, MapPart part)
    {
        (int end, int width) = Runs(lx, ly, part);
        for (int block = part.FirstBlock; block < part.EndBlock; block++)
        {
            for (int row = part.FirstRow; row < end; row++)
            {
                map(
                    x + ((long)block * lx.Plane) + lx.RowStart(row),
                    y + ((long)block * ly.Plane) + ly.RowStart(row),
                    width * TileCall.Block
                );
            }
        }
    }

    /// <summary>The rows of a part as runs without a gap, as few as both layouts allow. Gives the row behind the last,
    /// with a run counted as one row, and the pixels of a run.</summary>
    private static (int End, int Width) Runs(BlockedLayout a, BlockedLayout b, MapPart part) =>
        a.IsDense && b.IsDense ? (part.FirstRow + 1, (part.EndRow - part.FirstRow) * a.Width) : (part.EndRow, a.Width);

    /// <summary>All rows as runs without a gap, as few as both layouts allow. Gives how many, and the pixels of a
    /// run.</summary>
    private static (int Rows, int Width) Runs(BlockedLayout a, BlockedLayout b) => Runs(a, b, MapPart.All(a));
}

/// <summary>An elementwise function over a run of floats, a multiple of 16; y may be x.</summary>
internal unsafe delegate void ElementMap(float* x, float* y, int count);
