namespace Fovea;

/// <summary>The same elements under another shape. No copy.</summary>
/// <param name="name">The operation the user asked for: Reshape, Flatten, Squeeze, Unsqueeze.</param>
/// <param name="options">The operation's arguments as text.</param>
/// <param name="rule">The new shape for a given one; throws where it does not fit.</param>
internal sealed class Reshape(string name, IReadOnlyList<OperatorOption> options, Func<Shape, Shape> rule) : Operator
{
    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => options;

    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>The operator for sizes of which one may be -1. In a trace a size that is the batch is left open, so
    /// that the operator is true of every batch.</summary>
    public static Reshape To(string name, Shape from, ReadOnlySpan<int> sizes, Module? owner = null)
    {
        int[] asked = OpenBatch(name, from, sizes);
        return new Reshape(name, [new("shape", string.Join("x", asked))], shape => Resolve(name, shape, asked))
        {
            Owner = owner,
        };
    }

    private static int[] OpenBatch(string name, Shape from, ReadOnlySpan<int> sizes)
    {
        try
        {
            return GraphTracer.Current?.OpenBatch(Resolve(name, from, sizes), sizes) ?? sizes.ToArray();
        }
        catch (ShapeException)
        {
            return sizes.ToArray(); // the rule will refuse them, and the trace say where
        }
    }

    /// <summary>The shape meant by sizes of which one may be -1: as many as are left.</summary>
    /// <exception cref="ShapeException">The sizes do not fit the number of elements.</exception>
    public static Shape Resolve(string subject, Shape from, ReadOnlySpan<int> sizes)
    {
        int open = sizes.IndexOf(-1);
        string asked = $"[{string.Join(", ", sizes.ToArray())}]";
        if (open >= 0 && sizes[(open + 1)..].Contains(-1))
        {
            throw new ShapeException($"{subject}: only one size may be -1, got {asked}.");
        }

        long known = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            known *= i == open ? 1 : sizes[i];
        }

        int[] resolved = sizes.ToArray();
        if (open >= 0 && known > 0 && from.Count % known == 0)
        {
            resolved[open] = checked((int)(from.Count / known));
            known = from.Count;
        }
        else if (open >= 0)
        {
            throw new ShapeException(
                $"{subject}: the sizes beside -1 must divide the number of elements, got {asked} for {from}, which has {from.Count} elements."
            );
        }

        return known == from.Count
            ? Shape.Create(resolved)
            : throw new ShapeException(
                $"{subject}: the number of elements must stay, got {asked} for {from}, which has {from.Count} elements."
            );
    }

    /// <summary>The operator that drops axes of size 1: those named, or all.</summary>
    public static Reshape ForSqueeze(int[] axes, Module? owner = null) =>
        new("Squeeze", axes.Length == 0 ? [] : [new("axes", string.Join("x", axes))], from => Squeezed(from, axes))
        {
            Owner = owner,
        };

    /// <summary>The operator that puts an axis of size 1 in.</summary>
    public static Reshape ForUnsqueeze(int axis, Module? owner = null) =>
        new("Unsqueeze", [new("axis", $"{axis}")], from => Unsqueezed(from, axis)) { Owner = owner };

    /// <summary>The operator that merges neighbouring axes into one.</summary>
    public static Reshape ForFlatten(int startAxis, int endAxis, Module? owner = null) =>
        new("Flatten", FlattenOptions(startAxis, endAxis), from => Flattened(from, startAxis, endAxis))
        {
            Owner = owner,
        };

    private static List<OperatorOption> FlattenOptions(int startAxis, int endAxis)
    {
        List<OperatorOption> options = [];
        options.AddRange(startAxis == 1 ? [] : [new OperatorOption("start", $"{startAxis}")]);
        options.AddRange(endAxis == -1 ? [] : [new OperatorOption("end", $"{endAxis}")]);
        return options;
    }

    /// <summary>Neighbouring axes merged into one.</summary>
    public static Shape Flattened(Shape from, int startAxis, int endAxis)
    {
        if (from.Rank == 0)
        {
            return [1];
        }

        int start = AxisSet.Resolve("Flatten", from, startAxis),
            end = AxisSet.Resolve("Flatten", from, endAxis);
        if (start > end)
        {
            throw new ShapeException(
                $"Flatten: the first axis must not be behind the last, got {startAxis} and {endAxis} for {from}."
            );
        }

        int merged = 1;
        foreach (int size in from.Sizes[start..(end + 1)])
        {
            merged = checked(merged * size);
        }

        return Shape.Create([.. from.Sizes[..start], merged, .. from.Sizes[(end + 1)..]]);
    }

    /// <summary>Axes of size 1 left out: the named ones, or all.</summary>
    public static Shape Squeezed(Shape from, ReadOnlySpan<int> axes)
    {
        bool[] marks = new bool[from.Rank];
        foreach (int axis in axes)
        {
            int index = AxisSet.Resolve("Squeeze", from, axis);
            marks[index] =
                from.Sizes[index] == 1
                    ? true
                    : throw new ShapeException($"Squeeze: a named axis must have size 1, got axis {axis} of {from}.");
        }

        for (int i = 0; i < from.Rank && axes.IsEmpty; i++)
        {
            marks[i] = from.Sizes[i] == 1;
        }

        return AxisSet.Reduce(from, marks, keepDims: false);
    }

    /// <summary>An axis of size 1 put in.</summary>
    public static Shape Unsqueezed(Shape from, int axis)
    {
        int index = axis < 0 ? axis + from.Rank + 1 : axis;
        return (uint)index <= (uint)from.Rank
            ? Shape.Create([.. from.Sizes[..index], 1, .. from.Sizes[index..]])
            : throw new ShapeException(
                $"Unsqueeze: the place must exist, got axis {axis} for {from}. Use {-from.Rank - 1} to {from.Rank}."
            );
    }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => rule(inputs[0]);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => call.Inputs[0].View(call.OutputShape);

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient) =>
        call.Accumulate(0, gradient.View(call.InputShapes[0]), shared: true);

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override KeptValues Keeps(OperatorShapes shapes) => KeptValues.None;

    /// <summary>An axis stays where the output has one of its size with as many elements in front; otherwise it is
    /// merged, and every position counts as reading all of it.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">Its axis.</param>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int size = shapes.Inputs[0][axis],
            found = -1;
        long before = Shape.Create(shapes.Inputs[0].Sizes[..axis]).Count,
            product = 1;
        for (int i = 0; i < shapes.Output.Rank; i++)
        {
            bool fits = i > 0 && product == before && shapes.Output[i] == size;
            found = fits && (found < 0 || shapes.Output.Rank - i == shapes.Inputs[0].Rank - axis) ? i : found; // an axis of size 1 fits in several places: as far from the end is best
            product *= shapes.Output[i];
        }

        return (found, found >= 0 ? AxisMap.Identity(size) : AxisMap.All(size));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => input == 0 ? 1.0 : null;

    internal override ExecutionForm? Form(Node node) => new ViewForm();
}
