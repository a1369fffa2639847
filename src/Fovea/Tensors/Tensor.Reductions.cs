namespace Fovea;

public partial class Tensor
{
    /// <summary>The sum of all elements, shape []. Accumulated in double, in an order that depends on the shape
    /// alone.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Sum() => Sum([]);

    /// <summary>The sum over axes. Accumulated in double, in an order that depends on the shape alone.</summary>
    /// <param name="axes">Axes, negative from the end; none means all.</param>
    /// <param name="keepDims">Leave the summed axes in place with size 1.</param>
    /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Sum(ReadOnlySpan<int> axes, bool keepDims = false) =>
        new Sum(axes.ToArray(), keepDims, mean: false).Apply(this);

    /// <summary>The mean of all elements, shape []; not-a-number where there are none. Accumulated in double.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Mean() => Mean([]);

    /// <summary>The mean over axes; not-a-number where they are empty. Accumulated in double, in an order that depends
    /// on the shape alone.</summary>
    /// <param name="axes">Axes, negative from the end; none means all.</param>
    /// <param name="keepDims">Leave the axes in place with size 1.</param>
    /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Mean(ReadOnlySpan<int> axes, bool keepDims = false) =>
        new Sum(axes.ToArray(), keepDims, mean: true).Apply(this);

    /// <summary>The variance over axes: the sum of (x - mean)² over count - correction.</summary>
    /// <param name="axes">Axes, negative from the end; none means all.</param>
    /// <param name="keepDims">Leave the axes in place with size 1.</param>
    /// <param name="correction">1 estimates the variance of what the elements were drawn from (Bessel); 0 is that of
    /// the elements themselves.</param>
    /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Variance(ReadOnlySpan<int> axes, bool keepDims = false, int correction = 1)
    {
        bool[] marks = AxisSet.Marks("Variance", Shape, axes);
        Shape counted = Shape.Create([.. Shape.Sizes.ToArray().Where((_, i) => marks[i])]);
        Tensor squares = (this - Mean(axes, keepDims: true)).Square().Sum(axes, keepDims);
        return new DivideByCount(GraphTracer.Open(counted), correction).Apply(squares);
    }

    /// <summary>The largest of all elements, shape []. The gradient goes to the first of equal ones; not-a-number
    /// counts as largest.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Max() => Max([]);

    /// <summary>The largest element over axes. The gradient goes to the first of equal ones; not-a-number counts as
    /// largest.</summary>
    /// <param name="axes">Axes, negative from the end; none means all.</param>
    /// <param name="keepDims">Leave the axes in place with size 1.</param>
    /// <exception cref="ShapeException">An axis does not exist, is named twice or is empty.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Max(ReadOnlySpan<int> axes, bool keepDims = false)
    {
        if (axes.Length == 1)
        {
            return new Max(axes[0], keepDims).Apply(this);
        }

        bool[] marks = AxisSet.Marks("Max", Shape, axes);
        int[] order = [.. Enumerable.Range(0, Rank).OrderBy(i => marks[i])];
        Tensor last = Permute(order);
        int kept = marks.Count(m => !m);
        Tensor merged = Fovea
            .Reshape.To("Max", last.Shape, [.. last.Shape.Sizes[..kept], Merged(last.Shape.Sizes[kept..])])
            .Apply(last);
        Tensor max = new Max(-1, keepDims: false).Apply(merged);
        return Fovea.Reshape.To("Max", max.Shape, AxisSet.Reduce(Shape, marks, keepDims).Sizes).Apply(max);
    }

    /// <summary>The smallest element, shape [].</summary>
    /// <exception cref="ShapeException">There is no element.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Min() => Min([]);

    /// <summary>The smallest elements over axes; the gradient goes to the first of equal ones. Not-a-number counts as
    /// smaller than everything, so it is not lost.</summary>
    /// <param name="axes">The axes, negative from the end; none means all.</param>
    /// <param name="keepDims">Leave them in place with size 1.</param>
    /// <exception cref="ShapeException">An axis does not exist, is named twice, or is empty.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Min(ReadOnlySpan<int> axes, bool keepDims = false) => -(-this).Max(axes, keepDims);

    /// <summary>The square root of <see cref="Variance"/>.</summary>
    /// <param name="axes">The axes, negative from the end; none means all.</param>
    /// <param name="keepDims">Leave them in place with size 1.</param>
    /// <param name="correction">Subtracted from the number of elements before dividing: 1 for the unbiased variance.</param>
    /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Std(ReadOnlySpan<int> axes, bool keepDims = false, int correction = 1) =>
        Variance(axes, keepDims, correction).Sqrt();

    /// <summary>The standard deviation of all elements, shape [], by the unbiased variance.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Std() => Std([]);

    /// <summary>The p-norm of all elements, shape []: (sum of |x|^p)^(1/p).</summary>
    /// <param name="p">Above 0; infinity for the largest |x|.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not above 0.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Norm(double p = 2.0) => Norm(p, []);

    /// <summary>The p-norm over axes: (sum of |x|^p)^(1/p). Scaled by the largest element, so that it neither overflows nor
    /// underflows before the result does; the gradient of a norm of zeros is 0.</summary>
    /// <param name="p">Above 0; infinity for the largest |x|.</param>
    /// <param name="axes">The axes, negative from the end; none means all.</param>
    /// <param name="keepDims">Leave them in place with size 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not above 0.</exception>
    /// <exception cref="ShapeException">An axis does not exist or is named twice, or is empty.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Norm(double p, ReadOnlySpan<int> axes, bool keepDims = false)
    {
        if (!(p > 0.0))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "Norm: p must be above 0.");
        }

        Tensor size = Abs();
        if (p == 1.0)
        {
            return size.Sum(axes, keepDims);
        }

        if (double.IsPositiveInfinity(p))
        {
            return size.Max(axes, keepDims);
        }

        Tensor largest = size.Max(axes, keepDims: true).Detach(), // the norm does not depend on its scale
            scale = Where((largest > 0.0) * (largest < double.PositiveInfinity), largest, Tensor.Scalar(1.0, DType));
        Tensor sum = (size / scale).Power(p).Sum(axes, keepDims: true);
        Tensor some = sum > 0.0;
        Tensor norm = Where(some, Where(some, sum, Tensor.Scalar(1.0, DType)).Power(1.0 / p) * scale, sum);
        return keepDims ? norm : norm.Reshape(AxisSet.Reduce(Shape, AxisSet.Marks("Norm", Shape, axes), false).Sizes);
    }

    /// <summary>The position of the smallest element along an axis, the first of equal ones, as Int64. Not recorded for
    /// gradients.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <exception cref="ShapeException">The axis does not exist or is empty.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor ArgMin(int axis = -1) => (-this).ArgMax(axis);

    /// <summary>The sum of all elements up to each position along an axis, that of the position included. Summed in double,
    /// one after the other.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor CumSum(int axis = -1) => new CumulativeSum(new(axis, IsReversed: false)).Apply(this);

    /// <summary>The position of the largest element along an axis, the first of equal ones, as Int64. Not recorded for
    /// gradients.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <exception cref="ShapeException">The axis does not exist or is empty.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor ArgMax(int axis = -1)
    {
        Max search = new(axis, keepDims: false);
        return search.Find(this, search.OutputShape([Shape])).Positions;
    }

    /// <summary>exp(x) over its sum along an axis: values from 0 to 1 that add up to 1. The largest x is subtracted
    /// first, so nothing overflows.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Softmax(int axis = -1) => new SoftmaxOperator(axis, logarithm: false).Apply(this);

    /// <summary>The logarithm of <see cref="Softmax"/>, x - max - ln(sum(exp(x - max))), without its
    /// rounding.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor LogSoftmax(int axis = -1) => new SoftmaxOperator(axis, logarithm: true).Apply(this);

    private static int Merged(ReadOnlySpan<int> sizes)
    {
        int product = 1;
        foreach (int size in sizes)
        {
            product = checked(product * size);
        }

        return product;
    }
}
