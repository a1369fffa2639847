using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Softmax and its logarithm over the middle axis of [outer, classes, inner]. The largest value is subtracted
/// first, so nothing overflows.</summary>
/// <remarks>
/// Lanes: along the classes where inner is 1, along inner otherwise; a group of lanes is one step of the same code,
/// with the lanes summed at the end only in the first case.
/// Sums run in the element type. y may be x, dx may be dy.
/// </remarks>
internal static unsafe class SoftmaxKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private delegate void Slice(long start, int lanes);

    /// <summary>y = exp(x - max) / sum.</summary>
    public static void Forward(T* x, T* y, long outer, int classes, long inner) =>
        ForEach(
            outer,
            classes,
            inner,
            (start, lanes) =>
            {
                Cursor cursor = new(classes, inner, lanes);
                (Vector<T> max, Vector<T> sum) = Statistics(x + start, cursor);
                Vector<T> inverse = Vector<T>.One / sum;
                for (int k = 0; k < cursor.Steps; k++)
                {
                    Vector<T> value = VectorFunctions.Exp(cursor.Load(x + start, k) - max) * inverse;
                    cursor.Store(value, y + start, k);
                }
            }
        );

    /// <summary>y = x - max - log(sum).</summary>
    public static void ForwardLog(T* x, T* y, long outer, int classes, long inner) =>
        ForEach(
            outer,
            classes,
            inner,
            (start, lanes) =>
            {
                Cursor cursor = new(classes, inner, lanes);
                (Vector<T> max, Vector<T> sum) = Statistics(x + start, cursor);
                Vector<T> log = VectorFunctions.Log(sum);
                for (int k = 0; k < cursor.Steps; k++)
                {
                    cursor.Store(cursor.Load(x + start, k) - max - log, y + start, k);
                }
            }
        );

    /// <summary>dx = y (dy - sum(dy y)).</summary>
    public static void Backward(T* y, T* dy, T* dx, long outer, int classes, long inner) =>
        ForEach(
            outer,
            classes,
            inner,
            (start, lanes) =>
            {
                Cursor cursor = new(classes, inner, lanes);
                Vector<T> sum = Vector<T>.Zero;
                for (int k = 0; k < cursor.Steps; k++)
                {
                    sum += cursor.Load(y + start, k) * cursor.Load(dy + start, k);
                }

                sum = cursor.Across(sum);
                for (int k = 0; k < cursor.Steps; k++)
                {
                    cursor.Store(cursor.Load(y + start, k) * (cursor.Load(dy + start, k) - sum), dx + start, k);
                }
            }
        );

    /// <summary>dx = dy - exp(y) sum(dy), y being the logarithm.</summary>
    public static void BackwardLog(T* y, T* dy, T* dx, long outer, int classes, long inner) =>
        ForEach(
            outer,
            classes,
            inner,
            (start, lanes) =>
            {
                Cursor cursor = new(classes, inner, lanes);
                Vector<T> sum = Vector<T>.Zero;
                for (int k = 0; k < cursor.Steps; k++)
                {
                    sum += cursor.Load(dy + start, k);
                }

                sum = cursor.Across(sum);
                for (int k = 0; k < cursor.Steps; k++)
                {
                    cursor.Store(
                        cursor.Load(dy + start, k) - (VectorFunctions.Exp(cursor.Load(y + start, k)) * sum),
                        dx + start,
                        k
                    );
                }
            }
        );

    /// <summary>Calls the body for every group of positions that are computed side by side: one position where inner is
    /// 1, a vector of them otherwise.</summary>
    private static void ForEach(long outer, int classes, long inner, Slice body)
    {
        if (classes == 0 || inner == 0)
        {
            return;
        }

        long groups = inner == 1 ? 1 : (inner + Vector<T>.Count - 1) / Vector<T>.Count;
        long units = outer * groups,
            unitsPerJob = Math.Max(1, Chunks.Size / ((long)classes * Math.Min(inner, Vector<T>.Count)));
        WorkerPool.For(
            (int)((units + unitsPerJob - 1) / unitsPerJob),
            job =>
            {
                long end = Math.Min(units, (job + 1) * unitsPerJob);
                for (long unit = job * unitsPerJob; unit < end; unit++)
                {
                    long column = unit % groups * Vector<T>.Count;
                    body((unit / groups * classes * inner) + column, (int)Math.Min(Vector<T>.Count, inner - column));
                }
            }
        );
    }

    private static (Vector<T> Max, Vector<T> Sum) Statistics(T* x, Cursor cursor)
    {
        Vector<T> max = new(T.NegativeInfinity),
            sum = Vector<T>.Zero;
        for (int k = 0; k < cursor.Steps; k++)
        {
            max = Vector.Max(max, cursor.Load(x, k, T.NegativeInfinity));
        }

        max = cursor.LargestAcross(max);
        for (int k = 0; k < cursor.Steps; k++)
        {
            sum += VectorFunctions.Exp(cursor.Load(x, k, T.NegativeInfinity) - max);
        }

        return (max, cursor.Across(sum));
    }

    /// <summary>Walks the classes of one group of positions, a vector a step.</summary>
    private readonly struct Cursor(int classes, long inner, int lanes)
    {
        private readonly bool _along = inner == 1;

        public int Steps => _along ? (classes + Vector<T>.Count - 1) / Vector<T>.Count : classes;

        public Vector<T> Load(T* p, int step) =>
            Valid(step) == Vector<T>.Count
                ? Vector.Load(p + Offset(step))
                : PartialVector.Load(p + Offset(step), Valid(step));

        /// <summary>As above, lanes beyond the end holding <paramref name="filler"/>.</summary>
        public Vector<T> Load(T* p, int step, T filler)
        {
            int valid = Valid(step);
            if (valid == Vector<T>.Count)
            {
                return Vector.Load(p + Offset(step));
            }

            Vector<T> value = new(filler);
            T* target = (T*)&value;
            for (int i = 0; i < valid; i++)
            {
                target[i] = p[Offset(step) + i];
            }

            return value;
        }

        public void Store(Vector<T> value, T* p, int step)
        {
            if (Valid(step) == Vector<T>.Count)
            {
                value.Store(p + Offset(step));
            }
            else
            {
                PartialVector.Store(value, p + Offset(step), Valid(step));
            }
        }

        /// <summary>The total: over all lanes where they run along the classes.</summary>
        public Vector<T> Across(Vector<T> sums) => _along ? new Vector<T>(Vector.Sum(sums)) : sums;

        /// <summary>The largest: over all lanes where they run along the classes.</summary>
        public Vector<T> LargestAcross(Vector<T> values)
        {
            if (!_along)
            {
                return values;
            }

            T largest = values[0];
            for (int i = 1; i < Vector<T>.Count; i++)
            {
                largest = T.Max(largest, values[i]);
            }

            return new Vector<T>(largest);
        }

        private long Offset(int step) => _along ? (long)step * Vector<T>.Count : step * inner;

        private int Valid(int step) => _along ? Math.Min(Vector<T>.Count, classes - (step * Vector<T>.Count)) : lanes;
    }
}
