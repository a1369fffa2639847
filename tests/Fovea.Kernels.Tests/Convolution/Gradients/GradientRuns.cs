using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>What tests of gradients of weights call.</summary>
internal static unsafe class GradientRuns
{
    /// <summary>A call on all items of two maps.</summary>
    public static WeightsGradientCall Call(GuardedMap x, GuardedMap dy, int items, NativeBuffer sums) =>
        new()
        {
            X = x.Pointer,
            XItem = x.ItemStride,
            Dy = dy.Pointer,
            DyItem = dy.ItemStride,
            Items = items,
            Sums = sums.Pointer,
        };
}
