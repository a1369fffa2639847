using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>The largest value; NaN wins.</summary>
internal readonly struct LargestRule<TVec, TSimd> : IPoolRule<TVec>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    public static TVec Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSimd.Splat(float.NegativeInfinity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Combine(TVec result, TVec value) => TSimd.Max(result, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Finish(TVec result, TVec share) => result;
}

/// <summary>The sum, times a share.</summary>
internal readonly struct MeanRule<TVec, TSimd> : IPoolRule<TVec>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    public static TVec Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSimd.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Combine(TVec result, TVec value) => TSimd.Add(result, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Finish(TVec result, TVec share) => TSimd.MultiplyAdd(result, share, TSimd.Zero);
}
