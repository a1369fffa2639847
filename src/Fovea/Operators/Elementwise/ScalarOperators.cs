using Fovea.Kernels;

namespace Fovea;

/// <summary>Functions of one tensor and of numbers, with the numbers as options.</summary>
internal static class ScalarOperators
{
    /// <summary>x + value.</summary>
    public static Operator Add(double value, Module? owner = null) =>
        Of("Add", new ScaleShiftFunction(1.0, value), owner);

    /// <summary>x - value.</summary>
    public static Operator Subtract(double value, Module? owner = null) =>
        Of("Subtract", new ScaleShiftFunction(1.0, -value), owner);

    /// <summary>value - x.</summary>
    public static Operator SubtractFrom(double value, Module? owner = null) =>
        Of("Subtract", new ScaleShiftFunction(-1.0, value), owner);

    /// <summary>x value.</summary>
    public static Operator Multiply(double value, Module? owner = null) =>
        Of("Multiply", new ScaleShiftFunction(value, 0.0), owner);

    /// <summary>x / value.</summary>
    public static Operator Divide(double value, Module? owner = null) =>
        Of("Divide", new DivideByFunction(value), owner);

    /// <summary>value / x.</summary>
    public static Operator DivideInto(double value, Module? owner = null) =>
        Of("Divide", new ReciprocalFunction(value), owner);

    /// <summary>-x.</summary>
    public static Operator Negate(Module? owner = null) => Of("Negate", new ScaleShiftFunction(-1.0, 0.0), owner);

    /// <summary>x to a power.</summary>
    public static Operator Power(double exponent, Module? owner = null) =>
        Of("Power", new PowerFunction(exponent), owner);

    /// <summary>x, not below and not above.</summary>
    public static Operator Clamp(double low, double high, Module? owner = null) =>
        Of("Clamp", new ClampFunction(low, high), owner);

    /// <summary>x times a factor without adding 0, so that zeros keep their signs: what gradient rules multiply
    /// with.</summary>
    public static Tensor Scaled(Tensor x, double factor) =>
        new ElementwiseGradient<ScaleShiftFunction>("Scale", new(factor, 0.0)).Apply(x);

    /// <summary>A function by its name.</summary>
    public static Operator Of<TFunction>(string name, TFunction function, Module? owner = null)
        where TFunction : struct, IUnaryFunction => new Elementwise<TFunction>(name, function) { Owner = owner };
}
