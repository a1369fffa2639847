using System.Numerics;

namespace Fovea.Kernels;

/// <summary>y = scale x + shift.</summary>
internal readonly record struct ScaleShiftFunction(double Scale, double Shift) : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Nothing;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        (x * VectorFunctions.Splat<T>(Scale)) + VectorFunctions.Splat<T>(Shift);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient * VectorFunctions.Splat<T>(Scale);
}

/// <summary>y = x / divisor.</summary>
internal readonly record struct DivideByFunction(double Divisor) : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Nothing;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => x / VectorFunctions.Splat<T>(Divisor);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient / VectorFunctions.Splat<T>(Divisor);
}

/// <summary>y = numerator / x. The derivative is -y² / numerator: neither x² nor y² is formed, which may be too large or
/// too small.</summary>
internal readonly record struct ReciprocalFunction(double Numerator) : IUnaryFunction
{
    private readonly double _factor = Numerator == 0.0 ? 0.0 : -1.0 / Numerator;

    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorFunctions.Splat<T>(Numerator) / x;

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        gradient * (VectorFunctions.Splat<T>(_factor) * saved * saved);
}

/// <summary>y = exp(x).</summary>
internal readonly record struct ExpFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorFunctions.Exp(x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient * saved;
}

/// <summary>y = ln(x).</summary>
internal readonly record struct LogFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorFunctions.Log(x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient / saved;
}

/// <summary>y = the square root of x.</summary>
internal readonly record struct SqrtFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Output;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector.SquareRoot(x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient / (saved + saved);
}

/// <summary>y = |x|; the gradient at 0 is 0.</summary>
internal readonly record struct AbsFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector.Abs(x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> forNegative = Vector.ConditionalSelect(
            Vector.LessThan(saved, Vector<T>.Zero),
            -gradient,
            Vector<T>.Zero
        );
        return Vector.ConditionalSelect(Vector.GreaterThan(saved, Vector<T>.Zero), gradient, forNegative);
    }
}

/// <summary>y = x².</summary>
internal readonly record struct SquareFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => x * x;

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient * (saved + saved);
}

/// <summary>y = x bounded to [low, high]; the gradient passes where x lies within, bounds included.</summary>
internal readonly record struct ClampFunction(double Low, double High) : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> low = VectorFunctions.Splat<T>(Low),
            high = VectorFunctions.Splat<T>(High);
        x = Vector.ConditionalSelect(Vector.LessThan(x, low), low, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, high), high, x);
    }

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> passed = Vector.ConditionalSelect(
            Vector.GreaterThanOrEqual(saved, VectorFunctions.Splat<T>(Low)),
            gradient,
            Vector<T>.Zero
        );
        return Vector.ConditionalSelect(
            Vector.LessThanOrEqual(saved, VectorFunctions.Splat<T>(High)),
            passed,
            Vector<T>.Zero
        );
    }
}

/// <summary>y = x ln(x), and 0 at 0 and below.</summary>
internal readonly record struct XLogXFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<T>.Zero), Vector<T>.Zero, x * VectorFunctions.Log(x));

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(
            Vector.LessThanOrEqual(saved, Vector<T>.Zero),
            Vector<T>.Zero,
            gradient * (VectorFunctions.Log(saved) + Vector<T>.One)
        );
}

/// <summary>y = x² / 2 up to |x| = delta, from there on delta (|x| - delta / 2).</summary>
internal readonly record struct HuberFunction(double Delta) : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> delta = VectorFunctions.Splat<T>(Delta),
            half = VectorFunctions.Splat<T>(0.5),
            size = Vector.Abs(x);
        Vector<T> linear = delta * (size - (half * delta));
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(size, delta), half * x * x, linear);
    }

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        gradient * Vector.Min(Vector.Max(saved, -VectorFunctions.Splat<T>(Delta)), VectorFunctions.Splat<T>(Delta));
}
