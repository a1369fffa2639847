using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>The largest value over the middle axis of [outer, reduce, inner], and where it stands first.</summary>
/// <remarks>Not-a-number counts as larger than everything, so it is not lost.</remarks>
internal static unsafe class MaxKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int ColumnBlock = 1024;

    /// <summary>y[o, i] = the largest x[o, r, i], index[o, i] = the first r that holds it. reduce is 1 or
    /// more.</summary>
    public static void Forward(T* x, T* y, long* index, long outer, long reduce, long inner)
    {
        int blocks = (int)((inner + ColumnBlock - 1) / ColumnBlock);
        long units = outer * blocks,
            unitsPerJob = Math.Max(1, Chunks.Size / Math.Max(1, reduce * Math.Min(inner, ColumnBlock)));
        WorkerPool.For(
            (int)((units + unitsPerJob - 1) / unitsPerJob),
            job =>
            {
                long end = Math.Min(units, (job + 1) * unitsPerJob);
                for (long unit = job * unitsPerJob; unit < end; unit++)
                {
                    long o = unit / blocks,
                        column = unit % blocks * ColumnBlock;
                    int columns = (int)Math.Min(ColumnBlock, inner - column);
                    long target = (o * inner) + column;
                    Columns(x + (o * reduce * inner) + column, reduce, inner, columns, y + target, index + target);
                }
            }
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns(T* x, long rows, long stride, int columns, T* y, long* index)
    {
        for (int c = 0; c < columns; c++)
        {
            y[c] = x[c];
            index[c] = 0;
        }

        for (long r = 1; r < rows; r++)
        {
            T* row = x + (r * stride);
            for (int c = 0; c < columns; c++)
            {
                T value = row[c],
                    best = y[c];
                if (value > best || (T.IsNaN(value) && !T.IsNaN(best)))
                {
                    y[c] = value;
                    index[c] = r;
                }
            }
        }
    }
}
