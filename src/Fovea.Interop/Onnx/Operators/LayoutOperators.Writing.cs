namespace Fovea.Interop.Onnx;

/// <summary>Shapes and orders as nodes of ONNX.</summary>
internal static partial class LayoutOperators
{
    /// <summary>A shape of two axes: all but the last one brought together, and a number of features.</summary>
    public static SymbolicShape Merged(SymbolicShape shape, int features)
    {
        int rows = 1;
        bool scales = false;
        for (int axis = 0; axis < shape.Rank - 1; axis++)
        {
            rows = checked(rows * shape.Single[axis]);
            scales |= shape.ScalesWithBatch(axis);
        }

        SymbolicShape whole = SymbolicShape.BatchOf([features]);
        return scales && rows == 1 ? whole
            : scales ? SymbolicShape.FromPlaceholder(Shape.Create([checked(rows * Stand), features]), Stand)
            : SymbolicShape.Fixed([rows, features]);
    }

    private const int Stand = 32749; // a prime: no number of features is a multiple of it

    /// <summary>The same elements under another shape. What is written follows from both shapes alone: sizes that stay are
    /// 0, one that depends on the batch is -1, so that no batch is frozen.</summary>
    /// <returns>The name of the result; of the input where both shapes are one.</returns>
    public static string WriteReshape(OnnxUse use, string x, SymbolicShape from, SymbolicShape to)
    {
        if (from == to)
        {
            return x;
        }

        int kept = 0;
        while (kept < Math.Min(from.Rank, to.Rank) && IsSame(from, to, kept))
        {
            kept++;
        }

        if (kept >= 1 && to.Rank == 2 && from.Rank > 2)
        {
            return use.Add("Flatten", [x], OnnxAttribute.Int("axis", 1));
        }

        int[] open = [.. Enumerable.Range(kept, to.Rank - kept).Where(to.ScalesWithBatch)];
        if (open.Length > 1)
        {
            throw use.Cannot($"two sizes of {to} depend on the batch");
        }

        long[] sizes = [.. Enumerable.Range(0, to.Rank).Select(i => i < kept ? 0L : to.Single[i])];
        if (open.Length == 1 || to.Rank - kept == 1)
        {
            sizes[open.Length == 1 ? open[0] : kept] = -1;
        }

        return use.Add("Reshape", [x, use.Ints("shape", sizes)]);
    }

    private static bool IsSame(SymbolicShape from, SymbolicShape to, int axis) =>
        from.Single[axis] == to.Single[axis] && from.ScalesWithBatch(axis) == to.ScalesWithBatch(axis);

    private static void Write(OnnxUse use)
    {
        ReshapeForm form = use.Attributes<ReshapeAttributes>().Form;
        SymbolicShape from = use.From;
        use.Is(
            form is SqueezeAxes squeeze ? use.Add("Squeeze", [use[0], Axes(use, Squeezed(squeeze))])
            : form is UnsqueezeAxis put
                ? use.Add("Unsqueeze", [use[0], Axes(use, [put.Axis < 0 ? put.Axis + from.Rank + 1 : put.Axis])])
            : WriteReshape(use, use[0], from, use.To)
        );

        int[] Squeezed(SqueezeAxes named) =>
            named.Axes.Span.IsEmpty
                ? [.. Enumerable.Range(0, from.Rank).Where(i => from.Single[i] == 1 && !from.ScalesWithBatch(i))]
                : [.. named.Axes.ToArray().Select(a => a < 0 ? a + from.Rank : a).Order()];
    }

    private static string Axes(OnnxUse use, IEnumerable<int> axes) => use.Ints("axes", axes.Select(a => (long)a));

    private static void WriteOrder(OnnxUse use) =>
        use.Is(
            use.Add(
                "Transpose",
                use.Inputs,
                OnnxAttribute.Ints("perm", use.Attributes<PermuteAttributes>().Order.ToArray())
            )
        );

    private static void WriteConcat(OnnxUse use)
    {
        int axis = use.Attributes<ConcatAttributes>().Axis;
        use.Is(use.Add("Concat", use.Inputs, OnnxAttribute.Int("axis", axis < 0 ? axis + use.From.Rank : axis)));
    }

    /// <summary>Sizes that the input has are 1, which broadcasting leaves as they are: the batch stays open.</summary>
    private static void WriteExpand(OnnxUse use)
    {
        (SymbolicShape to, bool isMean) = use.Attributes<ExpandAttributes>();
        SymbolicShape from = use.From;
        int behind = to.Rank - from.Rank;
        long[] sizes = new long[to.Rank];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            bool stays =
                axis >= behind
                && from.ScalesWithBatch(axis - behind) == to.ScalesWithBatch(axis)
                && from.Single[axis - behind] == to.Single[axis];
            sizes[axis] =
                stays ? 1
                : to.ScalesWithBatch(axis) ? throw use.Cannot($"{from} is repeated to the batch of {to}")
                : to.Single[axis];
        }

        if (isMean)
        {
            throw use.Cannot("it is the gradient of a mean");
        }

        use.Is(use.Add("Expand", [use[0], use.Ints("shape", sizes)]));
    }
}
