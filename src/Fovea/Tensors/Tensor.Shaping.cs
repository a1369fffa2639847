namespace Fovea;

public partial class Tensor
{
    /// <summary>Tensors behind one another along an axis; all other sizes are equal.</summary>
    /// <param name="tensors">One or more tensors of one element type.</param>
    /// <param name="axis">The axis that grows, negative from the end; 1 is the channels.</param>
    /// <exception cref="ShapeException">There is no tensor, the axis does not exist, or other sizes differ.</exception>
    /// <exception cref="ArgumentException">The element types differ.</exception>
    public static Tensor Concat(ReadOnlySpan<Tensor> tensors, int axis = 1) => new Concatenate(axis).Apply(tensors);

    /// <summary>The same elements in the same order under another shape; no copy.</summary>
    /// <param name="sizes">The sizes; one may be -1, meaning as many as are left: <c>x.Reshape(32, -1)</c>.</param>
    /// <exception cref="ShapeException">The number of elements would change, or cannot be divided.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes) => Fovea.Reshape.To("Reshape", Shape, sizes).Apply(this);

    /// <summary>Merges neighbouring axes into one; no copy.</summary>
    /// <param name="startAxis">First axis, negative from the end.</param>
    /// <param name="endAxis">Last axis, negative from the end, not before the first.</param>
    /// <exception cref="ShapeException">An axis does not exist, or they are not in order.</exception>
    public Tensor Flatten(int startAxis = 0, int endAxis = -1) =>
        Fovea.Reshape.ForFlatten(startAxis, endAxis).Apply(this);

    /// <summary>Removes axes of size 1; no copy.</summary>
    /// <param name="axes">The axes, negative from the end; none means every axis of size 1.</param>
    /// <exception cref="ShapeException">A named axis does not exist or has another size.</exception>
    public Tensor Squeeze(params ReadOnlySpan<int> axes)
    {
        if (!axes.IsEmpty || GraphTracer.Current is null)
        {
            return Fovea.Reshape.ForSqueeze(axes.ToArray()).Apply(this);
        }

        int[] ones = [.. Enumerable.Range(0, Rank).Where(i => Shape.Sizes[i] == 1)]; // named, as a batch of one stays
        return (ones.Length > 0 ? Fovea.Reshape.ForSqueeze(ones) : Fovea.Reshape.To(GraphTracer.Open(Shape))).Apply(
            this
        );
    }

    /// <summary>Inserts an axis of size 1; no copy.</summary>
    /// <param name="axis">Where it stands in the result: 0 to Rank, or negative from the end of the result.</param>
    /// <exception cref="ShapeException">The place does not exist.</exception>
    public Tensor Unsqueeze(int axis) => Fovea.Reshape.ForUnsqueeze(axis).Apply(this);

    /// <summary>The axes in another order: axis i of the result is axis <paramref name="axes"/>[i] of this.</summary>
    /// <param name="axes">Every axis once, negative from the end.</param>
    /// <exception cref="ShapeException">An axis is missing, named twice or does not exist.</exception>
    public Tensor Permute(params ReadOnlySpan<int> axes) => Reorder("Permute", axes.ToArray());

    /// <summary>Two axes exchanged; without arguments the matrix transpose.</summary>
    /// <param name="first">An axis, negative from the end.</param>
    /// <param name="second">Another.</param>
    /// <exception cref="ShapeException">An axis does not exist.</exception>
    public Tensor Transpose(int first = -2, int second = -1)
    {
        int a = AxisSet.Resolve("Transpose", Shape, first),
            b = AxisSet.Resolve("Transpose", Shape, second);
        int[] order = [.. Enumerable.Range(0, Rank)];
        (order[a], order[b]) = (b, a);
        return Reorder("Transpose", order);
    }

    /// <summary>A run of positions along an axis.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="start">First position.</param>
    /// <param name="length">Number of positions, 0 or more.</param>
    /// <exception cref="ShapeException">The axis does not exist, or the run leaves it.</exception>
    public Tensor Narrow(int axis, int start, int length) => new Narrow(axis, start, length).Apply(this);

    /// <summary>A run of positions along an axis, as a range: <c>x.Slice(1, ..3)</c>, <c>x.Slice(-1,
    /// ^2..)</c>.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="range">The positions.</param>
    /// <exception cref="ShapeException">The axis does not exist, or the range leaves it.</exception>
    public Tensor Slice(int axis, Range range)
    {
        int size = Shape.Sizes[AxisSet.Resolve("Slice", Shape, axis)];
        int start = range.Start.GetOffset(size),
            end = range.End.GetOffset(size);
        return start >= 0 && start <= end && end <= size
            ? Narrow(axis, start, end - start)
            : throw new ShapeException(
                $"Slice: the range must lie within the axis, got {range} on axis {axis} of {Shape}."
            );
    }

    /// <summary>Padding around the last axes.</summary>
    /// <param name="padding">Amounts in numbers: <c>1</c>, <c>(1, 2)</c>, or <see cref="Padding.Explicit"/> for
    /// different ends.</param>
    /// <param name="mode">What the padding holds.</param>
    /// <param name="value">What it holds in the mode <see cref="PaddingMode.Zeros"/>.</param>
    /// <param name="axes">How many of the last axes are padded, 1 to 3; left out: all but the first two (batch and
    /// channels).</param>
    /// <exception cref="ShapeException">The number of axes does not fit, an axis is empty, or reflected or circular
    /// padding is larger than the axis allows.</exception>
    /// <exception cref="ArgumentException">The padding is negative, a rule, or given for another number of axes; or the
    /// elements are integers.</exception>
    public Tensor Pad(Padding padding, PaddingMode mode = PaddingMode.Zeros, double value = 0.0, int? axes = null) =>
        new Pad(padding, mode, value, axes ?? Rank - 2).Apply(this);

    private Tensor Reorder(string name, int[] axes)
    {
        int[] order = Array.ConvertAll(axes, axis => AxisSet.Resolve(name, Shape, axis));
        return new Permute(name, order).Apply(this);
    }
}
