namespace Fovea.Kernels;

/// <summary>The product of float matrices.</summary>
internal static unsafe class Gemm
{
    /// <summary>c[m, n] = op(a)[m, k] op(b)[k, n] + bias[n], row-major; bias may be null; c is overwritten.</summary>
    public static void Multiply(bool transposeA, bool transposeB, int m, int n, int k, float* a, float* b, float* c, float* biasPerColumn) =>
        ReferenceGemm<float>.Multiply(transposeA, transposeB, m, n, k, a, b, c, biasPerColumn);
}
