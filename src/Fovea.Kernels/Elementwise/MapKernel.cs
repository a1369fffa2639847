using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Applies a function to a run of floats, vector by vector. Vectors do not wait for each other, so the
/// processor works on several at a time without being told.</summary>
internal static unsafe class MapKernel<TFunction, TVec, TSimd>
    where TFunction : struct, IMapped<TFunction>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>y = f(x); y may be x.</summary>
    /// <param name="x">The run; no alignment needed.</param>
    /// <param name="y">Where the results go.</param>
    /// <param name="count">Floats, a multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i += TSimd.Count)
        {
            TSimd.Store(TFunction.Lanes<TVec, TSimd>(TSimd.Load(x + i)), y + i);
        }
    }
}
