using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>The transforms of maps in Winograd's minimal filtering: F(2x2, 3x3) at the points 0, 1, -1 and infinity,
/// F(4x4, 3x3) at 2 and -2 too.</summary>
/// <remarks>Lavin, Gray: Fast algorithms for convolutional neural networks, CVPR 2016,
/// https://arxiv.org/abs/1509.09308.</remarks>
internal static unsafe class WinogradTransforms<TVec, TSimd, TForm>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
    where TForm : struct, IWinogradForm
{
    /// <summary>Pixels along a side of a patch of the input.</summary>
    private static int In => TForm.Out + 2;

    /// <summary>Bᵀ d B of a patch of one channel block.</summary>
    /// <param name="source">The patch's first pixel in a blocked map.</param>
    /// <param name="row">Floats between its rows.</param>
    /// <param name="destination">Value (i, j) goes to destination + (In i + j) * stride.</param>
    /// <param name="stride">Floats between the values.</param>
    /// <param name="t">Room for the values between the two passes, on a boundary of 64 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(float* source, nint row, float* destination, nint stride, float* t)
    {
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int x = 0; x < In; x++)
            {
                InputLine(
                    source + (x * TileCall.Block) + lane,
                    row,
                    t + (x * TileCall.Block) + lane,
                    In * TileCall.Block
                );
            }

            for (int y = 0; y < In; y++)
            {
                InputLine(
                    t + (y * In * TileCall.Block) + lane,
                    TileCall.Block,
                    destination + (y * In * stride) + lane,
                    stride
                );
            }
        }
    }

    /// <summary>clamp(Aᵀ m A + bias + add) of one channel block, written where it lies within the map.</summary>
    /// <param name="products">Value (i, j) is at products + (In i + j) * stride.</param>
    /// <param name="stride">Floats between the values.</param>
    /// <param name="bias">16 values.</param>
    /// <param name="add">Laid out as the destination; may be null.</param>
    /// <param name="destination">The first pixel of the patch.</param>
    /// <param name="row">Floats between rows of the destination.</param>
    /// <param name="rows">Rows to write, 1 to Out.</param>
    /// <param name="columns">Columns to write, 1 to Out.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    /// <param name="t">Room for the values between the two passes, on a boundary of 64 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(
        float* products,
        nint stride,
        float* bias,
        float* add,
        float* destination,
        nint row,
        int rows,
        int columns,
        float low,
        float high,
        float* t
    )
    {
        float* line = t + (In * TForm.Out * TileCall.Block);
        TVec least = TSimd.Splat(low),
            most = TSimd.Splat(high);
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int x = 0; x < In; x++)
            {
                OutputLine(
                    products + (x * stride) + lane,
                    In * stride,
                    t + (x * TileCall.Block) + lane,
                    In * TileCall.Block
                );
            }

            TVec first = TSimd.Load(bias + lane);
            for (int y = 0; y < rows; y++)
            {
                OutputLine(t + (y * In * TileCall.Block) + lane, TileCall.Block, line + lane, TileCall.Block);
                float* to = destination + (y * row) + lane,
                    plus = add + (y * row) + lane;
                for (int x = 0; x < columns; x++)
                {
                    TVec value = TSimd.Add(TSimd.Load(line + (x * TileCall.Block) + lane), first);
                    value = add == null ? value : TSimd.Add(value, TSimd.Load(plus + (x * TileCall.Block)));
                    TSimd.Store(TSimd.Clamp(value, least, most), to + (x * TileCall.Block));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine(float* s, nint step, float* to, nint stride)
    {
        TVec d0 = TSimd.Load(s),
            d1 = TSimd.Load(s + step),
            d2 = TSimd.Load(s + (2 * step)),
            d3 = TSimd.Load(s + (3 * step));
        if (TForm.Out == 2)
        {
            TSimd.Store(TSimd.Subtract(d0, d2), to);
            TSimd.Store(TSimd.Add(d1, d2), to + stride);
            TSimd.Store(TSimd.Subtract(d2, d1), to + (2 * stride));
            TSimd.Store(TSimd.Subtract(d1, d3), to + (3 * stride));
            return;
        }

        TVec d4 = TSimd.Load(s + (4 * step)),
            d5 = TSimd.Load(s + (5 * step));
        TVec minusFour = TSimd.Splat(-4f),
            minusFive = TSimd.Splat(-5f),
            two = TSimd.Splat(2f),
            four = TSimd.Splat(4f);
        TVec even = TSimd.MultiplyAdd(minusFour, d2, d4),
            odd = TSimd.MultiplyAdd(minusFour, d1, d3);
        TVec outer = TSimd.Subtract(d4, d2),
            inner = TSimd.Subtract(d3, d1);
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
        TVec m0 = TSimd.Load(m),
            m1 = TSimd.Load(m + step),
            m2 = TSimd.Load(m + (2 * step)),
            m3 = TSimd.Load(m + (3 * step));
        TVec sum = TSimd.Add(m1, m2),
            difference = TSimd.Subtract(m1, m2);
        if (TForm.Out == 2)
        {
            TSimd.Store(TSimd.Add(m0, sum), to);
            TSimd.Store(TSimd.Subtract(difference, m3), to + stride);
            return;
        }

        TVec m4 = TSimd.Load(m + (4 * step)),
            m5 = TSimd.Load(m + (5 * step));
        TVec far = TSimd.Add(m3, m4),
            slope = TSimd.Subtract(m3, m4);
        TSimd.Store(TSimd.Add(TSimd.Add(m0, sum), far), to);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Splat(2f), slope, difference), to + stride);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Splat(4f), far, sum), to + (2 * stride));
        TSimd.Store(TSimd.Add(TSimd.MultiplyAdd(TSimd.Splat(8f), slope, difference), m5), to + (3 * stride));
    }
}
