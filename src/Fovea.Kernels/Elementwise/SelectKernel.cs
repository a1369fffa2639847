using System.Numerics;

namespace Fovea.Kernels;

/// <summary>One of two values for each element, by a third.</summary>
internal static unsafe class SelectKernel<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>y = a where the condition is not 0, else b. Not-a-number is not 0.</summary>
    public static void Run(T* condition, T* a, T* b, T* y, long count) =>
        Chunks.For(
            count,
            (start, length) =>
            {
                for (long i = start; i < start + length; i++)
                {
                    y[i] = T.IsZero(condition[i]) ? b[i] : a[i];
                }
            }
        );
}
