namespace Fovea;

public partial class Tensor
{
    /// <summary>Tensors behind one another along an axis; all other sizes are equal.</summary>
    /// <param name="tensors">One or more tensors of one element type.</param>
    /// <param name="axis">The axis that grows, negative from the end; 1 is the channels.</param>
    /// <exception cref="ShapeException">There is no tensor, the axis does not exist, or other sizes differ.</exception>
    /// <exception cref="ArgumentException">The element types differ.</exception>
    public static Tensor Concat(ReadOnlySpan<Tensor> tensors, int axis = 1) => new Concatenate(axis).Apply(tensors);

    /// <summary>Tensors of one shape along a new axis.</summary>
    /// <param name="tensors">One or more tensors of one shape and element type.</param>
    /// <param name="axis">Where the axis stands in the result: 0 to the rank, or negative from the end of the
    /// result.</param>
    /// <exception cref="ShapeException">There is no tensor, the shapes differ, or the place does not exist.</exception>
    /// <exception cref="ArgumentException">The element types differ.</exception>
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        Tensor[] rows = new Tensor[tensors.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(tensors[i], nameof(tensors));
            if (tensors[i].Shape != tensors[0].Shape)
            {
                throw new ShapeException(
                    $"Stack: all tensors must have one shape, got {tensors[0].Shape} and {tensors[i].Shape}. Concat joins along an axis that is there."
                );
            }

            rows[i] = tensors[i].Unsqueeze(axis);
        }

        return Concat(rows, axis);
    }

    /// <summary>Cuts an axis into pieces of given sizes.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="sizes">Sizes of the pieces, which add up to that of the axis.</param>
    /// <exception cref="ShapeException">The axis does not exist, or the sizes do not add up.</exception>
    public IReadOnlyList<Tensor> Split(int axis, params ReadOnlySpan<int> sizes)
    {
        int whole = Shape.Sizes[AxisSet.Resolve("Split", Shape, axis)];
        int sum = 0;
        foreach (int size in sizes)
        {
            sum += size;
        }

        if (sum != whole)
        {
            throw new ShapeException(
                $"Split: the sizes must add up to that of the axis, got [{string.Join(", ", sizes.ToArray())}] for axis {axis} of {Shape}. Chunk cuts into equal pieces."
            );
        }

        Tensor[] pieces = new Tensor[sizes.Length];
        for (int i = 0, start = 0; i < pieces.Length; start += sizes[i++])
        {
            pieces[i] = Narrow(axis, start, sizes[i]);
        }

        return pieces;
    }

    /// <summary>Cuts an axis into pieces of one size, the last smaller where it does not divide: for 5 positions in 2 chunks
    /// 3 and 2.</summary>
    /// <param name="count">Number of pieces asked for, 1 or more; there are fewer where the axis is too short.</param>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    public IReadOnlyList<Tensor> Chunk(int count, int axis = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int whole = Shape.Sizes[AxisSet.Resolve("Chunk", Shape, axis)],
            size = Math.Max(1, (int)(((long)whole + count - 1) / count));
        List<int> sizes = [];
        for (int start = 0; start < whole || sizes.Count == 0; start += size)
        {
            sizes.Add(Math.Min(size, whole - start));
        }

        return Split(axis, [.. sizes]);
    }

    /// <summary>Repeated to a larger shape as broadcasting does it: axes of size 1 and missing leading axes are
    /// repeated.</summary>
    /// <param name="sizes">The sizes; -1 keeps that of the axis.</param>
    /// <exception cref="ShapeException">The shape does not broadcast to the sizes.</exception>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Expand(params ReadOnlySpan<int> sizes)
    {
        int[] whole = sizes.ToArray();
        for (int i = 0; i < whole.Length; i++)
        {
            int own = i - (whole.Length - Rank);
            whole[i] = whole[i] == -1 && own >= 0 ? Shape.Sizes[own] : whole[i];
        }

        return whole.Any(s => s < 0)
            ? throw new ShapeException(
                $"Expand: sizes must be 0 or more, or -1 to keep an axis, got [{string.Join(", ", sizes.ToArray())}] for {Shape}."
            )
            : new Expand(GraphTracer.Open(Shape.Create(whole))).Apply(this);
    }

    /// <summary>The whole tensor repeated along its axes, as tiles: [2, 3] repeated (2, 1) is [4, 3].</summary>
    /// <param name="times">How often along each axis, 1 or more; more numbers than axes give new leading axes.</param>
    /// <exception cref="ShapeException">There are fewer numbers than axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public Tensor Repeat(params ReadOnlySpan<int> times)
    {
        if (times.Length < Rank)
        {
            throw new ShapeException(
                $"Repeat: one number an axis is needed, got {times.Length} for {Shape}. Use 1 for axes that stay."
            );
        }

        Tensor result = this;
        for (int i = 0; i < times.Length - Rank; i++)
        {
            result = result.Unsqueeze(0);
        }

        for (int axis = 0; axis < times.Length; axis++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(times[axis], 1, nameof(times));
            result = times[axis] == 1 ? result : Concat([.. Enumerable.Repeat(result, times[axis])], axis);
        }

        return result;
    }

    /// <summary>Axes run backwards.</summary>
    /// <param name="axes">The axes, negative from the end; none means all.</param>
    /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
    public Tensor Flip(params ReadOnlySpan<int> axes) =>
        new Flip(new(new NumberList(axes.IsEmpty ? [.. Enumerable.Range(0, Rank)] : axes.ToArray()))).Apply(this);

    /// <summary>Positions of an axis moved on, what leaves at the end coming in at the front.</summary>
    /// <param name="shift">By how many positions; negative moves back.</param>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    public Tensor Roll(int shift, int axis = -1)
    {
        int size = Shape.Sizes[AxisSet.Resolve("Roll", Shape, axis)];
        int from = size == 0 ? 0 : (int)((((long)shift % size) + size) % size);
        return from == 0 ? this : Concat([Narrow(axis, size - from, from), Narrow(axis, 0, size - from)], axis);
    }

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
