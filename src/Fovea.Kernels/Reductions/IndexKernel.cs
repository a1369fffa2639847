using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Sizes of a choice along an axis: the whole is [Outer, Size, Inner], what is chosen [Outer, Count,
/// Inner].</summary>
internal readonly record struct IndexSizes(long Outer, int Size, int Count, long Inner);

/// <summary>Values at positions along the middle axis.</summary>
internal static unsafe class IndexKernel<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>y[o, k, i] = x[o, index[o, k, i], i]. Positions are 0 to Size - 1.</summary>
    public static void Take(T* x, long* index, T* y, IndexSizes sizes)
    {
        (long outer, int size, int count, long inner) = sizes;
        long run = count * inner;
        Chunks.For(
            outer * run,
            (start, length) =>
            {
                for (long k = start; k < start + length; k++)
                {
                    y[k] = x[(((k / run * size) + index[k]) * inner) + (k % inner)];
                }
            }
        );
    }

    /// <summary>y[o, index[o, k, i], i] is the sum of the values[o, k, i], in the order of k; 0 where none comes. y is
    /// overwritten.</summary>
    public static void Add(long* index, T* values, T* y, IndexSizes sizes)
    {
        (long outer, int size, int count, long inner) = sizes;
        Chunks.For(outer * size * inner, (start, length) => new Span<T>(y + start, length).Clear());
        Chunks.For(
            outer * count * inner,
            outer * inner,
            run =>
            {
                long from = (run / inner * count * inner) + (run % inner);
                T* to = y + (run / inner * size * inner) + (run % inner);
                for (int k = 0; k < count; k++, from += inner)
                {
                    T value = values[from];
                    to[index[from] * inner] = count == 1 ? value : to[index[from] * inner] + value; // -0 stays
                }
            }
        );
    }
}
