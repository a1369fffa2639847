using System.Numerics;

namespace Fovea.Kernels;

/// <summary>-1, 0 or 1 by the sign of x; not-a-number stays. The gradient is 0.</summary>
internal readonly record struct SignFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> negative = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -Vector<T>.One, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), Vector<T>.One, negative);
    }

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector<T>.Zero;
}

/// <summary>The largest whole number that is not above x. The gradient is 0.</summary>
internal readonly record struct FloorFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float)
            ? Vector.Floor(x.As<T, float>()).As<float, T>()
            : Vector.Floor(x.As<T, double>()).As<double, T>();

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector<T>.Zero;
}

/// <summary>The smallest whole number that is not below x. The gradient is 0.</summary>
internal readonly record struct CeilingFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float)
            ? Vector.Ceiling(x.As<T, float>()).As<float, T>()
            : Vector.Ceiling(x.As<T, double>()).As<double, T>();

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector<T>.Zero;
}

/// <summary>The nearest whole number, the even one of two. The gradient is 0.</summary>
internal readonly record struct RoundFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float)
            ? Vector.Round(x.As<T, float>()).As<float, T>()
            : Vector.Round(x.As<T, double>()).As<double, T>();

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector<T>.Zero;
}
