using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Sums over the middle axis of [outer, reduce, inner], in double.</summary>
/// <remarks>
/// The order of additions depends on the sizes alone: long axes are cut into parts, each summed in order, then the
/// parts in order.
/// Lanes: along the reduced axis where inner is 1 (four running sums), along inner otherwise.
/// </remarks>
internal static unsafe class SumKernel
{
    private const int ColumnBlock = 1024;

    /// <summary>y[o, i] = the sum of x[o, r, i] over r; 0 where there is nothing to sum. y is overwritten.</summary>
    public static void Run<T>(T* x, double* y, long outer, long reduce, long inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long rows = inner == 1 ? Chunks.Size : Math.Max(64, 4 * Chunks.Size / Math.Max(inner, 1));
        int parts = (int)Math.Max(1, (reduce + rows - 1) / rows);
        if (parts == 1)
        {
            RunParts(x, y, outer, 1, reduce, rows, inner);
            return;
        }

        using Scratch scratch = new(outer * parts * inner * 2);
        double* partial = (double*)scratch.Pointer;
        RunParts(x, partial, outer, parts, reduce, rows, inner);
        Run(partial, y, outer, parts, inner);
    }

    /// <summary>y[i] = scale x[i], rounded to T.</summary>
    public static void Finish<T>(double* x, T* y, long count, double scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Chunks.For(
            count,
            (start, length) =>
            {
                for (long i = start; i < start + length; i++)
                {
                    y[i] = T.CreateTruncating(x[i] * scale);
                }
            }
        );

    private static void RunParts<T>(T* x, double* y, long outer, int parts, long reduce, long rows, long inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int blocks = (int)((inner + ColumnBlock - 1) / ColumnBlock);
        long units = outer * parts * blocks;
        long work = Math.Max(1, Math.Min(rows, reduce) * Math.Min(inner, ColumnBlock));
        long unitsPerJob = Math.Max(1, Chunks.Size / work);
        WorkerPool.For(
            (int)((units + unitsPerJob - 1) / unitsPerJob),
            job =>
            {
                long end = Math.Min(units, (job + 1) * unitsPerJob);
                for (long unit = job * unitsPerJob; unit < end; unit++)
                {
                    long column = unit % blocks * ColumnBlock,
                        slice = unit / blocks;
                    long first = slice % parts * rows;
                    T* source = x + ((((slice / parts) * reduce) + first) * inner) + column;
                    int count = (int)Math.Min(rows, reduce - first),
                        columns = (int)Math.Min(ColumnBlock, inner - column);
                    double* target = y + (slice * inner) + column;
                    if (inner == 1)
                    {
                        *target = SumRun(source, count);
                    }
                    else
                    {
                        SumColumns(source, count, inner, columns, target);
                    }
                }
            }
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumRun<T>(T* x, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<double> s0 = default,
            s1 = default,
            s2 = default,
            s3 = default;
        int lanes = Vector<double>.Count,
            i = 0;
        for (; i <= count - (4 * lanes); i += 4 * lanes)
        {
            (Vector<double> v0, Vector<double> v1) = LoadTwo(x + i);
            (Vector<double> v2, Vector<double> v3) = LoadTwo(x + i + (2 * lanes));
            s0 += v0;
            s1 += v1;
            s2 += v2;
            s3 += v3;
        }

        double sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < count; i++)
        {
            sum += double.CreateTruncating(x[i]);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumColumns<T>(T* x, int rows, long stride, int columns, double* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        new Span<double>(y, columns).Clear();
        int lanes = Vector<double>.Count;
        for (int r = 0; r < rows; r++, x += stride)
        {
            int c = 0;
            for (; c <= columns - (2 * lanes); c += 2 * lanes)
            {
                (Vector<double> v0, Vector<double> v1) = LoadTwo(x + c);
                (Vector.Load(y + c) + v0).Store(y + c);
                (Vector.Load(y + c + lanes) + v1).Store(y + c + lanes);
            }

            for (; c < columns; c++)
            {
                y[c] += double.CreateTruncating(x[c]);
            }
        }
    }

    /// <summary>Two vectors of doubles from consecutive elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double>, Vector<double>) LoadTwo<T>(T* x)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Vector.Widen(Vector.Load((float*)x), out Vector<double> low, out Vector<double> high);
            return (low, high);
        }

        return (Vector.Load((double*)x), Vector.Load((double*)x + Vector<double>.Count));
    }
}
