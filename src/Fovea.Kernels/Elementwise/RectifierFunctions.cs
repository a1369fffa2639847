using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>y = max(x, 0). Not-a-number stays. The gradient at 0 is 0.</summary>
internal readonly record struct ReluFunction : IUnaryFunction, IClamp
{
    float IClamp.Low => 0f;

    float IClamp.High => float.PositiveInfinity;

    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<T>.Zero), Vector<T>.Zero, x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(saved, Vector<T>.Zero), Vector<T>.Zero, gradient);
}

/// <summary>y = min(max(x, 0), 6). The gradient at 0 and 6 is 0.</summary>
internal readonly record struct Relu6Function : IUnaryFunction, IClamp
{
    float IClamp.Low => 0f;

    float IClamp.High => 6f;

    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> six = VectorFunctions.Splat<T>(6.0);
        x = Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<T>.Zero), Vector<T>.Zero, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, six), six, x);
    }

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> passed = Vector.ConditionalSelect(
            Vector.LessThanOrEqual(saved, Vector<T>.Zero),
            Vector<T>.Zero,
            gradient
        );
        return Vector.ConditionalSelect(
            Vector.GreaterThanOrEqual(saved, VectorFunctions.Splat<T>(6.0)),
            Vector<T>.Zero,
            passed
        );
    }
}

/// <summary>y = x where positive, slope x elsewhere. With a slope of 0 or more y is positive exactly where x is: y is
/// enough for the gradient.</summary>
internal readonly record struct LeakyReluFunction(double Slope) : IUnaryFunction
{
    public SavedValue Saves => Slope >= 0.0 ? SavedValue.Output : SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x, x * VectorFunctions.Splat<T>(Slope));

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(saved, Vector<T>.Zero),
            gradient,
            gradient * VectorFunctions.Splat<T>(Slope)
        );
}

/// <summary>y = x where positive, times the positive scale; elsewhere negative scale (exp(rate x) - 1). ELU, SELU and
/// CELU are three settings of it.</summary>
internal readonly record struct ExponentialUnitFunction(double PositiveScale, double NegativeScale, double Rate)
    : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(x, Vector<T>.Zero),
            x * VectorFunctions.Splat<T>(PositiveScale),
            VectorFunctions.ExpMinusOne(x * VectorFunctions.Splat<T>(Rate)) * VectorFunctions.Splat<T>(NegativeScale)
        );

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> negative =
            gradient * VectorFunctions.Splat<T>(Rate) * (saved + VectorFunctions.Splat<T>(NegativeScale));
        return Vector.ConditionalSelect(
            Vector.GreaterThan(saved, Vector<T>.Zero),
            gradient * VectorFunctions.Splat<T>(PositiveScale),
            negative
        );
    }
}

/// <summary>y = min(max(x + 3, 0), 6) / 6.</summary>
internal readonly record struct HardsigmoidFunction : IUnaryFunction, IMapped<HardsigmoidFunction>
{
    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.Min(Vector.Max(x + VectorFunctions.Splat<T>(3.0), Vector<T>.Zero), VectorFunctions.Splat<T>(6.0))
        / VectorFunctions.Splat<T>(6.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> =>
        TSimd.Multiply(TSimd.Clamp(TSimd.Add(x, TSimd.Splat(3f)), TSimd.Zero, TSimd.Splat(6f)), TSimd.Splat(1f / 6f));

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> inside = Vector.GreaterThan(saved, Vector<T>.Zero) & Vector.LessThan(saved, Vector<T>.One);
        return Vector.ConditionalSelect(inside, gradient / VectorFunctions.Splat<T>(6.0), Vector<T>.Zero);
    }
}

/// <summary>y = x min(max(x + 3, 0), 6) / 6.</summary>
internal readonly record struct HardswishFunction : IUnaryFunction, IMapped<HardswishFunction>
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        x
        * (
            Vector.Min(Vector.Max(x + VectorFunctions.Splat<T>(3.0), Vector<T>.Zero), VectorFunctions.Splat<T>(6.0))
            / VectorFunctions.Splat<T>(6.0)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec> => TSimd.Multiply(x, HardsigmoidFunction.Lanes<TVec, TSimd>(x));

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> three = VectorFunctions.Splat<T>(3.0);
        Vector<T> inner = gradient * ((saved / three) + VectorFunctions.Splat<T>(0.5));
        Vector<T> upper = Vector.ConditionalSelect(Vector.GreaterThan(saved, three), gradient, inner);
        return Vector.ConditionalSelect(Vector.LessThan(saved, -three), Vector<T>.Zero, upper);
    }
}
