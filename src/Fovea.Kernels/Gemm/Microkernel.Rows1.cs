using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

// Accumulators are named locals: an array, an inline array or a wrapper struct would live in memory instead of
// registers.
// That is why the bodies below are long and alike.

/// <summary>One row: depthwise filters and single outputs, as many independent sums as hide the latency of a
/// multiply-add.</summary>
internal static unsafe partial class Microkernel<TVec, TSimd>
{
    /// <summary>1 row x 8 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1Vectors8(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]),
            c01 = c00,
            c02 = c00,
            c03 = c00,
            c04 = c00,
            c05 = c00,
            c06 = c00,
            c07 = c00;
        for (int i = 0; i < k; i++)
        {
            float* source = b + offsets[i];
            TVec b0 = TSimd.Load(source);
            TVec b1 = TSimd.Load(source + TSimd.Count);
            TVec b2 = TSimd.Load(source + (2 * TSimd.Count));
            TVec b3 = TSimd.Load(source + (3 * TSimd.Count));
            TVec b4 = TSimd.Load(source + (4 * TSimd.Count));
            TVec b5 = TSimd.Load(source + (5 * TSimd.Count));
            TVec b6 = TSimd.Load(source + (6 * TSimd.Count));
            TVec b7 = TSimd.Load(source + (7 * TSimd.Count));
            TVec w = TSimd.Splat(a[0]);
            c00 = TSimd.MultiplyAdd(w, b0, c00);
            c01 = TSimd.MultiplyAdd(w, b1, c01);
            c02 = TSimd.MultiplyAdd(w, b2, c02);
            c03 = TSimd.MultiplyAdd(w, b3, c03);
            c04 = TSimd.MultiplyAdd(w, b4, c04);
            c05 = TSimd.MultiplyAdd(w, b5, c05);
            c06 = TSimd.MultiplyAdd(w, b6, c06);
            c07 = TSimd.MultiplyAdd(w, b7, c07);
            a += 1;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + TSimd.Count);
        TSimd.Store(c02, c + (2 * TSimd.Count));
        TSimd.Store(c03, c + (3 * TSimd.Count));
        TSimd.Store(c04, c + (4 * TSimd.Count));
        TSimd.Store(c05, c + (5 * TSimd.Count));
        TSimd.Store(c06, c + (6 * TSimd.Count));
        TSimd.Store(c07, c + (7 * TSimd.Count));
    }

    /// <summary>1 row x 4 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1Vectors4(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]),
            c01 = c00,
            c02 = c00,
            c03 = c00;
        for (int i = 0; i < k; i++)
        {
            float* source = b + offsets[i];
            TVec b0 = TSimd.Load(source);
            TVec b1 = TSimd.Load(source + TSimd.Count);
            TVec b2 = TSimd.Load(source + (2 * TSimd.Count));
            TVec b3 = TSimd.Load(source + (3 * TSimd.Count));
            TVec w = TSimd.Splat(a[0]);
            c00 = TSimd.MultiplyAdd(w, b0, c00);
            c01 = TSimd.MultiplyAdd(w, b1, c01);
            c02 = TSimd.MultiplyAdd(w, b2, c02);
            c03 = TSimd.MultiplyAdd(w, b3, c03);
            a += 1;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + TSimd.Count);
        TSimd.Store(c02, c + (2 * TSimd.Count));
        TSimd.Store(c03, c + (3 * TSimd.Count));
    }

    /// <summary>1 row x 2 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1Vectors2(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]),
            c01 = c00;
        for (int i = 0; i < k; i++)
        {
            float* source = b + offsets[i];
            TVec b0 = TSimd.Load(source);
            TVec b1 = TSimd.Load(source + TSimd.Count);
            TVec w = TSimd.Splat(a[0]);
            c00 = TSimd.MultiplyAdd(w, b0, c00);
            c01 = TSimd.MultiplyAdd(w, b1, c01);
            a += 1;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + TSimd.Count);
    }

    /// <summary>1 row x 1 vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1Vectors1(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]);
        for (int i = 0; i < k; i++)
        {
            float* source = b + offsets[i];
            TVec b0 = TSimd.Load(source);
            TVec w = TSimd.Splat(a[0]);
            c00 = TSimd.MultiplyAdd(w, b0, c00);
            a += 1;
        }

        TSimd.Store(c00, c);
    }
}
