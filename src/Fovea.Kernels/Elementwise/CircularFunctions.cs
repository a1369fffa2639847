using System.Numerics;

namespace Fovea.Kernels;

/// <summary>y = sin(x), x in radians.</summary>
internal readonly record struct SinFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => CircularFunctions.Sin(x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => CircularFunctions.Cos(saved) * gradient;
}

/// <summary>y = cos(x), x in radians.</summary>
internal readonly record struct CosFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => CircularFunctions.Cos(x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => -CircularFunctions.Sin(saved) * gradient;
}

/// <summary>Sine and cosine of a vector of either element type.</summary>
internal static class CircularFunctions
{
    /// <summary>The sine of each element.</summary>
    public static Vector<T> Sin<T>(Vector<T> x)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector.Sin(x.As<T, float>()).As<float, T>()
            : Vector.Sin(x.As<T, double>()).As<double, T>();

    /// <summary>The cosine of each element.</summary>
    public static Vector<T> Cos<T>(Vector<T> x)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector.Cos(x.As<T, float>()).As<float, T>()
            : Vector.Cos(x.As<T, double>()).As<double, T>();
}
