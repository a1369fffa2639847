using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

// Accumulators are named locals: an array, an inline array or a wrapper struct would live in memory instead of
// registers.
// That is why the bodies below are long and alike.

/// <summary>Tiles of 8 rows, for 32 vector registers: 24 accumulators, 3 source vectors, 1 broadcast.</summary>
internal static unsafe partial class Microkernel<TVec, TSimd>
{
    /// <summary>8 rows x 3 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows8Vectors3(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
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
        TVec c40 = TSimd.Splat(initial[4]),
            c41 = c40,
            c42 = c40;
        TVec c50 = TSimd.Splat(initial[5]),
            c51 = c50,
            c52 = c50;
        TVec c60 = TSimd.Splat(initial[6]),
            c61 = c60,
            c62 = c60;
        TVec c70 = TSimd.Splat(initial[7]),
            c71 = c70,
            c72 = c70;
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
            w = TSimd.Splat(a[4]);
            c40 = TSimd.MultiplyAdd(w, b0, c40);
            c41 = TSimd.MultiplyAdd(w, b1, c41);
            c42 = TSimd.MultiplyAdd(w, b2, c42);
            w = TSimd.Splat(a[5]);
            c50 = TSimd.MultiplyAdd(w, b0, c50);
            c51 = TSimd.MultiplyAdd(w, b1, c51);
            c52 = TSimd.MultiplyAdd(w, b2, c52);
            w = TSimd.Splat(a[6]);
            c60 = TSimd.MultiplyAdd(w, b0, c60);
            c61 = TSimd.MultiplyAdd(w, b1, c61);
            c62 = TSimd.MultiplyAdd(w, b2, c62);
            w = TSimd.Splat(a[7]);
            c70 = TSimd.MultiplyAdd(w, b0, c70);
            c71 = TSimd.MultiplyAdd(w, b1, c71);
            c72 = TSimd.MultiplyAdd(w, b2, c72);
            a += 8;
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
        c += rowStride;
        TSimd.Store(c40, c);
        TSimd.Store(c41, c + TSimd.Count);
        TSimd.Store(c42, c + (2 * TSimd.Count));
        c += rowStride;
        TSimd.Store(c50, c);
        TSimd.Store(c51, c + TSimd.Count);
        TSimd.Store(c52, c + (2 * TSimd.Count));
        c += rowStride;
        TSimd.Store(c60, c);
        TSimd.Store(c61, c + TSimd.Count);
        TSimd.Store(c62, c + (2 * TSimd.Count));
        c += rowStride;
        TSimd.Store(c70, c);
        TSimd.Store(c71, c + TSimd.Count);
        TSimd.Store(c72, c + (2 * TSimd.Count));
    }

    /// <summary>8 rows x 2 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows8Vectors2(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]),
            c01 = c00;
        TVec c10 = TSimd.Splat(initial[1]),
            c11 = c10;
        TVec c20 = TSimd.Splat(initial[2]),
            c21 = c20;
        TVec c30 = TSimd.Splat(initial[3]),
            c31 = c30;
        TVec c40 = TSimd.Splat(initial[4]),
            c41 = c40;
        TVec c50 = TSimd.Splat(initial[5]),
            c51 = c50;
        TVec c60 = TSimd.Splat(initial[6]),
            c61 = c60;
        TVec c70 = TSimd.Splat(initial[7]),
            c71 = c70;
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
            w = TSimd.Splat(a[4]);
            c40 = TSimd.MultiplyAdd(w, b0, c40);
            c41 = TSimd.MultiplyAdd(w, b1, c41);
            w = TSimd.Splat(a[5]);
            c50 = TSimd.MultiplyAdd(w, b0, c50);
            c51 = TSimd.MultiplyAdd(w, b1, c51);
            w = TSimd.Splat(a[6]);
            c60 = TSimd.MultiplyAdd(w, b0, c60);
            c61 = TSimd.MultiplyAdd(w, b1, c61);
            w = TSimd.Splat(a[7]);
            c70 = TSimd.MultiplyAdd(w, b0, c70);
            c71 = TSimd.MultiplyAdd(w, b1, c71);
            a += 8;
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
        c += rowStride;
        TSimd.Store(c40, c);
        TSimd.Store(c41, c + TSimd.Count);
        c += rowStride;
        TSimd.Store(c50, c);
        TSimd.Store(c51, c + TSimd.Count);
        c += rowStride;
        TSimd.Store(c60, c);
        TSimd.Store(c61, c + TSimd.Count);
        c += rowStride;
        TSimd.Store(c70, c);
        TSimd.Store(c71, c + TSimd.Count);
    }

    /// <summary>8 rows x 1 vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows8Vectors1(float* a, float* b, int* offsets, int k, float* initial, float* c, nint rowStride)
    {
        TVec c00 = TSimd.Splat(initial[0]);
        TVec c10 = TSimd.Splat(initial[1]);
        TVec c20 = TSimd.Splat(initial[2]);
        TVec c30 = TSimd.Splat(initial[3]);
        TVec c40 = TSimd.Splat(initial[4]);
        TVec c50 = TSimd.Splat(initial[5]);
        TVec c60 = TSimd.Splat(initial[6]);
        TVec c70 = TSimd.Splat(initial[7]);
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
            w = TSimd.Splat(a[4]);
            c40 = TSimd.MultiplyAdd(w, b0, c40);
            w = TSimd.Splat(a[5]);
            c50 = TSimd.MultiplyAdd(w, b0, c50);
            w = TSimd.Splat(a[6]);
            c60 = TSimd.MultiplyAdd(w, b0, c60);
            w = TSimd.Splat(a[7]);
            c70 = TSimd.MultiplyAdd(w, b0, c70);
            a += 8;
        }

        TSimd.Store(c00, c);
        c += rowStride;
        TSimd.Store(c10, c);
        c += rowStride;
        TSimd.Store(c20, c);
        c += rowStride;
        TSimd.Store(c30, c);
        c += rowStride;
        TSimd.Store(c40, c);
        c += rowStride;
        TSimd.Store(c50, c);
        c += rowStride;
        TSimd.Store(c60, c);
        c += rowStride;
        TSimd.Store(c70, c);
    }
}
