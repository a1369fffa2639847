using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

// Accumulators are named locals: an array, an inline array or a wrapper struct would live in memory instead of
// registers.
// That is why the bodies below are long and alike.

/// <summary>Tiles of 4 rows: at 3 vectors the 16 registers of 128- and 256-bit code are exactly used.</summary>
internal static unsafe partial class Microkernel<TVec, TSimd>
{
    /// <summary>4 rows x 3 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4Vectors3(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]),
            c01 = c00,
            c02 = c00;
        TVec c10 = TSimd.Splat(initial[1]),
            c11 = c10,
            c12 = c10;
        TVec c20 = TSimd.Splat(initial[2]),
            c21 = c20,
            c22 = c20;
        TVec c30 = TSimd.Splat(initial[3]),
            c31 = c30,
            c32 = c30;
        for (int i = 0; i < k; i++)
        {
            float* source = b + offsets[i];
            TVec b0 = TSimd.Load(source);
            TVec b1 = TSimd.Load(source + TSimd.Count);
            TVec b2 = TSimd.Load(source + (2 * TSimd.Count));
            TVec w = TSimd.Splat(a[0]);
            c00 = TSimd.MultiplyAdd(w, b0, c00);
            c01 = TSimd.MultiplyAdd(w, b1, c01);
            c02 = TSimd.MultiplyAdd(w, b2, c02);
            w = TSimd.Splat(a[1]);
            c10 = TSimd.MultiplyAdd(w, b0, c10);
            c11 = TSimd.MultiplyAdd(w, b1, c11);
            c12 = TSimd.MultiplyAdd(w, b2, c12);
            w = TSimd.Splat(a[2]);
            c20 = TSimd.MultiplyAdd(w, b0, c20);
            c21 = TSimd.MultiplyAdd(w, b1, c21);
            c22 = TSimd.MultiplyAdd(w, b2, c22);
            w = TSimd.Splat(a[3]);
            c30 = TSimd.MultiplyAdd(w, b0, c30);
            c31 = TSimd.MultiplyAdd(w, b1, c31);
            c32 = TSimd.MultiplyAdd(w, b2, c32);
            a += 4;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + TSimd.Count);
        TSimd.Store(c02, c + (2 * TSimd.Count));
        c += rowStride;
        TSimd.Store(c10, c);
        TSimd.Store(c11, c + TSimd.Count);
        TSimd.Store(c12, c + (2 * TSimd.Count));
        c += rowStride;
        TSimd.Store(c20, c);
        TSimd.Store(c21, c + TSimd.Count);
        TSimd.Store(c22, c + (2 * TSimd.Count));
        c += rowStride;
        TSimd.Store(c30, c);
        TSimd.Store(c31, c + TSimd.Count);
        TSimd.Store(c32, c + (2 * TSimd.Count));
    }

    /// <summary>4 rows x 2 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4Vectors2(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]),
            c01 = c00;
        TVec c10 = TSimd.Splat(initial[1]),
            c11 = c10;
        TVec c20 = TSimd.Splat(initial[2]),
            c21 = c20;
        TVec c30 = TSimd.Splat(initial[3]),
            c31 = c30;
        for (int i = 0; i < k; i++)
        {
            float* source = b + offsets[i];
            TVec b0 = TSimd.Load(source);
            TVec b1 = TSimd.Load(source + TSimd.Count);
            TVec w = TSimd.Splat(a[0]);
            c00 = TSimd.MultiplyAdd(w, b0, c00);
            c01 = TSimd.MultiplyAdd(w, b1, c01);
            w = TSimd.Splat(a[1]);
            c10 = TSimd.MultiplyAdd(w, b0, c10);
            c11 = TSimd.MultiplyAdd(w, b1, c11);
            w = TSimd.Splat(a[2]);
            c20 = TSimd.MultiplyAdd(w, b0, c20);
            c21 = TSimd.MultiplyAdd(w, b1, c21);
            w = TSimd.Splat(a[3]);
            c30 = TSimd.MultiplyAdd(w, b0, c30);
            c31 = TSimd.MultiplyAdd(w, b1, c31);
            a += 4;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + TSimd.Count);
        c += rowStride;
        TSimd.Store(c10, c);
        TSimd.Store(c11, c + TSimd.Count);
        c += rowStride;
        TSimd.Store(c20, c);
        TSimd.Store(c21, c + TSimd.Count);
        c += rowStride;
        TSimd.Store(c30, c);
        TSimd.Store(c31, c + TSimd.Count);
    }

    /// <summary>4 rows x 1 vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4Vectors1(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]);
        TVec c10 = TSimd.Splat(initial[1]);
        TVec c20 = TSimd.Splat(initial[2]);
        TVec c30 = TSimd.Splat(initial[3]);
        for (int i = 0; i < k; i++)
        {
            float* source = b + offsets[i];
            TVec b0 = TSimd.Load(source);
            TVec w = TSimd.Splat(a[0]);
            c00 = TSimd.MultiplyAdd(w, b0, c00);
            w = TSimd.Splat(a[1]);
            c10 = TSimd.MultiplyAdd(w, b0, c10);
            w = TSimd.Splat(a[2]);
            c20 = TSimd.MultiplyAdd(w, b0, c20);
            w = TSimd.Splat(a[3]);
            c30 = TSimd.MultiplyAdd(w, b0, c30);
            a += 4;
        }

        TSimd.Store(c00, c);
        c += rowStride;
        TSimd.Store(c10, c);
        c += rowStride;
        TSimd.Store(c20, c);
        c += rowStride;
        TSimd.Store(c30, c);
    }
}
