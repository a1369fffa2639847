using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Sums up to each position along the middle axis of [outer, size, inner].</summary>
internal static unsafe class RunningSum<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y[o, s, i] = the sum of x[o, r, i] over r up to s, or from s on where reversed. Summed in double, one after
    /// the other.</summary>
    public static void Run(T* x, T* y, long outer, int size, long inner, bool reverse) =>
        Chunks.For(
            outer * size * inner,
            outer * inner,
            run =>
            {
                long step = reverse ? -inner : inner,
                    at = (run / inner * size * inner) + (run % inner) + (reverse ? (size - 1) * inner : 0);
                double sum = 0.0;
                for (int s = 0; s < size; s++, at += step)
                {
                    sum += double.CreateTruncating(x[at]);
                    y[at] = T.CreateTruncating(sum);
                }
            }
        );
}
