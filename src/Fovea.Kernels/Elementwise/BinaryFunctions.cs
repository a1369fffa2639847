using System.Numerics;

namespace Fovea.Kernels;

/// <summary>a + b.</summary>
internal readonly record struct AddFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => a + b;
}

/// <summary>a - b.</summary>
internal readonly record struct SubtractFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => a - b;
}

/// <summary>a b.</summary>
internal readonly record struct MultiplyFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => a * b;
}

/// <summary>a / b.</summary>
internal readonly record struct DivideFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => a / b;
}

/// <summary>The larger; not-a-number where either is.</summary>
internal readonly record struct MaximumFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector.Max(a, b);
}

/// <summary>The smaller; not-a-number where either is.</summary>
internal readonly record struct MinimumFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector.Min(a, b);
}

/// <summary>1 where a is larger, 1/2 where both are equal, 0 elsewhere: a's share in the gradient of the
/// larger.</summary>
internal readonly record struct PreferenceFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(a, b),
            Vector<T>.One,
            Vector.ConditionalSelect(Vector.Equals(a, b), VectorFunctions.Splat<T>(0.5), Vector<T>.Zero)
        );
}

/// <summary>a where positive, a b elsewhere.</summary>
internal readonly record struct LearnedSlopeFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(a, Vector<T>.Zero), a, a * b);
}

/// <summary>1 where a is positive, b elsewhere.</summary>
internal readonly record struct LearnedSlopeDerivative : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(a, Vector<T>.Zero), Vector<T>.One, b);
}
