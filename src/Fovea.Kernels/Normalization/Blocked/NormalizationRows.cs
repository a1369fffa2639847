using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>What normalization by channel does to a run of pixels of one channel block. Lanes: channels.</summary>
internal static unsafe class NormalizationRows<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>The sums of x - center and of its square by channel.</summary>
    /// <param name="x">The run.</param>
    /// <param name="pixels">Its pixels.</param>
    /// <param name="center">16 values.</param>
    /// <param name="sums">16 sums, then 16 sums of squares.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Deviations(float* x, int pixels, float* center, float* sums)
    {
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            TVec m = TSimd.Load(center + lane),
                s0 = TSimd.Zero,
                s1 = s0,
                q0 = s0,
                q1 = s0;
            float* p = x + lane,
                end = p + ((long)pixels * TileCall.Block),
                last = end - TileCall.Block;
            for (; p < last; p += 2 * TileCall.Block)
            {
                TVec d0 = TSimd.Subtract(TSimd.Load(p), m),
                    d1 = TSimd.Subtract(TSimd.Load(p + TileCall.Block), m);
                s0 = TSimd.Add(s0, d0);
                s1 = TSimd.Add(s1, d1);
                q0 = TSimd.MultiplyAdd(d0, d0, q0);
                q1 = TSimd.MultiplyAdd(d1, d1, q1);
            }

            if (p < end)
            {
                TVec d = TSimd.Subtract(TSimd.Load(p), m);
                s0 = TSimd.Add(s0, d);
                q0 = TSimd.MultiplyAdd(d, d, q0);
            }

            TSimd.Store(TSimd.Add(s0, s1), sums + lane);
            TSimd.Store(TSimd.Add(q0, q1), sums + TileCall.Block + lane);
        }
    }

    /// <summary>The sums of g and of g (x - center) by channel; g is dy where the output let it through, else 0.</summary>
    /// <param name="dy">The gradient.</param>
    /// <param name="y">The output that decides; null where all of dy counts.</param>
    /// <param name="x">What was normalized.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="center">16 values.</param>
    /// <param name="high">The output lets through below it; not a number for no limit.</param>
    /// <param name="sums">16 sums, then 16 sums of products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Products(float* dy, float* y, float* x, int pixels, float* center, float high, float* sums)
    {
        TVec most = TSimd.Splat(high);
        long floats = (long)pixels * TileCall.Block;
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            TVec m = TSimd.Load(center + lane),
                s = TSimd.Zero,
                p = s;
            for (long i = lane; i < floats; i += TileCall.Block)
            {
                TVec g = TSimd.Load(dy + i);
                g = y == null ? g : Masked(g, TSimd.Load(y + i), most);
                s = TSimd.Add(s, g);
                p = TSimd.MultiplyAdd(g, TSimd.Subtract(TSimd.Load(x + i), m), p);
            }

            TSimd.Store(s, sums + lane);
            TSimd.Store(p, sums + TileCall.Block + lane);
        }
    }

    /// <summary>y = clamp((x - center) * scale + shift + add).</summary>
    /// <param name="x">The run.</param>
    /// <param name="add">What is added; may be null.</param>
    /// <param name="y">The result.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="numbers">16 centers, scales and shifts.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(float* x, float* add, float* y, int pixels, float* numbers, float low, float high)
    {
        TVec least = TSimd.Splat(low),
            most = TSimd.Splat(high);
        long floats = (long)pixels * TileCall.Block;
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            TVec m = TSimd.Load(numbers + lane),
                s = TSimd.Load(numbers + TileCall.Block + lane),
                t = TSimd.Load(numbers + (2 * TileCall.Block) + lane);
            for (long i = lane; i < floats; i += TileCall.Block)
            {
                TVec value = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i), m), s, t);
                value = add == null ? value : TSimd.Add(value, TSimd.Load(add + i));
                TSimd.Store(TSimd.Clamp(value, least, most), y + i);
            }
        }
    }

    /// <summary>dx = a g + (x - center) b + c, with g as in <see cref="Products"/>.</summary>
    /// <param name="dy">The gradient.</param>
    /// <param name="y">The output that decides; null where all of dy counts.</param>
    /// <param name="x">What was normalized.</param>
    /// <param name="dx">The result; may be dy.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="numbers">16 centers, then 16 of each of a, b and c.</param>
    /// <param name="high">The output lets through below it; not a number for no limit.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* dy, float* y, float* x, float* dx, int pixels, float* numbers, float high)
    {
        TVec most = TSimd.Splat(high);
        long floats = (long)pixels * TileCall.Block;
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            TVec m = TSimd.Load(numbers + lane),
                a = TSimd.Load(numbers + TileCall.Block + lane),
                b = TSimd.Load(numbers + (2 * TileCall.Block) + lane),
                c = TSimd.Load(numbers + (3 * TileCall.Block) + lane);
            for (long i = lane; i < floats; i += TileCall.Block)
            {
                TVec g = TSimd.Load(dy + i);
                g = y == null ? g : Masked(g, TSimd.Load(y + i), most);
                TVec line = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i), m), b, c);
                TSimd.Store(TSimd.MultiplyAdd(g, a, line), dx + i);
            }
        }
    }

    /// <summary>g where y lies above 0 and below the limit, or is no number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Masked(TVec g, TVec y, TVec most) =>
        TSimd.Select(
            TSimd.LessOrEqual(y, TSimd.Zero),
            TSimd.Zero,
            TSimd.Select(TSimd.LessOrEqual(most, y), TSimd.Zero, g)
        );
}
