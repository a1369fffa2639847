using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>y = 1 / (1 + exp(-x)).</summary>
internal readonly record struct SigmoidFunction : IUnaryFunction, IMapped<SigmoidFunction>
{
    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorFunctions.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> => Logistic.Times<TVec, TSimd>(TSimd.Splat(1f), x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient * (saved * (Vector<T>.One - saved));
}

/// <summary>y = tanh(x).</summary>
internal readonly record struct TanhFunction : IUnaryFunction, IMapped<TanhFunction>
{
    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorFunctions.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        // x P(x²) / Q(x²), relative error 2.1e-8 up to 9.02, from where on the result is 1.
        TVec bounded = TSimd.Clamp(x, TSimd.Splat(-9.02f), TSimd.Splat(9.02f)),
            z = TSimd.Multiply(bounded, bounded);
        TVec p = TSimd.MultiplyAdd(z, TSimd.Splat(1.33190659e-8f), TSimd.Splat(2.05834767e-5f));
        p = TSimd.MultiplyAdd(z, p, TSimd.Splat(0.00349403429f));
        p = TSimd.MultiplyAdd(z, p, TSimd.Splat(0.133797169f));
        p = TSimd.MultiplyAdd(z, p, TSimd.Splat(1f));
        TVec q = TSimd.MultiplyAdd(z, TSimd.Splat(7.76201659e-7f), TSimd.Splat(0.000328309223f));
        q = TSimd.MultiplyAdd(z, q, TSimd.Splat(0.025871072f));
        q = TSimd.MultiplyAdd(z, q, TSimd.Splat(0.467130333f));
        q = TSimd.MultiplyAdd(z, q, TSimd.Splat(1f));
        return TSimd.Clamp(TSimd.Divide(TSimd.Multiply(bounded, p), q), TSimd.Splat(-1f), TSimd.Splat(1f));
    }

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient * (Vector<T>.One - (saved * saved));
}

/// <summary>y = ln(1 + exp(beta x)) / beta, and x where beta x exceeds the threshold.</summary>
internal readonly record struct SoftplusFunction(double Beta, double Threshold) : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> beta = VectorFunctions.Splat<T>(Beta),
            scaled = x * beta;
        Vector<T> smooth = Vector.Max(x, Vector<T>.Zero) + (VectorFunctions.LogOnePlusExp(Vector.Abs(scaled)) / beta);
        return Vector.ConditionalSelect(Vector.GreaterThan(scaled, VectorFunctions.Splat<T>(Threshold)), x, smooth);
    }

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> scaled = saved * VectorFunctions.Splat<T>(Beta);
        Vector<T> smooth = -(gradient * VectorFunctions.ExpMinusOne(-scaled));
        return Vector.ConditionalSelect(
            Vector.GreaterThan(scaled, VectorFunctions.Splat<T>(Threshold)),
            gradient,
            smooth
        );
    }
}

/// <summary>y = erf(x), the error function: 2 / sqrt(pi) times the integral of exp(-t²) from 0 to x.</summary>
internal readonly record struct ErfFunction : IUnaryFunction
{
    private const double Slope = 1.12837916709551257390; // 2 / sqrt(pi)

    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ErrorFunction.Erf(x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        gradient * VectorFunctions.Splat<T>(Slope) * VectorFunctions.Exp(-(saved * saved));
}

/// <summary>y = x P(x), P the normal distribution function.</summary>
internal readonly record struct GeluFunction : IUnaryFunction, IMapped<GeluFunction>
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => x * NormalDistribution.Cumulative(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> =>
        TSimd.Subtract(
            TSimd.Clamp(x, TSimd.Zero, TSimd.Splat(float.PositiveInfinity)),
            NormalDistribution.Tail<TVec, TSimd>(x)
        );

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        gradient * (NormalDistribution.Cumulative(saved) + NormalDistribution.FirstMoment(saved));
}

/// <summary>y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³))) / 2, with (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u)), which does
/// not cancel.</summary>
internal readonly record struct GeluTanhFunction : IUnaryFunction, IMapped<GeluTanhFunction>
{
    private const double Rate = 0.79788456080286535588; // sqrt(2 / pi)
    private const double Cubic = 0.044715;

    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        x
        * VectorFunctions.Sigmoid(
            x * (VectorFunctions.Splat<T>(2 * Rate) + (VectorFunctions.Splat<T>(2 * Rate * Cubic) * x * x))
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> =>
        Logistic.Times<TVec, TSimd>(
            x,
            TSimd.Multiply(
                x,
                TSimd.MultiplyAdd(
                    TSimd.Multiply(x, x),
                    TSimd.Splat((float)(2 * Rate * Cubic)),
                    TSimd.Splat((float)(2 * Rate))
                )
            )
        );

    // s + x s (1 - s) u' with s = 1 / (1 + exp(-u)); s (1 - s) = e / (1 + e)² for e = exp(-|u|). Beyond 30 all are 0 or 1.
    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> x = VectorFunctions.Within(saved, -30.0, 30.0),
            rate = VectorFunctions.Splat<T>(2 * Rate),
            cubic = VectorFunctions.Splat<T>(2 * Rate * Cubic) * x * x;
        Vector<T> e = VectorFunctions.Exp(-Vector.Abs(x * (rate + cubic))),
            inverse = Vector<T>.One / (Vector<T>.One + e),
            lower = e * inverse;
        Vector<T> slope = rate + (VectorFunctions.Splat<T>(3.0) * cubic),
            s = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), lower, inverse);
        return gradient * (s + (x * slope * (lower * inverse)));
    }
}

/// <summary>y = x / (1 + exp(-x)).</summary>
internal readonly record struct SiluFunction : IUnaryFunction, IMapped<SiluFunction>
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => x * VectorFunctions.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> => Logistic.Times<TVec, TSimd>(x, x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> x = VectorFunctions.WithinSigmoid(saved),
            s = VectorFunctions.SigmoidWithin(x);
        return gradient * s * (Vector<T>.One + (x * (Vector<T>.One - s)));
    }
}

/// <summary>y = x tanh(ln(1 + exp(x))), with tanh(ln(1 + e)) = n / (n + 2) for n = e (e + 2).</summary>
internal readonly record struct MishFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> n = Numerator(x);
        return x * (n / (n + VectorFunctions.Splat<T>(2.0)));
    }

    // (n + 4 x e (e + 1) / (n + 2)) / (n + 2)
    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> x = VectorFunctions.Within(saved, -1000.0, 40.0), // where the derivative is 0 or 1
            e = VectorFunctions.Exp(x),
            n = e * (e + VectorFunctions.Splat<T>(2.0)),
            sum = n + VectorFunctions.Splat<T>(2.0);
        Vector<T> bend = VectorFunctions.Splat<T>(4.0) * x * (e * (Vector<T>.One + e) / sum);
        return gradient * ((n + bend) / sum);
    }

    // From 20 on the quotient is 1 in double already; the bound keeps its parts finite.
    private static Vector<T> Numerator<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> limit = VectorFunctions.Splat<T>(20.0);
        Vector<T> e = VectorFunctions.Exp(Vector.ConditionalSelect(Vector.GreaterThan(x, limit), limit, x));
        return e * (e + VectorFunctions.Splat<T>(2.0));
    }
}

/// <summary>The normal distribution of mean 0 and variance 1.</summary>
internal static class NormalDistribution
{
    /// <summary>The probability of a value up to x: erfc(-x / sqrt(2)) / 2.</summary>
    public static Vector<T> Cumulative<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        VectorFunctions.Splat<T>(0.5) * ErrorFunction.Erfc(x * VectorFunctions.Splat<T>(-0.70710678118654752440));

    /// <summary>|x| times the probability of a value beyond |x|, relative error below 1e-6 (1 + x² / 4); from 13.2 on
    /// as at 13.2, 6e-39.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Tail<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        // The probability is exp(-x² / 2) P(|x|) / Q(|x|), off by 5e-9.
        TVec bounded = TSimd.Clamp(x, TSimd.Splat(-13.2f), TSimd.Splat(13.2f)),
            size = TSimd.Abs(bounded);
        TVec p = TSimd.MultiplyAdd(size, TSimd.Splat(0.00403700423f), TSimd.Splat(0.0400980937f));
        p = TSimd.MultiplyAdd(size, p, TSimd.Splat(0.181645919f));
        p = TSimd.MultiplyAdd(size, p, TSimd.Splat(0.436146349f));
        p = TSimd.MultiplyAdd(size, p, TSimd.Splat(0.5f));
        TVec q = TSimd.MultiplyAdd(size, TSimd.Splat(0.0101191301f), TSimd.Splat(0.100518225f));
        q = TSimd.MultiplyAdd(size, q, TSimd.Splat(0.465275462f));
        q = TSimd.MultiplyAdd(size, q, TSimd.Splat(1.19589654f));
        q = TSimd.MultiplyAdd(size, q, TSimd.Splat(1.67017763f));
        q = TSimd.MultiplyAdd(size, q, TSimd.Splat(1f));
        TVec density = Exponential.OfNegative<TVec, TSimd>(
            TSimd.Multiply(TSimd.Multiply(bounded, TSimd.Splat(0.5f)), bounded),
            TSimd.Zero
        );
        return TSimd.Divide(TSimd.Multiply(TSimd.Multiply(size, p), density), q);
    }

    /// <summary>x exp(-x² / 2) / sqrt(2 pi), which is 0 from 40 on even in double.</summary>
    public static Vector<T> FirstMoment<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        x = VectorFunctions.Within(x, -40.0, 40.0);
        return x
            * (
                VectorFunctions.Splat<T>(0.39894228040143267794)
                * VectorFunctions.Exp(x * x * VectorFunctions.Splat<T>(-0.5))
            );
    }
}
