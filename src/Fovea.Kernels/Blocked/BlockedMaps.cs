using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Moves items between plain planes and blocked maps, and does what is done to maps besides convolution. One item a call; none of it is parallel.</summary>
internal static unsafe class BlockedMaps
{
    /// <summary>Fills the halo with zeros; what lies between the planes of channel blocks is left.</summary>
    public static void ZeroHalo(BlockedLayout layout, float* item, int firstBlock, int endBlock)
    {
        if (layout.IsDense)
        {
            return;
        }

        int width = layout.Width * layout.Lanes, size = (layout.Front + layout.Depth + layout.Back) * layout.Slice;
        for (int block = firstBlock; block < endBlock; block++)
        {
            float* plane = item + ((long)block * layout.Plane);
            float* clean = plane;
            for (int row = 0; row < layout.Rows; row++)
            {
                float* start = item + ((long)block * layout.Plane) + layout.RowStart(row);
                new Span<float>(clean, (int)(start - clean)).Clear(); // what lies between the rows: right of the last, left of this, whole rows above and below
                clean = start + width;
            }

            new Span<float>(clean, (int)(plane + size - clean)).Clear();
        }
    }

    /// <summary>Copies plain planes [C, D, H, W] into a map; the channels that fill up the last block become zeros.</summary>
    public static void FromPlanes(float* planes, BlockedLayout layout, float* item)
    {
        int lanes = layout.Lanes, pixels = layout.Rows * layout.Width;
        for (int block = 0; block < layout.Blocks; block++)
        {
            int filled = Math.Min(lanes, layout.Channels - (block * lanes));
            for (int row = 0; row < layout.Rows; row++)
            {
                float* to = item + ((long)block * layout.Plane) + layout.RowStart(row);
                float* from = planes + ((long)block * lanes * pixels) + ((long)row * layout.Width);
                if (lanes == 1)
                {
                    new ReadOnlySpan<float>(from, layout.Width).CopyTo(new Span<float>(to, layout.Width));
                    continue;
                }

                for (int x = 0; x < layout.Width; x++)
                {
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        to[(x * lanes) + lane] = lane < filled ? from[((long)lane * pixels) + x] : 0f;
                    }
                }
            }
        }
    }

    /// <summary>Copies a map into plain planes [C, D, H, W].</summary>
    public static void ToPlanes(BlockedLayout layout, float* item, float* planes)
    {
        int lanes = layout.Lanes, pixels = layout.Rows * layout.Width;
        for (int channel = 0; channel < layout.Channels; channel++)
        {
            for (int row = 0; row < layout.Rows; row++)
            {
                float* from = item + ((long)(channel / lanes) * layout.Plane) + layout.RowStart(row) + (channel % lanes);
                float* to = planes + ((long)channel * pixels) + ((long)row * layout.Width);
                for (int x = 0; x < layout.Width; x++)
                {
                    to[x] = from[(long)x * lanes];
                }
            }
        }
    }

    /// <summary>y = clamp(a + b), over the channel blocks given.</summary>
    public static void Add(BlockedLayout la, float* a, BlockedLayout lb, float* b, BlockedLayout ly, float* y, float low, float high, int firstBlock, int endBlock)
    {
        Vector<float> least = new(low), most = new(high);
        int run = ly.Width * TileCall.Block;
        for (int block = firstBlock; block < endBlock; block++)
        {
            for (int row = 0; row < ly.Rows; row++)
            {
                float* pa = a + ((long)block * la.Plane) + la.RowStart(row), pb = b + ((long)block * lb.Plane) + lb.RowStart(row), py = y + ((long)block * ly.Plane) + ly.RowStart(row);
                for (int i = 0; i < run; i += Vector<float>.Count)
                {
                    Clamp(Vector.Load(pa + i) + Vector.Load(pb + i), least, most).Store(py + i);
                }
            }
        }
    }

    /// <summary>y = clamp(x * scale + shift), the factors by channel, over the channel blocks given. A null shift is 0.</summary>
    public static void ScaleShift(BlockedLayout lx, float* x, float* scale, float* shift, BlockedLayout ly, float* y, float low, float high, int firstBlock, int endBlock)
    {
        Vector<float> least = new(low), most = new(high);
        for (int block = firstBlock; block < endBlock; block++)
        {
            for (int lane = 0; lane < TileCall.Block; lane += Vector<float>.Count)
            {
                Vector<float> factor = scale == null ? Vector<float>.One : Vector.Load(scale + (block * TileCall.Block) + lane);
                Vector<float> plus = shift == null ? Vector<float>.Zero : Vector.Load(shift + (block * TileCall.Block) + lane);
                for (int row = 0; row < ly.Rows; row++)
                {
                    float* px = x + ((long)block * lx.Plane) + lx.RowStart(row) + lane, py = y + ((long)block * ly.Plane) + ly.RowStart(row) + lane;
                    for (int i = 0; i < ly.Width * TileCall.Block; i += TileCall.Block)
                    {
                        Clamp(Vector.FusedMultiplyAdd(Vector.Load(px + i), factor, plus), least, most).Store(py + i);
                    }
                }
            }
        }
    }

    /// <summary>Copies channels of one map behind those of others.</summary>
    /// <param name="lx">Layout of the source.</param>
    /// <param name="x">The source.</param>
    /// <param name="ly">Layout of the destination.</param>
    /// <param name="y">The destination.</param>
    /// <param name="firstChannel">Where the source's first channel goes.</param>
    public static void Append(BlockedLayout lx, float* x, BlockedLayout ly, float* y, int firstChannel)
    {
        int run = ly.Width * TileCall.Block;
        bool whole = firstChannel % TileCall.Block == 0;
        for (int channel = 0; channel < lx.Channels; channel += whole ? TileCall.Block : 1)
        {
            int to = firstChannel + channel;
            float* source = x + ((long)(channel / TileCall.Block) * lx.Plane), destination = y + ((long)(to / TileCall.Block) * ly.Plane);
            for (int row = 0; row < ly.Rows; row++)
            {
                float* from = source + lx.RowStart(row), place = destination + ly.RowStart(row);
                if (whole)
                {
                    new ReadOnlySpan<float>(from, run).CopyTo(new Span<float>(place, run));
                    continue;
                }

                for (int i = 0; i < run; i += TileCall.Block)
                {
                    place[i + (to % TileCall.Block)] = from[i + (channel % TileCall.Block)];
                }
            }
        }
    }

    /// <summary>y = f(x) over the channel blocks given.</summary>
    public static void Map(ElementMap map, BlockedLayout lx, float* x, BlockedLayout ly, float* y, int firstBlock, int endBlock)
    {
        for (int block = firstBlock; block < endBlock; block++)
        {
            for (int row = 0; row < ly.Rows; row++)
            {
                map(x + ((long)block * lx.Plane) + lx.RowStart(row), y + ((long)block * ly.Plane) + ly.RowStart(row), ly.Width * TileCall.Block);
            }
        }
    }

    private static Vector<float> Clamp(Vector<float> value, Vector<float> low, Vector<float> high) => Vector.MinNative(high, Vector.MaxNative(low, value)); // in this order no-number stays no-number
}

/// <summary>An elementwise function over a run of floats, a multiple of 16; y may be x.</summary>
internal unsafe delegate void ElementMap(float* x, float* y, int count);
