using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>Products with the logistic function 1 / (1 + exp(-x)), the body of sigmoid, SiLU and GELU in its tanh form.</summary>
internal static class Logistic
{
    private const float Log2E = 1.44269504f;
    private const float Ln2 = 0.693147182f;

    /// <summary>a / (1 + exp(-x)), relative error below 6e-7; the factor of a is 0 below x = -88.37 (512 bits: -87.33), where it would be subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Times<TVec, TSimd>(TVec a, TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> =>
        typeof(TVec) == typeof(Vector512<float>)
            ? Unsafe.BitCast<Vector512<float>, TVec>(Unsafe.BitCast<TVec, Vector512<float>>(a) * Value(Unsafe.BitCast<TVec, Vector512<float>>(x)))
            : TSimd.Divide(a, OnePlusExp<TVec, TSimd>(x));

    /// <summary>1 + exp(-x), with exp(-x) = 2^n exp(-r), n = round(-x / ln 2), r = x + n ln 2 and the minimax polynomial of degree 5 for exp(-r), off by 9.4e-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec OnePlusExp<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        // The bounds keep n in -126 ... 128; 2^128 is infinity. Adding 3 * 2^22 rounds to whole numbers, 127 more makes the lowest bits a float's exponent.
        TVec bounded = TSimd.Clamp(x, TSimd.Splat(-88.9f), TSimd.Splat(87.3f)), round = TSimd.Splat(12582912f + 127f), one = TSimd.Splat(1f);
        TVec rounded = TSimd.MultiplyAdd(bounded, TSimd.Splat(-Log2E), round), n = TSimd.Subtract(rounded, round);
        TVec r = TSimd.MultiplyAdd(n, TSimd.Splat(-2.12194442e-4f), TSimd.MultiplyAdd(n, TSimd.Splat(0.693359375f), bounded)); // ln 2 in two pieces, the first of so few bits that its product is exact
        TVec p = TSimd.MultiplyAdd(r, TSimd.Splat(-0.00829022937f), TSimd.Splat(0.0418983884f));
        p = TSimd.MultiplyAdd(r, p, TSimd.Splat(-0.166676402f));
        p = TSimd.MultiplyAdd(r, p, TSimd.Splat(0.499991447f));
        p = TSimd.MultiplyAdd(r, p, TSimd.Splat(-0.999999702f));
        p = TSimd.MultiplyAdd(r, p, one);
        return TSimd.MultiplyAdd(p, TSimd.PowerOfTwo(rounded), one);
    }

    /// <summary>
    /// The logistic function at 512 bits, where a division takes 10 cycles of one unit, as long as all of this: exp(-x) = 2^n T[j] exp(-r) from a table of 32 powers 2^(j / 32), which leaves a
    /// polynomial of degree 2, off by 5.5e-8; the reciprocal from an estimate of 14 bits and one Newton step.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Value(Vector512<float> x)
    {
        Vector512<float> bounded = Vector512.MinNative(Vector512.Create(88f), x), round = Vector512.Create(393216f), one = Vector512<float>.One; // in this order no-number stays no-number
        Vector512<float> rounded = Avx512F.FusedMultiplyAdd(bounded, Vector512.Create(-Log2E), round); // 3 * 2^17: to multiples of 1 / 32, whose index j is in the lowest bits
        Vector512<float> n = rounded - round, r = Avx512F.FusedMultiplyAdd(n, Vector512.Create(Ln2), bounded);
        Vector512<float> scale = Avx512F.Scale(Avx512F.PermuteVar16x32x2(PowersBelow, rounded.AsInt32(), PowersAbove), n); // takes the floor of n
        Vector512<float> p = Avx512F.FusedMultiplyAdd(Avx512F.FusedMultiplyAdd(r, Vector512.Create(0.499999970f), Vector512.Create(-1.00001490f)), r, one);
        Vector512<float> sum = Avx512F.FusedMultiplyAdd(scale, p, one), inverse = Avx512F.Reciprocal14(sum);
        Vector512<float> refined = inverse * Avx512F.FusedMultiplyAddNegated(sum, inverse, Vector512.Create(2f));
        return Vector512.ConditionalSelect(Avx512F.CompareNotLessThan(x, Vector512.Create(-87.33f)), refined, Vector512<float>.Zero); // below, the sum may be infinite
    }

    private static Vector512<float> PowersBelow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            1f, 1.02189715f, 1.04427378f, 1.0671404f, 1.09050773f, 1.11438674f, 1.13878863f, 1.16372486f,
            1.18920712f, 1.21524736f, 1.24185781f, 1.26905096f, 1.29683955f, 1.32523664f, 1.35425555f, 1.38390988f);
    }

    private static Vector512<float> PowersAbove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            1.41421356f, 1.44518081f, 1.47682615f, 1.50916443f, 1.54221083f, 1.57598085f, 1.61049033f, 1.64575548f,
            1.68179283f, 1.7186193f, 1.75625216f, 1.79470908f, 1.83400809f, 1.87416763f, 1.91520656f, 1.95714412f);
    }
}
