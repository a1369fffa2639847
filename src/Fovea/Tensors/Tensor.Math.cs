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
    public static Tensor operator +(Tensor a, double b) => ScalarOperators.Add(b).Apply(a);

    /// <summary>Adds a number to every element.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator +(double a, Tensor b) => b + a;

    /// <summary>Subtracts a number from every element.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The number.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator -(Tensor a, double b) => ScalarOperators.Subtract(b).Apply(a);

    /// <summary>Subtracts every element from a number.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator -(double a, Tensor b) => ScalarOperators.SubtractFrom(a).Apply(b);

    /// <summary>Multiplies every element by a number.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The number.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator *(Tensor a, double b) => ScalarOperators.Multiply(b).Apply(a);

    /// <summary>Multiplies every element by a number.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator *(double a, Tensor b) => b * a;

    /// <summary>Divides every element by a number.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="b">The number.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator /(Tensor a, double b) => ScalarOperators.Divide(b).Apply(a);

    /// <summary>Divides a number by every element.</summary>
    /// <param name="a">The number.</param>
    /// <param name="b">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator /(double a, Tensor b) => ScalarOperators.DivideInto(a).Apply(b);

    /// <summary>The negative of every element.</summary>
    /// <param name="a">The tensor.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public static Tensor operator -(Tensor a) => ScalarOperators.Negate().Apply(a);

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

    /// <summary>The matrix product over the last two axes: [..., m, k] with [..., k, n] gives [..., m, n]; leading axes
    /// broadcast.</summary>
    /// <param name="other">The right factor.</param>
    /// <exception cref="ShapeException">A tensor has fewer than two axes, or the sizes do not fit.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor MatMul(Tensor other) => new MatMul().Apply(this, other);

    /// <summary>e to each element.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Exp() => ScalarOperators.Of("Exp", default(ExpFunction)).Apply(this);

    /// <summary>The natural logarithm of each element: -∞ at 0, not-a-number below.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Log() => ScalarOperators.Of("Log", default(LogFunction)).Apply(this);

    /// <summary>The square root of each element; its gradient at 0 is infinite.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Sqrt() => ScalarOperators.Of("Sqrt", default(SqrtFunction)).Apply(this);

    /// <summary>The absolute value of each element; the gradient at 0 is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Abs() => ScalarOperators.Of("Abs", default(AbsFunction)).Apply(this);

    /// <summary>The sine of each element, in radians.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Sin() => ScalarOperators.Of("Sin", default(SinFunction)).Apply(this);

    /// <summary>The cosine of each element, in radians.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Cos() => ScalarOperators.Of("Cos", default(CosFunction)).Apply(this);

    /// <summary>The error function of each element: 2 / sqrt(pi) times the integral of exp(-t²) from 0 to it.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Erf() => ScalarOperators.Of("Erf", default(ErfFunction)).Apply(this);

    /// <summary>-1, 0 or 1 by the sign of each element; its gradient is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Sign() => ScalarOperators.Of("Sign", default(SignFunction)).Apply(this);

    /// <summary>The largest whole number that is not above each element; its gradient is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Floor() => ScalarOperators.Of("Floor", default(FloorFunction)).Apply(this);

    /// <summary>The smallest whole number that is not below each element; its gradient is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Ceiling() => ScalarOperators.Of("Ceiling", default(CeilingFunction)).Apply(this);

    /// <summary>The nearest whole number to each element, the even one of two; its gradient is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Round() => ScalarOperators.Of("Round", default(RoundFunction)).Apply(this);

    /// <summary>The square of each element.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Square() => ScalarOperators.Of("Square", default(SquareFunction)).Apply(this);

    /// <summary>Each element to a fixed power.</summary>
    /// <param name="exponent">Any number; 2, 1/2 and -1 are fast.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Power(double exponent) =>
        exponent switch
        {
            2.0 => Square(),
            0.5 => Sqrt(),
            -1.0 => 1.0 / this,
            _ => ScalarOperators.Power(exponent).Apply(this),
        };

    /// <summary>Each element bounded to [low, high]; the gradient passes where it lies within, bounds
    /// included.</summary>
    /// <param name="low">The lower bound; -∞ for none.</param>
    /// <param name="high">The upper bound, at least <paramref name="low"/>; ∞ for none.</param>
    /// <exception cref="ArgumentException">The bounds are not in order, or the elements are integers.</exception>
    public Tensor Clamp(double low = double.NegativeInfinity, double high = double.PositiveInfinity) =>
        low <= high
            ? ScalarOperators.Clamp(low, high).Apply(this)
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Clamp: low must not exceed high, got {low} and {high}.")
            );

    private static Tensor Map<TFunction>(Tensor x, string name, TFunction function)
        where TFunction : struct, IUnaryFunction => new Elementwise<TFunction>(name, function).Apply(x);
}
