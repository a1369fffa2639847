using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Chooses the kernel of a matrix product by element type.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>c[m, n] = op(a)[m, k] op(b)[k, n] + bias[n], row-major; bias may be null; sizes may be 0.</summary>
    public static void Multiply<T>(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        T* a,
        T* b,
        T* c,
        T* bias = null
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        if (typeof(T) == typeof(float) && k > 0)
        {
            Gemm.Multiply(transposeA, transposeB, m, n, k, (float*)a, (float*)b, (float*)c, (float*)bias);
        }
        else
        {
            ReferenceGemm<T>.Multiply(transposeA, transposeB, m, n, k, a, b, c, bias);
        }
    }
}
