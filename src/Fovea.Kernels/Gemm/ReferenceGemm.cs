using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The matrix product as its definition reads, sums in double. The oracle of the fast one, and the path for
/// double tensors.</summary>
internal static unsafe class ReferenceGemm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>c[m, n] = op(a)[m, k] op(b)[k, n] + bias[n], row-major; bias may be null; c is overwritten.</summary>
    /// <remarks>op(a) is a [m, k], or the transpose of a [k, m]; likewise op(b) is b [k, n], or the transpose of b [n,
    /// k].</remarks>
    public static void Multiply(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        T* a,
        T* b,
        T* c,
        T* biasPerColumn
    ) =>
        WorkerPool.For(
            m,
            i =>
            {
                double[] row = new double[n];
                for (int j = 0; j < n && biasPerColumn is not null; j++)
                {
                    row[j] = double.CreateTruncating(biasPerColumn[j]);
                }

                for (int p = 0; p < k; p++)
                {
                    double left = double.CreateTruncating(transposeA ? a[((long)p * m) + i] : a[((long)i * k) + p]);
                    for (int j = 0; j < n; j++)
                    {
                        row[j] +=
                            left * double.CreateTruncating(transposeB ? b[((long)j * k) + p] : b[((long)p * n) + j]);
                    }
                }

                for (int j = 0; j < n; j++)
                {
                    c[((long)i * n) + j] = T.CreateTruncating(row[j]);
                }
            }
        );
}
