using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>The transforms of gradients in Winograd's F(4x4, 3x3), the adjoints of those of outputs and of filters.</summary>
internal static unsafe class WinogradGradientTransforms<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    private const int Side = 4,
        Points = 6,
        Taps = 3;

    /// <summary>A d Aᵀ of 4 x 4 gradients of one channel block.</summary>
    /// <param name="source">The first of them in a blocked map.</param>
    /// <param name="row">Floats between its rows.</param>
    /// <param name="destination">Value (i, j) goes to destination + (6 i + j) * stride.</param>
    /// <param name="stride">Floats between the values.</param>
    /// <param name="t">Room for 24 vectors of 16, on a boundary of 64 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* source, nint row, float* destination, nint stride, float* t)
    {
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int x = 0; x < Side; x++)
            {
                GradientLine(
                    source + (x * TileCall.Block) + lane,
                    row,
                    t + (x * TileCall.Block) + lane,
                    Side * TileCall.Block
                );
            }

            for (int y = 0; y < Points; y++)
            {
                GradientLine(
                    t + (y * Side * TileCall.Block) + lane,
                    TileCall.Block,
                    destination + (y * Points * stride) + lane,
                    stride
                );
            }
        }
    }

    /// <summary>Gᵀ m G: sums of 36 points to 3 x 3 weights, 16 channels at a time.</summary>
    /// <param name="sums">Value (i, j) is at sums + (6 i + j) * stride.</param>
    /// <param name="stride">Floats between the values.</param>
    /// <param name="weights">9 x 16 results.</param>
    /// <param name="t">Room for 18 vectors of 16, on a boundary of 64 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(float* sums, nint stride, float* weights, float* t)
    {
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int x = 0; x < Points; x++)
            {
                FilterLine(
                    sums + (x * stride) + lane,
                    Points * stride,
                    t + (x * TileCall.Block) + lane,
                    Points * TileCall.Block
                );
            }

            for (int y = 0; y < Taps; y++)
            {
                FilterLine(
                    t + (y * Points * TileCall.Block) + lane,
                    TileCall.Block,
                    weights + (y * Taps * TileCall.Block) + lane,
                    TileCall.Block
                );
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientLine(float* s, nint step, float* to, nint stride)
    {
        TVec d0 = TSimd.Load(s),
            d1 = TSimd.Load(s + step),
            d2 = TSimd.Load(s + (2 * step)),
            d3 = TSimd.Load(s + (3 * step));
        TVec four = TSimd.Splat(4f),
            even = TSimd.Add(d0, d2),
            odd = TSimd.Add(d1, d3),
            evenFar = TSimd.MultiplyAdd(four, d2, d0),
            half = TSimd.MultiplyAdd(four, d3, d1);
        TVec oddFar = TSimd.Add(half, half);
        TSimd.Store(d0, to);
        TSimd.Store(TSimd.Add(even, odd), to + stride);
        TSimd.Store(TSimd.Subtract(even, odd), to + (2 * stride));
        TSimd.Store(TSimd.Add(evenFar, oddFar), to + (3 * stride));
        TSimd.Store(TSimd.Subtract(evenFar, oddFar), to + (4 * stride));
        TSimd.Store(d3, to + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterLine(float* m, nint step, float* to, nint stride)
    {
        TVec near = TSimd.Add(TSimd.Load(m + step), TSimd.Load(m + (2 * step))),
            nearSlope = TSimd.Subtract(TSimd.Load(m + step), TSimd.Load(m + (2 * step))),
            far = TSimd.Add(TSimd.Load(m + (3 * step)), TSimd.Load(m + (4 * step))),
            farSlope = TSimd.Subtract(TSimd.Load(m + (3 * step)), TSimd.Load(m + (4 * step)));
        TVec sixth = TSimd.Splat(1f / 6f),
            minusSixth = TSimd.Splat(-1f / 6f);
        TVec first = TSimd.MultiplyAdd(
            TSimd.Splat(0.25f),
            TSimd.Load(m),
            TSimd.MultiplyAdd(TSimd.Splat(1f / 24f), far, TSimd.Multiply(minusSixth, near))
        );
        TSimd.Store(first, to);
        TSimd.Store(
            TSimd.MultiplyAdd(TSimd.Splat(1f / 12f), farSlope, TSimd.Multiply(minusSixth, nearSlope)),
            to + stride
        );
        TSimd.Store(
            TSimd.Add(TSimd.Load(m + (5 * step)), TSimd.Multiply(sixth, TSimd.Subtract(far, near))),
            to + (2 * stride)
        );
    }
}
