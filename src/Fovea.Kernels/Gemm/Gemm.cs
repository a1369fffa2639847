using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Matrix product of row-major float matrices.</summary>
internal static unsafe class Gemm
{
    /// <summary>c[m, n] = op(a)[m, k] * op(b)[k, n] + bias[n]; c is overwritten.</summary>
    /// <param name="transposeA">a is stored [k, m].</param>
    /// <param name="transposeB">b is stored [n, k].</param>
    /// <param name="m">Rows of c.</param>
    /// <param name="n">Columns of c.</param>
    /// <param name="k">Products a sum; 0 gives the bias, or zeros.</param>
    /// <param name="a">Left matrix.</param>
    /// <param name="b">Right matrix.</param>
    /// <param name="c">Result; must not overlap the others.</param>
    /// <param name="biasPerColumn">n values, or null for none.</param>
    /// <remarks>Numerics: the sums of some products each in the order of k (512 of them where b is transposed, else
    /// 128), added up in that order, then the bias.</remarks>
    public static void Multiply(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float* a,
        float* b,
        float* c,
        float* biasPerColumn
    )
    {
        switch (CpuTier.Bits)
        {
            case 512:
                Run<Vector512<float>, Simd512>(transposeA, transposeB, m, n, k, a, b, c, biasPerColumn);
                break;
            case 256:
                Run<Vector256<float>, Simd256>(transposeA, transposeB, m, n, k, a, b, c, biasPerColumn);
                break;
            default:
                Run<Vector128<float>, Simd128>(transposeA, transposeB, m, n, k, a, b, c, biasPerColumn);
                break;
        }
    }

    /// <summary>As <see cref="Multiply"/>, at a given vector width.</summary>
    public static void Run<TVec, TSimd>(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float* a,
        float* b,
        float* c,
        float* biasPerColumn
    )
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        int tileRows = Microkernel<TVec, TSimd>.TileRows(m);
        using Scratch packed = new(PackedRows.Size(m, k, tileRows) + 1);
        float* left = packed.Pointer;
        PackedRows.Pack(a, m, k, transposeA ? 1 : k, transposeA ? m : 1, tileRows, left);
        GemmUnits<TVec, TSimd> product = new(m, n, k, tileRows, transposeB)
        {
            Left = left,
            Right = b,
            Result = c,
            Bias = biasPerColumn,
        };
        WorkerPool.For(product.Count, product.Run);
    }
}
