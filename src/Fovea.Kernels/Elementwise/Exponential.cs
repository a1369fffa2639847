using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>The exponential function where the range of its argument is known, for the functions of compiled networks:
/// no bounds are checked.</summary>
internal static class Exponential
{
    private const float Log2E = 1.44269504f;

    /// <summary>exp(-x) + c for x of -88.9 to 87.3; relative error below 4e-7 in the exponential, which is infinite
    /// from -88.37 on except at 512 bits. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec OfNegative<TVec, TSimd>(TVec x, TVec c)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> =>
        typeof(TVec) == typeof(Vector512<float>)
            ? Unsafe.BitCast<Vector512<float>, TVec>(
                ByTable(Unsafe.BitCast<TVec, Vector512<float>>(x), Unsafe.BitCast<TVec, Vector512<float>>(c))
            )
            : ByPolynomial<TVec, TSimd>(x, c);

    /// <summary>exp(-x) = 2^n exp(-r) with n = round(-x / ln 2), r = x + n ln 2, and the minimax polynomial of degree 5
    /// for exp(-r), off by 9.4e-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec ByPolynomial<TVec, TSimd>(TVec x, TVec c)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        TVec round = TSimd.Splat(12582912f + 127f); // adding 3 * 2^22 rounds to whole numbers, 127 more makes the lowest bits the exponent of a float
        TVec rounded = TSimd.MultiplyAdd(x, TSimd.Splat(-Log2E), round),
            n = TSimd.Subtract(rounded, round);
        TVec r = TSimd.MultiplyAdd(n, TSimd.Splat(-2.12194442e-4f), TSimd.MultiplyAdd(n, TSimd.Splat(0.693359375f), x)); // ln 2 in two pieces, the first of so few bits that its product is exact
        TVec p = TSimd.MultiplyAdd(r, TSimd.Splat(-0.00829022937f), TSimd.Splat(0.0418983884f));
        p = TSimd.MultiplyAdd(r, p, TSimd.Splat(-0.166676402f));
        p = TSimd.MultiplyAdd(r, p, TSimd.Splat(0.499991447f));
        p = TSimd.MultiplyAdd(r, p, TSimd.Splat(-0.999999702f));
        p = TSimd.MultiplyAdd(r, p, TSimd.Splat(1f));
        return TSimd.MultiplyAdd(p, TSimd.PowerOfTwo(rounded), c);
    }

    /// <summary>The same at 512 bits, where one instruction looks up 32 values: exp(-x) = 2^n 2^(j / 32) exp(-r), which
    /// leaves a polynomial of degree 2, off by 5.5e-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ByTable(Vector512<float> x, Vector512<float> c)
    {
        Vector512<float> round = Vector512.Create(393216f); // adding 3 * 2^17 rounds to multiples of 1 / 32; j is in the lowest bits
        Vector512<float> rounded = Avx512F.FusedMultiplyAdd(x, Vector512.Create(-Log2E), round),
            n = rounded - round;
        Vector512<float> r = Avx512F.FusedMultiplyAdd(n, Vector512.Create(0.693147182f), x);
        Vector512<float> p = Avx512F.FusedMultiplyAdd(r, Vector512.Create(0.49999997f), Vector512.Create(-1.0000149f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512<float>.One);
        return Avx512F.FusedMultiplyAdd(
            Avx512F.Scale(Avx512F.PermuteVar16x32x2(PowersBelow, rounded.AsInt32(), PowersAbove), n),
            p,
            c
        ); // scales by 2^floor(n)
    }

    /// <summary>2^(j / 32) for j of 0 to 15.</summary>
    private static Vector512<float> PowersBelow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get =>
            Vector512.Create(
                1f,
                1.02189715f,
                1.04427378f,
                1.0671404f,
                1.09050773f,
                1.11438674f,
                1.13878863f,
                1.16372486f,
                1.18920712f,
                1.21524736f,
                1.24185781f,
                1.26905096f,
                1.29683955f,
                1.32523664f,
                1.35425555f,
                1.38390988f
            );
    }

    /// <summary>2^(j / 32) for j of 16 to 31.</summary>
    private static Vector512<float> PowersAbove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get =>
            Vector512.Create(
                1.41421356f,
                1.44518081f,
                1.47682615f,
                1.50916443f,
                1.54221083f,
                1.57598085f,
                1.61049033f,
                1.64575548f,
                1.68179283f,
                1.7186193f,
                1.75625216f,
                1.79470908f,
                1.83400809f,
                1.87416763f,
                1.91520656f,
                1.95714412f
            );
    }
}
