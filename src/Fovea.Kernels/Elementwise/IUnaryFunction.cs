using System.Numerics;

namespace Fovea.Kernels;

/// <summary>What the gradient of an elementwise function is computed from.</summary>
internal enum SavedValue
{
    /// <summary>Nothing: the function is linear.</summary>
    Nothing,

    /// <summary>x.</summary>
    Input,

    /// <summary>y.</summary>
    Output,
}

/// <summary>A function of one element, supplied by a small struct: the kernel is compiled once for each and the calls
/// vanish.</summary>
internal interface IUnaryFunction
{
    /// <summary>What <see cref="Gradient"/> wants to see of the forward pass.</summary>
    SavedValue Saves { get; }

    /// <summary>y = f(x).</summary>
    Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The gradient of x, f'(x) times that of y, given x or y as <see cref="Saves"/> says (zero where it says
    /// nothing).</summary>
    Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A function that is min(max(x, low), high).</summary>
internal interface IClamp
{
    /// <summary>Smallest result.</summary>
    float Low { get; }

    /// <summary>Largest result.</summary>
    float High { get; }
}

/// <summary>A function of two elements, supplied by a small struct.</summary>
internal interface IBinaryFunction
{
    /// <summary>The result for one pair.</summary>
    Vector<T> Value<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
