using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Runs a function of two elements over operands that broadcast.</summary>
/// <remarks>Lanes are consecutive output elements. A partial vector goes through a buffer on the stack. The result may
/// be an operand of the same shape.</remarks>
internal static unsafe class BroadcastKernel<T, TFunction>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFunction : struct, IBinaryFunction
{
    /// <summary>y = f(a, b).</summary>
    public static void Run(BroadcastPlan plan, T* a, T* b, T* y)
    {
        long count = 1;
        foreach (int size in plan.Sizes)
        {
            count *= size;
        }

        Chunks.For(count, (start, length) => RunChunk(plan, a, b, y, start, length));
    }

    private static void RunChunk(BroadcastPlan plan, T* a, T* b, T* y, long start, int length)
    {
        int last = plan.Sizes.Length - 1,
            run = plan.Sizes[last];
        Span<int> index = stackalloc int[plan.Sizes.Length];
        long rest = start,
            offsetA = 0,
            offsetB = 0;
        for (int axis = last; axis >= 0; axis--)
        {
            index[axis] = (int)(rest % plan.Sizes[axis]);
            rest /= plan.Sizes[axis];
            offsetA += index[axis] * plan.StepsA[axis];
            offsetB += index[axis] * plan.StepsB[axis];
        }

        bool repeatA = plan.StepsA[last] == 0,
            repeatB = plan.StepsB[last] == 0;
        for (long done = 0; done < length; )
        {
            int piece = (int)Math.Min(run - index[last], length - done);
            RunRow(a + offsetA, repeatA, b + offsetB, repeatB, y + start + done, piece);
            done += piece;
            index[last] += piece;
            offsetA += piece * plan.StepsA[last];
            offsetB += piece * plan.StepsB[last];
            for (int axis = last; axis > 0 && index[axis] == plan.Sizes[axis]; axis--)
            {
                offsetA += plan.StepsA[axis - 1] - (plan.Sizes[axis] * plan.StepsA[axis]);
                offsetB += plan.StepsB[axis - 1] - (plan.Sizes[axis] * plan.StepsB[axis]);
                index[axis] = 0;
                index[axis - 1]++;
            }
        }
    }

    private static void RunRow(T* a, bool repeatA, T* b, bool repeatB, T* y, int count)
    {
        if (repeatA)
        {
            OneAndMany(new Vector<T>(*a), b, repeatB, y, count);
        }
        else if (repeatB)
        {
            ManyAndOne(a, new Vector<T>(*b), y, count);
        }
        else
        {
            ManyAndMany(a, b, y, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ManyAndMany(T* a, T* b, T* y, int count)
    {
        TFunction function = default;
        int lanes = Vector<T>.Count,
            i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            function.Value(Vector.Load(a + i), Vector.Load(b + i)).Store(y + i);
        }

        if (i < count)
        {
            PartialVector.Store(
                function.Value(PartialVector.Load(a + i, count - i), PartialVector.Load(b + i, count - i)),
                y + i,
                count - i
            );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ManyAndOne(T* a, Vector<T> b, T* y, int count)
    {
        TFunction function = default;
        int lanes = Vector<T>.Count,
            i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            function.Value(Vector.Load(a + i), b).Store(y + i);
        }

        if (i < count)
        {
            PartialVector.Store(function.Value(PartialVector.Load(a + i, count - i), b), y + i, count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneAndMany(Vector<T> a, T* b, bool repeatB, T* y, int count)
    {
        TFunction function = default;
        int lanes = Vector<T>.Count;
        for (int i = 0; i < count; i += lanes)
        {
            int rest = Math.Min(lanes, count - i);
            Vector<T> other =
                repeatB ? new Vector<T>(*b)
                : rest == lanes ? Vector.Load(b + i)
                : PartialVector.Load(b + i, rest);
            Vector<T> value = function.Value(a, other);
            if (rest == lanes)
            {
                value.Store(y + i);
            }
            else
            {
                PartialVector.Store(value, y + i, rest);
            }
        }
    }
}
