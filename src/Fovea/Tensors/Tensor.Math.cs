using System.Globalization;
using Fovea.Kernels;

namespace Fovea;

public partial class Tensor
{
    /// <summary>Sum element by element, broadcasting as NumPy does.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second; sizes of 1 and missing leading axes are repeated.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the element types differ.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator +(Tensor a, Tensor b) => new Add().Apply(a, b);

    /// <summary>Difference element by element, broadcasting as NumPy does.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second; sizes of 1 and missing leading axes are repeated.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the element types differ.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator -(Tensor a, Tensor b) => new Subtract().Apply(a, b);

    /// <summary>Product element by element, broadcasting as NumPy does.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second; sizes of 1 and missing leading axes are repeated.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the element types differ.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator *(Tensor a, Tensor b) => new Multiply().Apply(a, b);

    /// <summary>Quotient element by element, broadcasting as NumPy does.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second; sizes of 1 and missing leading axes are repeated.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the element types differ.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator /(Tensor a, Tensor b) => new Divide().Apply(a, b);

    /// <summary>Adds a number to every element.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The number.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator +(Tensor a, double b) => Map(a, "Add", new ScaleShiftFunction(1.0, b));

    /// <summary>Adds a number to every element.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator +(double a, Tensor b) => b + a;

    /// <summary>Subtracts a number from every element.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The number.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator -(Tensor a, double b) => Map(a, "Subtract", new ScaleShiftFunction(1.0, -b));

    /// <summary>Subtracts every element from a number.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator -(double a, Tensor b) => Map(b, "Subtract", new ScaleShiftFunction(-1.0, a));

    /// <summary>Multiplies every element by a number.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The number.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator *(Tensor a, double b) => Map(a, "Multiply", new ScaleShiftFunction(b, 0.0));

    /// <summary>Multiplies every element by a number.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator *(double a, Tensor b) => b * a;

    /// <summary>Divides every element by a number.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The number.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator /(Tensor a, double b) => Map(a, "Divide", new DivideByFunction(b));

    /// <summary>Divides a number by every element.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator /(double a, Tensor b) => Map(b, "Divide", new ReciprocalFunction(a));

    /// <summary>The negative of every element.</summary>
    /// <param name="a">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator -(Tensor a) => Map(a, "Negate", new ScaleShiftFunction(-1.0, 0.0));

    /// <summary>The larger of two elements; equal ones share the gradient half and half. Not-a-number wins.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the element types differ.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Maximum(Tensor other) => new Extreme(larger: true).Apply(this, other);

    /// <summary>The smaller of two elements; equal ones share the gradient half and half. Not-a-number wins.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the element types differ.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Minimum(Tensor other) => new Extreme(larger: false).Apply(this, other);

    /// <summary>The matrix product over the last two axes: [..., m, k] with [..., k, n] gives [..., m, n]; leading axes broadcast.</summary>
    /// <param name="other">The right factor.</param>
    /// <exception cref="ShapeException">A tensor has fewer than two axes, or the sizes do not fit.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor MatMul(Tensor other) => new MatMul().Apply(this, other);

    /// <summary>e to each element.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Exp() => Map(this, "Exp", default(ExpFunction));

    /// <summary>The natural logarithm of each element: -∞ at 0, not-a-number below.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Log() => Map(this, "Log", default(LogFunction));

    /// <summary>The square root of each element; its gradient at 0 is infinite.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Sqrt() => Map(this, "Sqrt", default(SqrtFunction));

    /// <summary>The absolute value of each element; the gradient at 0 is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Abs() => Map(this, "Abs", default(AbsFunction));

    /// <summary>The square of each element.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Square() => Map(this, "Square", default(SquareFunction));

    /// <summary>Each element to a fixed power.</summary>
    /// <param name="exponent">Any number; 2, 1/2 and -1 are fast.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Power(double exponent) => exponent switch
    {
        2.0 => Square(),
        0.5 => Sqrt(),
        -1.0 => 1.0 / this,
        _ => Map(this, "Power", new PowerFunction(exponent)),
    };

    /// <summary>Each element bounded to [low, high]; the gradient passes where it lies within, bounds included.</summary>
    /// <param name="low">The lower bound; -∞ for none.</param>
    /// <param name="high">The upper bound, at least <paramref name="low"/>; ∞ for none.</param>
    /// <exception cref="ArgumentException">The bounds are not in order, or the elements are integers.</exception>
    public Tensor Clamp(double low = double.NegativeInfinity, double high = double.PositiveInfinity) => low <= high
        ? Map(this, "Clamp", new ClampFunction(low, high))
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Clamp: low must not exceed high, got {low} and {high}."));

    private static Tensor Map<TFunction>(Tensor x, string name, TFunction function)
        where TFunction : struct, IUnaryFunction => new Elementwise<TFunction>(name, function).Apply(x);
}
