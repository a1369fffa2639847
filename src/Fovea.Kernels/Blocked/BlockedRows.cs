using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>What <see cref="BlockedMaps"/> does to a run of pixels of one channel block. Lanes: channels.</summary>
internal static unsafe class BlockedRows<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    private const int Group = 64 * TileCall.Block; // floats of the pixels that are gone through once for each vector of lanes; they stay in the first cache

    /// <summary>y = clamp(a + b).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* a, float* b, float* y, int pixels, float low, float high)
    {
        TVec least = TSimd.Splat(low),
            most = TSimd.Splat(high);
        for (long i = 0; i < (long)pixels * TileCall.Block; i += TSimd.Count)
        {
            TSimd.Store(TSimd.Clamp(TSimd.Add(TSimd.Load(a + i), TSimd.Load(b + i)), least, most), y + i);
        }
    }

    /// <summary>y = clamp(x * scale + shift), with 16 factors and terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleShift(float* x, float* scale, float* shift, float* y, int pixels, float low, float high)
    {
        TVec least = TSimd.Splat(low),
            most = TSimd.Splat(high);
        for (long first = 0, floats = (long)pixels * TileCall.Block; first < floats; first += Group)
        {
            long end = Math.Min(floats, first + Group);
            for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
            {
                TVec factor = TSimd.Load(scale + lane),
                    plus = TSimd.Load(shift + lane);
                for (long i = first + lane; i < end; i += TileCall.Block)
                {
                    TSimd.Store(TSimd.Clamp(TSimd.MultiplyAdd(TSimd.Load(x + i), factor, plus), least, most), y + i);
                }
            }
        }
    }

    /// <summary>The sum of a row by channel, in the same order at every vector width: four sums, each of every fourth
    /// pixel, then their sum.</summary>
    /// <param name="x">The row.</param>
    /// <param name="pixels">Its pixels.</param>
    /// <param name="sum">16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(float* x, int pixels, float* sum)
    {
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            TVec a = TSimd.Splat(0f),
                b = a,
                c = a,
                d = a;
            float* p = x + lane,
                end = p + ((long)pixels * TileCall.Block),
                last = end - (3 * TileCall.Block);
            for (; p < last; p += 4 * TileCall.Block)
            {
                a = TSimd.Add(a, TSimd.Load(p));
                b = TSimd.Add(b, TSimd.Load(p + TileCall.Block));
                c = TSimd.Add(c, TSimd.Load(p + (2 * TileCall.Block)));
                d = TSimd.Add(d, TSimd.Load(p + (3 * TileCall.Block)));
            }

            a = p < end ? TSimd.Add(a, TSimd.Load(p)) : a;
            b = p + TileCall.Block < end ? TSimd.Add(b, TSimd.Load(p + TileCall.Block)) : b;
            c = p + (2 * TileCall.Block) < end ? TSimd.Add(c, TSimd.Load(p + (2 * TileCall.Block))) : c;
            TSimd.Store(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)), sum + lane);
        }
    }

    /// <summary>total = total + the sums of rows, one after the other.</summary>
    /// <param name="sums">16 values a row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="total">16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(float* sums, int rows, float* total)
    {
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            TVec sum = TSimd.Load(total + lane);
            for (int row = 0; row < rows; row++)
            {
                sum = TSimd.Add(sum, TSimd.Load(sums + (row * TileCall.Block) + lane));
            }

            TSimd.Store(sum, total + lane);
        }
    }

    /// <summary>Copies neighbouring lanes of each pixel to other lanes. All other lanes stay as they are.</summary>
    /// <param name="x">The source's first pixel.</param>
    /// <param name="from">The first lane read.</param>
    /// <param name="y">The destination's first pixel.</param>
    /// <param name="to">The first lane written.</param>
    /// <param name="lanes">How many, within one pixel on both sides.</param>
    /// <param name="pixels">Pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyLanes(float* x, int from, float* y, int to, int lanes, int pixels)
    {
        float* chosen = stackalloc float[TileCall.Block];
        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            chosen[lane] = BitConverter.Int32BitsToSingle(lane >= to && lane < to + lanes ? -1 : 0);
        }

        // A vector of the source can begin in the pixel before or end in the pixel behind. The first and the last pixel
        // have no such neighbour, so they are copied by themselves.
        Lanes(x, from, y, to, lanes);
        long last = ((long)pixels - 1) * TileCall.Block;
        for (long first = TileCall.Block; first < last; first += Group)
        {
            long end = Math.Min(last, first + Group);
            for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
            {
                TVec mask = TSimd.Load(chosen + lane);
                for (long i = first + lane; i < end; i += TileCall.Block)
                {
                    TSimd.Store(TSimd.Select(mask, TSimd.Load(x + i + from - to), TSimd.Load(y + i)), y + i);
                }
            }
        }

        Lanes(x + last, from, y + last, to, lanes);
    }

    private static void Lanes(float* x, int from, float* y, int to, int lanes) =>
        new ReadOnlySpan<float>(x + from, lanes).CopyTo(new Span<float>(y + to, lanes));
}
