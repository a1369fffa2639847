namespace Fovea;

/// <summary>How a reshape finds the new shape; compared by value.</summary>
internal abstract record ReshapeForm
{
    /// <summary>The new shape for a given one.</summary>
    /// <exception cref="ShapeException">It does not fit.</exception>
    public abstract Shape Of(Shape from);
}

/// <summary>Sizes of which one may be -1.</summary>
/// <param name="Subject">Who asks, in messages.</param>
/// <param name="Sizes">The sizes.</param>
internal sealed record ReshapeSizes(string Subject, NumberList Sizes) : ReshapeForm
{
    /// <inheritdoc/>
    public override Shape Of(Shape from) => Resolve(Subject, from, Sizes.Span);

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
}

/// <summary>A whole shape, of which the batch may be open.</summary>
/// <param name="Shape">The shape.</param>
internal sealed record ReshapeShape(SymbolicShape Shape) : ReshapeForm
{
    /// <inheritdoc/>
    public override Shape Of(Shape from) =>
        from.Count == Shape.Single.Count
            ? Shape.Single
            : throw new ShapeException($"Reshape: the number of elements must stay, got {Shape} for {from}.");
}

/// <summary>Axes of size 1 left out.</summary>
/// <param name="Axes">Those named; none means all.</param>
internal sealed record SqueezeAxes(NumberList Axes) : ReshapeForm
{
    /// <inheritdoc/>
    public override Shape Of(Shape from) => Squeezed(from, Axes.Span);

    /// <summary>Axes of size 1 left out: the named ones, or all.</summary>
    private static Shape Squeezed(Shape from, ReadOnlySpan<int> axes)
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
}

/// <summary>An axis of size 1 put in.</summary>
/// <param name="Axis">Where.</param>
internal sealed record UnsqueezeAxis(int Axis) : ReshapeForm
{
    /// <inheritdoc/>
    public override Shape Of(Shape from)
    {
        int index = Axis < 0 ? Axis + from.Rank + 1 : Axis;
        return (uint)index <= (uint)from.Rank
            ? Shape.Create([.. from.Sizes[..index], 1, .. from.Sizes[index..]])
            : throw new ShapeException(
                $"Unsqueeze: the place must exist, got axis {Axis} for {from}. Use {-from.Rank - 1} to {from.Rank}."
            );
    }
}

/// <summary>Neighbouring axes merged into one.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The last.</param>
internal sealed record FlattenAxes(int Start, int End) : ReshapeForm
{
    /// <inheritdoc/>
    public override Shape Of(Shape from) => Flattened(from, Start, End);

    /// <summary>Neighbouring axes merged into one.</summary>
    private static Shape Flattened(Shape from, int startAxis, int endAxis)
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
}
