namespace Fovea.Kernels;

/// <summary>How two operands of different shapes meet in one output: output axes with each operand's step along them,
/// neighbouring axes merged where both allow.</summary>
/// <remarks>A step of 0 repeats the operand. Along the last axis both steps are 0 or 1, so the inner loop is a run of
/// memory against a run or against one value.</remarks>
internal sealed class BroadcastPlan
{
    private BroadcastPlan(int[] sizes, long[] stepsA, long[] stepsB)
    {
        Sizes = sizes;
        StepsA = stepsA;
        StepsB = stepsB;
    }

    /// <summary>Sizes of the merged output axes, outermost first; at least one axis.</summary>
    public int[] Sizes { get; }

    /// <summary>Step of the first operand along each axis.</summary>
    public long[] StepsA { get; }

    /// <summary>Step of the second operand along each axis.</summary>
    public long[] StepsB { get; }

    /// <summary>Plans for shapes aligned at their last axes; each operand's size is the output's or 1.</summary>
    public static BroadcastPlan Create(ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> output)
    {
        List<int> sizes = [];
        List<long> stepsA = [],
            stepsB = [];
        long strideA = 1,
            strideB = 1;
        for (int i = 1; i <= output.Length; i++)
        {
            int size = output[^i],
                sizeA = i <= a.Length ? a[^i] : 1,
                sizeB = i <= b.Length ? b[^i] : 1;
            if (size == 1)
            {
                continue;
            }

            long stepA = sizeA == 1 ? 0 : strideA,
                stepB = sizeB == 1 ? 0 : strideB;
            strideA *= sizeA;
            strideB *= sizeB;
            if (
                sizes.Count > 0
                && stepA == stepsA[^1] * sizes[^1]
                && stepB == stepsB[^1] * sizes[^1]
                && (long)sizes[^1] * size <= int.MaxValue
            )
            {
                sizes[^1] *= size;
                continue;
            }

            sizes.Add(size);
            stepsA.Add(stepA);
            stepsB.Add(stepB);
        }

        if (sizes.Count == 0)
        {
            return new BroadcastPlan([1], [0], [0]);
        }

        sizes.Reverse();
        stepsA.Reverse();
        stepsB.Reverse();
        return new BroadcastPlan([.. sizes], [.. stepsA], [.. stepsB]);
    }
}
