using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The first of the values along the middle axis of [outer, size, inner], in order.</summary>
/// <remarks>Equal values keep their order. Not-a-number counts as larger than everything.</remarks>
internal static unsafe class RankKernel<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>The largest or smallest values of each run, in order, and their positions.</summary>
    /// <param name="x">[outer, size, inner].</param>
    /// <param name="y">[outer, count, inner], the values.</param>
    /// <param name="positions">[outer, count, inner], where they stand.</param>
    /// <param name="sizes">Outer, size and inner.</param>
    /// <param name="count">How many, 0 to size.</param>
    /// <param name="largest">Largest first; else smallest first.</param>
    public static void Run(
        T* x,
        T* y,
        long* positions,
        (long Outer, int Size, long Inner) sizes,
        int count,
        bool largest
    )
    {
        (long outer, int size, long inner) = sizes;
        Chunks.For(
            outer * size * inner,
            outer * inner,
            run =>
            {
                T[] keys = new T[size];
                int[] order = new int[size];
                T* from = x + (run / inner * size * inner) + (run % inner);
                for (int s = 0; s < size; s++)
                {
                    (keys[s], order[s]) = (from[s * inner], s);
                }

                Array.Sort(order, (p, q) => Compare(keys[p], keys[q], largest) is var c && c != 0 ? c : p.CompareTo(q));
                long to = (run / inner * count * inner) + (run % inner);
                for (int k = 0; k < count; k++, to += inner)
                {
                    (y[to], positions[to]) = (keys[order[k]], order[k]);
                }
            }
        );
    }

    private static int Compare(T a, T b, bool largest)
    {
        int order =
            T.IsNaN(a) ? (T.IsNaN(b) ? 0 : 1)
            : T.IsNaN(b) ? -1
            : a < b ? -1
            : a > b ? 1
            : 0;
        return largest ? -order : order;
    }
}
