using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Sums over any set of axes, unrecorded: neighbouring axes are merged, then each merged axis is summed,
/// innermost first, in double.</summary>
internal static class AxisSum
{
    /// <summary>scale times the sum over the axes marked <paramref name="reduced"/>, rounded once at the end.</summary>
    /// <param name="x">Any float tensor.</param>
    /// <param name="reduced">One mark an axis.</param>
    /// <param name="output">A shape of as many elements as the axes not reduced have.</param>
    /// <param name="scale">Factor of the result.</param>
    public static Tensor Compute(Tensor x, ReadOnlySpan<bool> reduced, Shape output, double scale = 1.0)
    {
        Tensor result = Tensor.Uninitialized(output, x.DType);
        List<(long Size, bool Reduced)> axes = Merge(x.Shape, reduced);
        if (x.DType == DType.Float64)
        {
            Compute<double>(x, axes, result, scale);
        }
        else
        {
            Compute<float>(x, axes, result, scale);
        }

        return result;
    }

    private static List<(long Size, bool Reduced)> Merge(Shape shape, ReadOnlySpan<bool> reduced)
    {
        List<(long Size, bool Reduced)> axes = [];
        for (int i = 0; i < reduced.Length; i++)
        {
            if (axes.Count > 0 && axes[^1].Reduced == reduced[i])
            {
                axes[^1] = (axes[^1].Size * shape.Sizes[i], reduced[i]);
            }
            else
            {
                axes.Add((shape.Sizes[i], reduced[i]));
            }
        }

        if (!axes.Any(a => a.Reduced))
        {
            axes.Add((1, true));
        }

        return axes;
    }

    private static unsafe void Compute<T>(Tensor x, List<(long Size, bool Reduced)> axes, Tensor result, double scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long inner = 1,
            outer = axes.Aggregate(1L, (product, axis) => product * axis.Size);
        Tensor? sums = null;
        if (outer == 0)
        {
            result.Fill(0.0);
            return;
        }

        for (int i = axes.Count - 1; i >= 0; i--)
        {
            outer /= axes[i].Size;
            if (!axes[i].Reduced)
            {
                inner *= axes[i].Size;
                continue;
            }

            Tensor next = Tensor.Uninitialized([checked((int)(outer * inner))], DType.Float64);
            if (sums is null)
            {
                SumKernel.Run(x.Pointer<T>(), next.Pointer<double>(), outer, axes[i].Size, inner);
            }
            else
            {
                SumKernel.Run(sums.Pointer<double>(), next.Pointer<double>(), outer, axes[i].Size, inner);
            }

            GC.KeepAlive(sums);
            sums = next;
        }

        SumKernel.Finish(sums!.Pointer<double>(), result.Pointer<T>(), result.Count, scale);
        GC.KeepAlive(sums);
        GC.KeepAlive(x);
        GC.KeepAlive(result);
    }
}
