using System.Numerics;

namespace Fovea.Kernels;

/// <summary>1 where a is larger than b, else 0; not-a-number is not larger than anything.</summary>
internal readonly record struct GreaterFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(a, b), Vector<T>.One, Vector<T>.Zero);
}

/// <summary>1 where a is larger than b or equal, else 0.</summary>
internal readonly record struct GreaterOrEqualFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThanOrEqual(a, b), Vector<T>.One, Vector<T>.Zero);
}

/// <summary>1 where both are equal, else 0; not-a-number is equal to nothing.</summary>
internal readonly record struct EqualFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.Equals(a, b), Vector<T>.One, Vector<T>.Zero);
}

/// <summary>0 where both are equal, else 1.</summary>
internal readonly record struct NotEqualFunction : IBinaryFunction
{
    public Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.Equals(a, b), Vector<T>.Zero, Vector<T>.One);
}
