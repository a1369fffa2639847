using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Many dot products at once over the same run of positions: result[r, c] = sum over segments and i of a[r][i]
/// * b[c][i].</summary>
/// <remarks>
/// Lanes: consecutive positions; each lane has its own sum, added up in a fixed order at the end. Accumulators are
/// named locals, so the bodies are long.
/// Both sides must be readable, and finite where the other is zero, up to whole vectors.
/// </remarks>
internal static unsafe class DotTiles<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>Rows of a tile: 4 where there are 32 vector registers, else 2.</summary>
    public static int Rows => TSimd.Count >= 16 ? 4 : 2;

    /// <summary>Columns of a tile: 6 where there are 32 vector registers, else 4.</summary>
    public static int Columns => TSimd.Count >= 16 ? 6 : 4;

    /// <summary>Computes one tile.</summary>
    /// <param name="a">Start of each row.</param>
    /// <param name="b">Start of each column.</param>
    /// <param name="aSegments">Where each segment starts, from a's starts.</param>
    /// <param name="bSegments">Where each segment starts, from b's starts.</param>
    /// <param name="segments">Number of segments.</param>
    /// <param name="vectors">Vectors a segment.</param>
    /// <param name="result">Rows x Columns sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        float** a,
        float** b,
        long* aSegments,
        long* bSegments,
        int segments,
        int vectors,
        float* result
    )
    {
        if (TSimd.Count >= 16)
        {
            Dot4x6(a, b, aSegments, bSegments, segments, vectors, result);
        }
        else
        {
            Dot2x4(a, b, aSegments, bSegments, segments, vectors, result);
        }
    }

    /// <summary>4 rows x 6 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot4x6(
        float** a,
        float** b,
        long* aSegments,
        long* bSegments,
        int segments,
        int vectors,
        float* result
    )
    {
        TVec s00 = TSimd.Zero,
            s01 = TSimd.Zero,
            s02 = TSimd.Zero,
            s03 = TSimd.Zero,
            s04 = TSimd.Zero,
            s05 = TSimd.Zero;
        TVec s10 = TSimd.Zero,
            s11 = TSimd.Zero,
            s12 = TSimd.Zero,
            s13 = TSimd.Zero,
            s14 = TSimd.Zero,
            s15 = TSimd.Zero;
        TVec s20 = TSimd.Zero,
            s21 = TSimd.Zero,
            s22 = TSimd.Zero,
            s23 = TSimd.Zero,
            s24 = TSimd.Zero,
            s25 = TSimd.Zero;
        TVec s30 = TSimd.Zero,
            s31 = TSimd.Zero,
            s32 = TSimd.Zero,
            s33 = TSimd.Zero,
            s34 = TSimd.Zero,
            s35 = TSimd.Zero;
        for (int segment = 0; segment < segments; segment++)
        {
            long aStart = aSegments[segment],
                bStart = bSegments[segment];
            float* a0 = a[0] + aStart,
                a1 = a[1] + aStart,
                a2 = a[2] + aStart,
                a3 = a[3] + aStart;
            float* b0 = b[0] + bStart,
                b1 = b[1] + bStart,
                b2 = b[2] + bStart,
                b3 = b[3] + bStart,
                b4 = b[4] + bStart,
                b5 = b[5] + bStart;
            nint end = (nint)vectors * TSimd.Count;
            for (nint i = 0; i < end; i += TSimd.Count)
            {
                TVec x0 = TSimd.Load(a0 + i);
                TVec x1 = TSimd.Load(a1 + i);
                TVec x2 = TSimd.Load(a2 + i);
                TVec x3 = TSimd.Load(a3 + i);
                TVec y = TSimd.Load(b0 + i);
                s00 = TSimd.MultiplyAdd(x0, y, s00);
                s10 = TSimd.MultiplyAdd(x1, y, s10);
                s20 = TSimd.MultiplyAdd(x2, y, s20);
                s30 = TSimd.MultiplyAdd(x3, y, s30);
                y = TSimd.Load(b1 + i);
                s01 = TSimd.MultiplyAdd(x0, y, s01);
                s11 = TSimd.MultiplyAdd(x1, y, s11);
                s21 = TSimd.MultiplyAdd(x2, y, s21);
                s31 = TSimd.MultiplyAdd(x3, y, s31);
                y = TSimd.Load(b2 + i);
                s02 = TSimd.MultiplyAdd(x0, y, s02);
                s12 = TSimd.MultiplyAdd(x1, y, s12);
                s22 = TSimd.MultiplyAdd(x2, y, s22);
                s32 = TSimd.MultiplyAdd(x3, y, s32);
                y = TSimd.Load(b3 + i);
                s03 = TSimd.MultiplyAdd(x0, y, s03);
                s13 = TSimd.MultiplyAdd(x1, y, s13);
                s23 = TSimd.MultiplyAdd(x2, y, s23);
                s33 = TSimd.MultiplyAdd(x3, y, s33);
                y = TSimd.Load(b4 + i);
                s04 = TSimd.MultiplyAdd(x0, y, s04);
                s14 = TSimd.MultiplyAdd(x1, y, s14);
                s24 = TSimd.MultiplyAdd(x2, y, s24);
                s34 = TSimd.MultiplyAdd(x3, y, s34);
                y = TSimd.Load(b5 + i);
                s05 = TSimd.MultiplyAdd(x0, y, s05);
                s15 = TSimd.MultiplyAdd(x1, y, s15);
                s25 = TSimd.MultiplyAdd(x2, y, s25);
                s35 = TSimd.MultiplyAdd(x3, y, s35);
            }
        }

        result[0] = TSimd.Sum(s00);
        result[1] = TSimd.Sum(s01);
        result[2] = TSimd.Sum(s02);
        result[3] = TSimd.Sum(s03);
        result[4] = TSimd.Sum(s04);
        result[5] = TSimd.Sum(s05);
        result[6] = TSimd.Sum(s10);
        result[7] = TSimd.Sum(s11);
        result[8] = TSimd.Sum(s12);
        result[9] = TSimd.Sum(s13);
        result[10] = TSimd.Sum(s14);
        result[11] = TSimd.Sum(s15);
        result[12] = TSimd.Sum(s20);
        result[13] = TSimd.Sum(s21);
        result[14] = TSimd.Sum(s22);
        result[15] = TSimd.Sum(s23);
        result[16] = TSimd.Sum(s24);
        result[17] = TSimd.Sum(s25);
        result[18] = TSimd.Sum(s30);
        result[19] = TSimd.Sum(s31);
        result[20] = TSimd.Sum(s32);
        result[21] = TSimd.Sum(s33);
        result[22] = TSimd.Sum(s34);
        result[23] = TSimd.Sum(s35);
    }

    /// <summary>2 rows x 4 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot2x4(
        float** a,
        float** b,
        long* aSegments,
        long* bSegments,
        int segments,
        int vectors,
        float* result
    )
    {
        TVec s00 = TSimd.Zero,
            s01 = TSimd.Zero,
            s02 = TSimd.Zero,
            s03 = TSimd.Zero;
        TVec s10 = TSimd.Zero,
            s11 = TSimd.Zero,
            s12 = TSimd.Zero,
            s13 = TSimd.Zero;
        for (int segment = 0; segment < segments; segment++)
        {
            long aStart = aSegments[segment],
                bStart = bSegments[segment];
            float* a0 = a[0] + aStart,
                a1 = a[1] + aStart;
            float* b0 = b[0] + bStart,
                b1 = b[1] + bStart,
                b2 = b[2] + bStart,
                b3 = b[3] + bStart;
            nint end = (nint)vectors * TSimd.Count;
            for (nint i = 0; i < end; i += TSimd.Count)
            {
                TVec x0 = TSimd.Load(a0 + i);
                TVec x1 = TSimd.Load(a1 + i);
                TVec y = TSimd.Load(b0 + i);
                s00 = TSimd.MultiplyAdd(x0, y, s00);
                s10 = TSimd.MultiplyAdd(x1, y, s10);
                y = TSimd.Load(b1 + i);
                s01 = TSimd.MultiplyAdd(x0, y, s01);
                s11 = TSimd.MultiplyAdd(x1, y, s11);
                y = TSimd.Load(b2 + i);
                s02 = TSimd.MultiplyAdd(x0, y, s02);
                s12 = TSimd.MultiplyAdd(x1, y, s12);
                y = TSimd.Load(b3 + i);
                s03 = TSimd.MultiplyAdd(x0, y, s03);
                s13 = TSimd.MultiplyAdd(x1, y, s13);
            }
        }

        result[0] = TSimd.Sum(s00);
        result[1] = TSimd.Sum(s01);
        result[2] = TSimd.Sum(s02);
        result[3] = TSimd.Sum(s03);
        result[4] = TSimd.Sum(s10);
        result[5] = TSimd.Sum(s11);
        result[6] = TSimd.Sum(s12);
        result[7] = TSimd.Sum(s13);
    }
}
