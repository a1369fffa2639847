using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Functions on vectors of float or double, written once for both. Every lane is computed alike, wherever it
/// stands.</summary>
internal static class VectorFunctions
{
    private const double LowestSingle = -104.0; // exp is 0 in float
    private const double HighestSingle = 89.0; // and infinite

    /// <summary>All lanes <paramref name="value"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Splat<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(T.CreateTruncating(value));

    /// <summary>e to the x; 1 exactly at 0, relative error below 2e-7 in float.</summary>
    /// <remarks>Not <c>Vector.Exp</c> for float: that one gives 1.0000001 at 0, which a softmax of one class, or a
    /// logarithm of it, would show.</remarks>
    public static Vector<T> Exp<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float)
            ? ExpSingle(x.As<T, float>()).As<float, T>()
            : Vector.Exp(x.As<T, double>()).As<double, T>();

    /// <summary>The natural logarithm.</summary>
    public static Vector<T> Log<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float)
            ? Vector.Log(x.As<T, float>()).As<float, T>()
            : Vector.Log(x.As<T, double>()).As<double, T>();

    /// <summary>min(max(x, low), high). NaN stays NaN.</summary>
    /// <remarks>For products of x with what is 0 long before the bounds, which an infinity would make NaN.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Within<T>(Vector<T> x, double low, double high)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.MaxNative(Splat<T>(low), Vector.MinNative(Splat<T>(high), x)); // in this order no-number stays no-number

    /// <summary>x, and where 1 / (1 + exp(-x)) is 0 or 1 some other finite x of which that is true. NaN stays NaN.</summary>
    /// <remarks>For products of x with what is 0 there, which an infinite x would make NaN.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> WithinSigmoid<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Within(x, -HighestSingle, -LowestSingle) : Within(x, -1000.0, 1000.0);

    /// <summary>1 / (1 + exp(-x)) for an x of <see cref="WithinSigmoid"/>.</summary>
    public static Vector<T> SigmoidWithin<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float)
            ? Vector<T>.One / (Vector<T>.One + ExpOfRange((-x).As<T, float>()).As<float, T>())
            : Sigmoid(x);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static Vector<T> Sigmoid<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector<T>.One / (Vector<T>.One + Exp(-x));

    /// <summary>log(1 + x) for x of 0 or more, exact in relative terms also near 0 (Kahan's correction of the rounding
    /// of 1 + x).</summary>
    public static Vector<T> LogOnePlus<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> sum = Vector<T>.One + x;
        Vector<T> corrected = Log(sum) * (x / (sum - Vector<T>.One));
        return Vector.ConditionalSelect(Vector.Equals(sum, Vector<T>.One), x, corrected);
    }

    /// <summary>log(1 + exp(-x)) for x of 0 or more, exact in relative terms.</summary>
    public static Vector<T> LogOnePlusExp<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => LogOnePlus(ExpCalled(-x));

    // Together with the logarithm it is more than the compiler takes in one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector<T> ExpCalled<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Exp(x);

    /// <summary>tanh(x), exact in relative terms also near 0.</summary>
    public static Vector<T> Tanh<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> size = Vector.Abs(x);
        (Vector<T> p, Vector<T> q) = TanhFraction(x);
        Vector<T> tail = Vector<T>.One - (Splat<T>(2.0) / (Exp(size + size) + Vector<T>.One));
        Vector<T> far = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -tail, tail);
        return Vector.ConditionalSelect(Vector.LessThan(size, Splat<T>(0.5)), p / q, far);
    }

    /// <summary>exp(x) - 1, exact in relative terms also near 0, from exp(x) - 1 = 2 t / (1 - t) with t = tanh(x /
    /// 2).</summary>
    public static Vector<T> ExpMinusOne<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (Vector<T> p, Vector<T> q) = TanhFraction(x * Splat<T>(0.5));
        Vector<T> near = (p + p) / (q - p);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), Vector<T>.One), near, Exp(x) - Vector<T>.One);
    }

    /// <summary>tanh(x) = p / q for |x| up to 1/2: Lambert's continued fraction x / (1 + x² / (3 + x² / (5 + ... 13))),
    /// relative error 2e-16.</summary>
    private static (Vector<T> P, Vector<T> Q) TanhFraction<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> z = x * x;
        Vector<T> p = ((((z + Splat<T>(378.0)) * z) + Splat<T>(17325.0)) * z) + Splat<T>(135135.0);
        Vector<T> q = (((((Splat<T>(28.0) * z) + Splat<T>(3150.0)) * z) + Splat<T>(62370.0)) * z) + Splat<T>(135135.0);
        return (x * p, q);
    }

    private static Vector<float> ExpSingle(Vector<float> x) => ExpOfRange(Within(x, LowestSingle, HighestSingle));

    /// <summary>For x of -104 to 89: exp(x) = 2^n exp(r) with n = round(x / ln 2), ln 2 being taken off in two pieces; exp(r) = 1 + r + r²
    /// q(r), q the Chebyshev interpolant of degree 5 on ±0.35, off by 2.4e-10.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> ExpOfRange(Vector<float> x)
    {
        Vector<float> n = Vector.Round(x * 1.44269504f);
        Vector<float> r = x - (n * 0.693359375f) + (n * 2.12194440e-4f);
        Vector<float> q = (r * 0.00019891981f) + new Vector<float>(0.00139345419f);
        q = (q * r) + new Vector<float>(0.00833331002f);
        q = (q * r) + new Vector<float>(0.0416664568f);
        q = (q * r) + new Vector<float>(0.166666667f);
        q = (q * r) + new Vector<float>(0.5f);

        // 2^n in two factors, so that results beyond the normal range round to infinity and to the subnormal numbers.
        Vector<int> exponent = Vector.ConvertToInt32Native(n),
            half = exponent >> 1,
            bias = new(127);
        Vector<float> first = Vector.AsVectorSingle((half + bias) << 23),
            second = Vector.AsVectorSingle((exponent - half + bias) << 23);
        return ((q * r * r) + r + Vector<float>.One) * first * second;
    }
}
