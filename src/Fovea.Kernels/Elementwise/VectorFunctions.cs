using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Functions on vectors of float or double, written once for both. Every lane is computed alike, wherever it stands.</summary>
internal static class VectorFunctions
{
    /// <summary>All lanes <paramref name="value"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Splat<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(T.CreateTruncating(value));

    /// <summary>e to the x.</summary>
    public static Vector<T> Exp<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Vector.Exp(x.As<T, float>()).As<float, T>() : Vector.Exp(x.As<T, double>()).As<double, T>();

    /// <summary>The natural logarithm.</summary>
    public static Vector<T> Log<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Vector.Log(x.As<T, float>()).As<float, T>() : Vector.Log(x.As<T, double>()).As<double, T>();

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static Vector<T> Sigmoid<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector<T>.One / (Vector<T>.One + Exp(-x));

    /// <summary>log(1 + x) for x of 0 or more, exact in relative terms also near 0 (Kahan's correction of the rounding of 1 + x).</summary>
    public static Vector<T> LogOnePlus<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> sum = Vector<T>.One + x;
        Vector<T> corrected = Log(sum) * (x / (sum - Vector<T>.One));
        return Vector.ConditionalSelect(Vector.Equals(sum, Vector<T>.One), x, corrected);
    }

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

    /// <summary>exp(x) - 1, exact in relative terms also near 0, from exp(x) - 1 = 2 t / (1 - t) with t = tanh(x / 2).</summary>
    public static Vector<T> ExpMinusOne<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (Vector<T> p, Vector<T> q) = TanhFraction(x * Splat<T>(0.5));
        Vector<T> near = (p + p) / (q - p);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), Vector<T>.One), near, Exp(x) - Vector<T>.One);
    }

    /// <summary>tanh(x) = p / q for |x| up to 1/2: Lambert's continued fraction x / (1 + x² / (3 + x² / (5 + ... 13))), relative error 2e-16.</summary>
    private static (Vector<T> P, Vector<T> Q) TanhFraction<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> z = x * x;
        Vector<T> p = ((((z + Splat<T>(378.0)) * z) + Splat<T>(17325.0)) * z) + Splat<T>(135135.0);
        Vector<T> q = (((((Splat<T>(28.0) * z) + Splat<T>(3150.0)) * z) + Splat<T>(62370.0)) * z) + Splat<T>(135135.0);
        return (x * p, q);
    }
}
