using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>The three transforms of Winograd's minimal filtering F(4x4, 3x3), at the points 0, 1, -1, 2, -2 and infinity.</summary>
/// <remarks>Lavin, Gray: Fast algorithms for convolutional neural networks, CVPR 2016, https://arxiv.org/abs/1509.09308. 36 products give 16 outputs that take 144 directly.</remarks>
internal static unsafe class WinogradTransforms<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>Bᵀ d B of a 6x6 patch of one channel block.</summary>
    /// <param name="source">The patch's first pixel in a blocked map.</param>
    /// <param name="row">Floats between its rows.</param>
    /// <param name="destination">Value (i, j) goes to destination + (6 i + j) * stride.</param>
    /// <param name="stride">Floats between the 36 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(float* source, nint row, float* destination, nint stride)
    {
        float* t = stackalloc float[36 * TileCall.Block];
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int x = 0; x < 6; x++)
            {
                InputLine(source + (x * TileCall.Block) + lane, row, t + (x * TileCall.Block) + lane, 6 * TileCall.Block);
            }

            for (int y = 0; y < 6; y++)
            {
                InputLine(t + (y * 6 * TileCall.Block) + lane, TileCall.Block, destination + (y * 6 * stride) + lane, stride);
            }
        }
    }

    /// <summary>clamp(Aᵀ m A + bias + add) of one channel block, written where it lies within the map.</summary>
    /// <param name="products">Value (i, j) is at products + (6 i + j) * stride.</param>
    /// <param name="stride">Floats between the 36 values.</param>
    /// <param name="bias">16 values.</param>
    /// <param name="add">Laid out as the destination; may be null.</param>
    /// <param name="destination">The first of 4x4 pixels.</param>
    /// <param name="row">Floats between rows of the destination.</param>
    /// <param name="rows">Rows to write, 1 to 4.</param>
    /// <param name="columns">Columns to write, 1 to 4.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(float* products, nint stride, float* bias, float* add, float* destination, nint row, int rows, int columns, float low, float high)
    {
        float* t = stackalloc float[24 * TileCall.Block], line = stackalloc float[4 * TileCall.Block];
        TVec least = TSimd.Splat(low), most = TSimd.Splat(high);
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int x = 0; x < 6; x++)
            {
                OutputLine(products + (x * stride) + lane, 6 * stride, t + (x * TileCall.Block) + lane, 6 * TileCall.Block);
            }

            TVec first = TSimd.Load(bias + lane);
            for (int y = 0; y < rows; y++)
            {
                OutputLine(t + (y * 6 * TileCall.Block) + lane, TileCall.Block, line + lane, TileCall.Block);
                float* to = destination + (y * row) + lane, plus = add + (y * row) + lane;
                for (int x = 0; x < columns; x++)
                {
                    TVec value = TSimd.Add(TSimd.Load(line + (x * TileCall.Block) + lane), first);
                    value = add == null ? value : TSimd.Add(value, TSimd.Load(plus + (x * TileCall.Block)));
                    TSimd.Store(TSimd.Clamp(value, least, most), to + (x * TileCall.Block));
                }
            }
        }
    }

    /// <summary>G g Gᵀ of a 3x3 filter, in double.</summary>
    /// <param name="filter">9 values.</param>
    /// <param name="destination">36 values, each rounded once.</param>
    /// <param name="stride">Floats between them.</param>
    public static void Filter(float* filter, float* destination, nint stride)
    {
        double* t = stackalloc double[18], column = stackalloc double[6];
        for (int x = 0; x < 3; x++)
        {
            FilterLine(filter[x], filter[3 + x], filter[6 + x], column);
            for (int i = 0; i < 6; i++)
            {
                t[(i * 3) + x] = column[i];
            }
        }

        for (int i = 0; i < 6; i++)
        {
            FilterLine(t[i * 3], t[(i * 3) + 1], t[(i * 3) + 2], column);
            for (int j = 0; j < 6; j++)
            {
                destination[((i * 6) + j) * stride] = (float)column[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine(float* s, nint step, float* to, nint stride)
    {
        TVec d0 = TSimd.Load(s), d1 = TSimd.Load(s + step), d2 = TSimd.Load(s + (2 * step)), d3 = TSimd.Load(s + (3 * step)), d4 = TSimd.Load(s + (4 * step)), d5 = TSimd.Load(s + (5 * step));
        TVec minusFour = TSimd.Splat(-4f), minusFive = TSimd.Splat(-5f), two = TSimd.Splat(2f), four = TSimd.Splat(4f);
        TVec even = TSimd.MultiplyAdd(minusFour, d2, d4), odd = TSimd.MultiplyAdd(minusFour, d1, d3);
        TVec outer = TSimd.Subtract(d4, d2), inner = TSimd.Subtract(d3, d1);
        TSimd.Store(TSimd.MultiplyAdd(four, d0, TSimd.MultiplyAdd(minusFive, d2, d4)), to);
        TSimd.Store(TSimd.Add(even, odd), to + stride);
        TSimd.Store(TSimd.Subtract(even, odd), to + (2 * stride));
        TSimd.Store(TSimd.MultiplyAdd(two, inner, outer), to + (3 * stride));
        TSimd.Store(TSimd.Subtract(outer, TSimd.Add(inner, inner)), to + (4 * stride));
        TSimd.Store(TSimd.MultiplyAdd(four, d1, TSimd.MultiplyAdd(minusFive, d3, d5)), to + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine(float* m, nint step, float* to, nint stride)
    {
        TVec m0 = TSimd.Load(m), m1 = TSimd.Load(m + step), m2 = TSimd.Load(m + (2 * step)), m3 = TSimd.Load(m + (3 * step)), m4 = TSimd.Load(m + (4 * step)), m5 = TSimd.Load(m + (5 * step));
        TVec sum = TSimd.Add(m1, m2), difference = TSimd.Subtract(m1, m2), far = TSimd.Add(m3, m4), slope = TSimd.Subtract(m3, m4);
        TSimd.Store(TSimd.Add(TSimd.Add(m0, sum), far), to);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Splat(2f), slope, difference), to + stride);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Splat(4f), far, sum), to + (2 * stride));
        TSimd.Store(TSimd.Add(TSimd.MultiplyAdd(TSimd.Splat(8f), slope, difference), m5), to + (3 * stride));
    }

    private static void FilterLine(double g0, double g1, double g2, double* to)
    {
        to[0] = g0 / 4.0;
        to[1] = -(g0 + g1 + g2) / 6.0;
        to[2] = -(g0 - g1 + g2) / 6.0;
        to[3] = (g0 / 24.0) + (g1 / 12.0) + (g2 / 6.0);
        to[4] = (g0 / 24.0) - (g1 / 12.0) + (g2 / 6.0);
        to[5] = g2;
    }
}
