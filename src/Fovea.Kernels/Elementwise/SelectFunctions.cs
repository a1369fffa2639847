using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The share a of b for shares of 1, 1/2 and 0; a share of 0 gives 0 with the sign of b, whatever b is.</summary>
internal readonly record struct ShareFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.Equals(a, Vector<T>.Zero), b & VectorFunctions.Splat<T>(-0.0), a * b);
}

/// <summary>Its gradient passes where x is not above 0 (not-a-number included), and is 0 with its own sign elsewhere.</summary>
internal readonly record struct NotPositiveFunction : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), Vector<T>.Zero, x);

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(saved, Vector<T>.Zero),
            gradient & VectorFunctions.Splat<T>(-0.0),
            gradient
        );
}
