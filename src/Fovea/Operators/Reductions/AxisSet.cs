namespace Fovea;

/// <summary>Resolves axes named by the user, and gives the shape of a reduction over them.</summary>
internal static class AxisSet
{
    /// <summary>One mark an axis: named or not. No axes named means all.</summary>
    /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
    public static bool[] Marks(string subject, Shape shape, ReadOnlySpan<int> axes)
    {
        bool[] marks = new bool[shape.Rank];
        if (axes.IsEmpty)
        {
            Array.Fill(marks, true);
        }

        foreach (int axis in axes)
        {
            int index = Resolve(subject, shape, axis);
            if (marks[index])
            {
                throw new ShapeException(
                    $"{subject}: each axis may be named once, got [{string.Join(", ", axes.ToArray())}] for {shape}."
                );
            }

            marks[index] = true;
        }

        return marks;
    }

    /// <summary>The index of an axis from the front.</summary>
    /// <exception cref="ShapeException">It does not exist.</exception>
    public static int Resolve(string subject, Shape shape, int axis)
    {
        int index = axis < 0 ? axis + shape.Rank : axis;
        return (uint)index < (uint)shape.Rank
            ? index
            : throw new ShapeException(
                $"{subject}: the axis must exist, got axis {axis} for {shape}. Use {-shape.Rank} to {shape.Rank - 1}."
            );
    }

    /// <summary>The shape without the marked axes, or with size 1 there.</summary>
    public static Shape Reduce(Shape shape, ReadOnlySpan<bool> marks, bool keepDims)
    {
        List<int> sizes = [];
        for (int i = 0; i < marks.Length; i++)
        {
            if (!marks[i])
            {
                sizes.Add(shape.Sizes[i]);
            }
            else if (keepDims)
            {
                sizes.Add(1);
            }
        }

        return Shape.Create([.. sizes]);
    }

    /// <summary>Elements before an axis, along it, and behind it.</summary>
    public static (long Outer, int Size, long Inner) Around(Shape shape, int axis)
    {
        long outer = 1,
            inner = 1;
        for (int i = 0; i < shape.Rank; i++)
        {
            outer *= i < axis ? shape.Sizes[i] : 1;
            inner *= i > axis ? shape.Sizes[i] : 1;
        }

        return (outer, shape.Sizes[axis], inner);
    }

    /// <summary>The receptive-field rule of a reduction.</summary>
    public static (int OutputAxis, AxisMap Map) ReadsOf(Shape input, ReadOnlySpan<bool> marks, bool keepDims, int axis)
    {
        int size = input[axis],
            removed = keepDims ? 0 : marks[..axis].Count(true);
        return marks[axis] ? (keepDims ? axis : -1, AxisMap.All(size)) : (axis - removed, AxisMap.Identity(size));
    }
}
