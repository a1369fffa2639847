namespace Fovea;

public partial class Tensor
{
    /// <summary>1 where a is larger than b, else 0, with broadcasting. No gradient passes.</summary>
    /// <param name="a">A tensor of any element type.</param>
    /// <param name="b">Another.</param>
    /// <returns>Of the floating type of the two; Float32 of two Int64.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the floating types differ.</exception>
    public static Tensor operator >(Tensor a, Tensor b) => new Compare(Comparison.Greater).Apply(a, b);

    /// <summary>1 where a is smaller than b, else 0, with broadcasting. No gradient passes.</summary>
    /// <inheritdoc cref="operator &gt;(Tensor, Tensor)"/>
    public static Tensor operator <(Tensor a, Tensor b) => new Compare(Comparison.Less).Apply(a, b);

    /// <summary>1 where a is larger than b or equal, else 0, with broadcasting. No gradient passes.</summary>
    /// <inheritdoc cref="operator &gt;(Tensor, Tensor)"/>
    public static Tensor operator >=(Tensor a, Tensor b) => new Compare(Comparison.GreaterOrEqual).Apply(a, b);

    /// <summary>1 where a is smaller than b or equal, else 0, with broadcasting. No gradient passes.</summary>
    /// <inheritdoc cref="operator &gt;(Tensor, Tensor)"/>
    public static Tensor operator <=(Tensor a, Tensor b) => new Compare(Comparison.LessOrEqual).Apply(a, b);

    /// <summary>1 where an element is larger than a number, else 0. No gradient passes.</summary>
    /// <param name="a">A tensor.</param>
    /// <param name="b">The number; rounded to the element type.</param>
    public static Tensor operator >(Tensor a, double b) => a > Like(a, b);

    /// <summary>1 where an element is smaller than a number, else 0. No gradient passes.</summary>
    /// <inheritdoc cref="operator &gt;(Tensor, double)"/>
    public static Tensor operator <(Tensor a, double b) => a < Like(a, b);

    /// <summary>1 where an element is larger than a number or equal, else 0. No gradient passes.</summary>
    /// <inheritdoc cref="operator &gt;(Tensor, double)"/>
    public static Tensor operator >=(Tensor a, double b) => a >= Like(a, b);

    /// <summary>1 where an element is smaller than a number or equal, else 0. No gradient passes.</summary>
    /// <inheritdoc cref="operator &gt;(Tensor, double)"/>
    public static Tensor operator <=(Tensor a, double b) => a <= Like(a, b);

    /// <summary>1 where the elements of both are equal, else 0, with broadcasting; not-a-number is equal to nothing. No
    /// gradient passes. (<c>==</c> asks whether both are the same object.)</summary>
    /// <param name="other">A tensor that broadcasts with this.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the floating types differ.</exception>
    public Tensor EqualTo(Tensor other) => new Compare(Comparison.Equal).Apply(this, other);

    /// <summary>1 where an element is equal to a number, else 0. No gradient passes.</summary>
    /// <param name="value">The number; rounded to the element type.</param>
    public Tensor EqualTo(double value) => EqualTo(Like(this, value));

    /// <summary>0 where the elements of both are equal, else 1, with broadcasting. No gradient passes.</summary>
    /// <param name="other">A tensor that broadcasts with this.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the floating types differ.</exception>
    public Tensor NotEqualTo(Tensor other) => new Compare(Comparison.NotEqual).Apply(this, other);

    /// <summary>0 where an element is equal to a number, else 1. No gradient passes.</summary>
    /// <param name="value">The number; rounded to the element type.</param>
    public Tensor NotEqualTo(double value) => NotEqualTo(Like(this, value));

    /// <summary>a where a condition is not 0, else b, with broadcasting of all three. The gradient goes to what was taken, and
    /// is 0 for the other. (0 times an infinite slope further back is not-a-number: bound the argument there, as
    /// <c>x.Clamp(1e-12).Log()</c>.)</summary>
    /// <param name="condition">E.g. <c>x &gt; 0.0</c>; of any element type.</param>
    /// <param name="a">Taken where the condition is not 0.</param>
    /// <param name="b">Taken elsewhere, of the type of a.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or the types of a and b differ.</exception>
    /// <exception cref="ArgumentException">a or b are integers.</exception>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        Tensor typed = condition.DType == a.DType ? condition : condition.NotEqualTo(0.0).To(a.DType);
        return new Where().Apply(typed, a, b);
    }

    /// <summary>The values at positions along an axis: for axis 1 <c>y[i, k, j] = x[i, positions[i, k, j], j]</c>. The
    /// gradient of an element that is taken several times is the sum.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="positions">Int64 positions, of the shape of this with any size along the axis.</param>
    /// <exception cref="ShapeException">The axis does not exist, or other sizes differ.</exception>
    /// <exception cref="ArgumentException">Positions are not Int64, or leave the axis.</exception>
    public Tensor Gather(int axis, Tensor positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        if (positions.DType != DType.Int64)
        {
            throw new ArgumentException(
                $"Gather: positions must be Int64, got {positions.DType}. Convert with To(DType.Int64).",
                nameof(positions)
            );
        }

        return new Gather(AxisSet.Resolve("Gather", Shape, axis), several: true).Apply(this, positions);
    }

    /// <summary>Chosen positions of an axis, in the order given; a position may come several times.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="positions">One or more; negative from the end.</param>
    /// <exception cref="ShapeException">The axis or a position does not exist, or no position is given.</exception>
    public Tensor Take(int axis, params ReadOnlySpan<int> positions)
    {
        List<Tensor> rows = [];
        foreach (TensorIndex position in positions)
        {
            rows.Add(One("Take", axis, position.Position));
        }

        return Concat([.. rows], axis);
    }

    /// <summary>The largest or smallest elements along an axis, in order, and their positions. Equal elements keep their order;
    /// not-a-number counts as largest. The gradient goes to where a value stood.</summary>
    /// <param name="count">How many, 0 to the size of the axis.</param>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="largest">The largest, largest first; else the smallest, smallest first.</param>
    /// <returns>The values, and their positions as Int64.</returns>
    /// <exception cref="ShapeException">The axis does not exist, or has fewer elements.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public (Tensor Values, Tensor Positions) TopK(int count, int axis = -1, bool largest = true)
    {
        IReadOnlyList<Tensor> both = new TopK(new(OpenSize.Of(count), axis, largest)).ApplyAll(this);
        return (both[0], both[1]);
    }

    /// <summary>The elements along an axis in order, smallest first, and where each stood. Equal elements keep their
    /// order.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="descending">Largest first.</param>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public (Tensor Values, Tensor Positions) Sort(int axis = -1, bool descending = false) =>
        TopK(Shape.Sizes[AxisSet.Resolve("Sort", Shape, axis)], axis, descending);

    /// <summary>Labels as rows of zeros with a one: [..] Int64 gives [.., classes].</summary>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <exception cref="ArgumentException">The elements are not Int64, or a label is not 0 to classes - 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than one class.</exception>
    public Tensor OneHot(int classes, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (DType != DType.Int64)
        {
            throw new ArgumentException($"OneHot: labels must be Int64, got {DType}. Convert with To(DType.Int64).");
        }

        if (HasValues)
        {
            foreach (long label in AsReadOnlySpan<long>())
            {
                if (label < 0 || label >= classes)
                {
                    throw new ArgumentException(
                        $"OneHot: labels must be 0 to {classes - 1}, the number of classes less 1, got {label}."
                    );
                }
            }
        }

        Tensor ones = Unsqueeze(-1).EqualTo(Arange(classes, DType.Int64));
        return dtype == ones.DType ? ones : ones.To(dtype);
    }

    private static Tensor Like(Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Scalar(value, tensor.DType == DType.Int64 ? DType.Float64 : tensor.DType);
    }

    /// <summary>One position of an axis, which stays with size 1.</summary>
    private Tensor One(string subject, int axis, Index position)
    {
        int size = Shape.Sizes[AxisSet.Resolve(subject, Shape, axis)],
            offset = position.GetOffset(size);
        return (uint)offset < (uint)size
            ? Narrow(axis, offset, 1)
            : throw new ShapeException(
                $"{subject}: the position must lie within the axis, got {position} on axis {axis} of {Shape}."
            );
    }
}
