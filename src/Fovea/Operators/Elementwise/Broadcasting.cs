using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Arithmetic on tensors of different shapes that is not recorded: what the operators of two inputs compute
/// with.</summary>
internal static class Broadcasting
{
    /// <summary>f(a, b) over the shape both broadcast to.</summary>
    public static Tensor Compute<TFunction>(Tensor a, Tensor b, Shape output)
        where TFunction : struct, IBinaryFunction
    {
        Tensor result = Tensor.Uninitialized(output, a.DType);
        if (a.DType == DType.Float64)
        {
            Compute<double, TFunction>(a, b, result);
        }
        else
        {
            Compute<float, TFunction>(a, b, result);
        }

        return result;
    }

    /// <summary>A tensor repeated to a larger shape and scaled.</summary>
    public static Tensor Expand(Tensor x, Shape shape, double scale = 1.0) =>
        Compute<MultiplyFunction>(x, Tensor.Scalar(scale, x.DType), shape);

    /// <summary>1 where a relation of whole numbers holds, else 0, as Float32; exact for all of Int64.</summary>
    public static Tensor ComputeIntegers(Tensor a, Tensor b, Shape output, Func<long, long, bool> holds)
    {
        BroadcastPlan plan = BroadcastPlan.Create(a.Shape.Sizes, b.Shape.Sizes, output.Sizes);
        long[] left = a.ToArray<long>(),
            right = b.ToArray<long>();
        float[] result = new float[checked((int)output.Count)];
        for (int i = 0; i < result.Length; i++)
        {
            (long from, long other) = (0, 0);
            for (int axis = plan.Sizes.Length - 1, rest = i; axis >= 0; axis--)
            {
                int at = rest % plan.Sizes[axis];
                (from, other) = (from + (at * plan.StepsA[axis]), other + (at * plan.StepsB[axis]));
                rest /= plan.Sizes[axis];
            }

            result[i] = holds(left[from], right[other]) ? 1f : 0f;
        }

        return Tensor.From(result, output);
    }

    private static unsafe void Compute<T, TFunction>(Tensor a, Tensor b, Tensor result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IBinaryFunction
    {
        if (result.Count > 0)
        {
            BroadcastPlan plan = BroadcastPlan.Create(a.Shape.Sizes, b.Shape.Sizes, result.Shape.Sizes);
            BroadcastKernel<T, TFunction>.Run(plan, a.Pointer<T>(), b.Pointer<T>(), result.Pointer<T>());
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(result);
    }
}
