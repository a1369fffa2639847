namespace Fovea.Interop.Onnx;

/// <summary>What gives the same elements another shape or order, or joins and repeats them.</summary>
internal static partial class LayoutOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Reshape") { Graph = Reshape, Writes = [OnnxWriting.Of<Reshape>(Write)] },
        new("Flatten") { Graph = Flatten },
        new("Squeeze") { Graph = Squeeze },
        new("Unsqueeze") { Graph = Unsqueeze },
        new("Transpose") { Graph = Transpose, Writes = [OnnxWriting.Of<Permute>(WriteOrder)] },
        new("Concat") { Graph = Concat, Writes = [OnnxWriting.Of<Concatenate>(WriteConcat)] },
        new("Expand")
        {
            Graph = Expand,
            Specs = c => [new(c[0].Type, Expanded(c))],
            Evaluate = ExpandValues,
            Writes = [OnnxWriting.Of<Expand>(WriteExpand)],
        },
        new("Tile") { Graph = Tile },
        new("DepthToSpace") { Graph = DepthToSpace },
        new("SpaceToDepth") { Graph = SpaceToDepth },
    ];

    /// <summary>0 keeps a size, unless the node says otherwise; one -1 is what is left.</summary>
    private static OnnxValue?[] Reshape(OnnxCall c)
    {
        Shape x = c[0].Shape;
        long[] sizes = c.IntsOf(1, "shape") ?? throw c.Error("needs a shape");
        bool zeroIsZero = c.Node.Flag("allowzero", false);
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == 0 && !zeroIsZero)
            {
                sizes[i] = i < x.Rank ? x[i] : throw c.Error($"size {i} is to be kept, but {x} has no such axis");
            }
        }

        if (
            c.Frozen is { } frozen
            && x.Rank > 0
            && sizes.Length > 0
            && sizes[0] == frozen.Declared
            && x[0] == frozen.Actual
        )
        {
            sizes[0] = frozen.Actual; // the exporter wrote the number of items that it had
        }

        int open = Array.IndexOf(sizes, -1);
        long rest = sizes.Where(s => s != -1).Aggregate(1L, (a, b) => checked(a * b));
        if (open >= 0)
        {
            sizes[open] = rest == 0 ? 0 : x.Count / rest;
        }

        if (sizes.Any(s => s is < 0 or > int.MaxValue) || sizes.Aggregate(1L, (a, b) => checked(a * b)) != x.Count)
        {
            throw new ShapeException(
                $"{c.Node.Subject}: {GraphTracer.Text(x)} does not have as many elements as [{string.Join(", ", sizes)}]. Was the batch fixed when the model was exported?"
            );
        }

        int[] whole = Array.ConvertAll(sizes, s => (int)s);
        return [whole.AsSpan().SequenceEqual(x.Sizes) ? c[0] : c.Like(c.X().Reshape(whole))];
    }

    private static OnnxValue?[] Flatten(OnnxCall c)
    {
        Shape x = c[0].Shape;
        long given = c.Node.Int("axis", 1);
        int axis = given == x.Rank ? x.Rank : c.Axis(given, Math.Max(1, x.Rank));
        if (axis == 1 && x.Rank >= 2)
        {
            return [x.Rank == 2 ? c[0] : c.Like(c.X().Flatten(1))];
        }

        int before = x.Take(axis).Aggregate(1, (a, b) => checked(a * b)),
            behind = x.Skip(axis).Aggregate(1, (a, b) => checked(a * b));
        return [c.Like(c.X().Reshape(before, behind))];
    }

    private static OnnxValue?[] Squeeze(OnnxCall c)
    {
        Shape x = c[0].Shape;
        int[]? axes = c.Axes(c.Opset < 13 ? c.Node.Ints("axes") : c.IntsOf(1, "axes"), x.Rank);
        axes ??= [.. Enumerable.Range(0, x.Rank).Where(i => x[i] == 1)];
        return [axes.Length == 0 ? c[0] : c.Like(c.X().Squeeze(axes))];
    }

    private static OnnxValue?[] Unsqueeze(OnnxCall c)
    {
        long[] given = (c.Opset < 13 ? c.Node.Ints("axes") : c.IntsOf(1, "axes")) ?? throw c.Error("needs axes");
        int rank = c[0].Shape.Rank + given.Length;
        Tensor x = c.X();
        foreach (int axis in c.Axes(given, rank)!.Order())
        {
            x = x.Unsqueeze(axis);
        }

        return [c.Like(x)];
    }

    private static OnnxValue?[] Transpose(OnnxCall c)
    {
        int rank = c[0].Shape.Rank;
        int[] order = c.Axes(c.Node.Ints("perm"), rank) ?? [.. Enumerable.Range(0, rank).Reverse()];
        if (order.Length != rank || order.Distinct().Count() != rank)
        {
            throw c.Error($"perm must name each of {rank} axes once, got [{string.Join(", ", order)}]");
        }

        return [order.SequenceEqual(Enumerable.Range(0, rank)) ? c[0] : c.Like(c.X().Permute(order))];
    }

    private static OnnxValue?[] Concat(OnnxCall c)
    {
        int axis = c.Axis(c.Node.Int("axis", 1), c[0].Shape.Rank);
        if (c.Given.Any(i => !c.IsBatch(i.Shape[axis])))
        {
            foreach (OnnxValue value in c.Given)
            {
                c.RequireNoBatch(value.Shape, axis);
            }
        }

        return [c.Like(Tensor.Concat([.. c.Given.Select(i => i.Tensor)], axis))];
    }

    private static Shape Expanded(OnnxCall c)
    {
        Shape asked = c.ShapeOf(c.Ints(1));
        return Shape.Broadcast(c[0].Shape, asked) ?? throw c.Error($"{c[0].Shape} does not broadcast to {asked}");
    }

    private static OnnxValue?[]? Expand(OnnxCall c)
    {
        Shape shape = Expanded(c);
        return shape == c[0].Shape ? [c[0]]
            : c[0].Type.IsFloat() ? [c.Like(c.X().Expand(shape.Sizes))]
            : null;
    }

    private static OnnxValue?[] ExpandValues(OnnxCall c)
    {
        Shape shape = c.ShapeOf(Array.ConvertAll(Expanded(c).Sizes.ToArray(), s => (long)s));
        return [Elements.Take(c[0], Elements.Sources(c[0].Shape, shape), shape)];
    }

    private static OnnxValue?[] Tile(OnnxCall c)
    {
        Shape x = c[0].Shape;
        long[] times = c.Ints(1);
        if (times.Length != x.Rank)
        {
            throw c.Error($"needs one number for each axis of {x}, got {times.Length}");
        }

        Shape shape = c.ShapeOf([.. times.Select((t, i) => checked(t * x[i]))]);
        return shape.Count == 0
            ? [OnnxValue.Of(c[0].Type, Array.Empty<double>(), shape)]
            : [c.Like(c.X().Repeat(Array.ConvertAll(times, t => (int)t)))];
    }

    private static (int N, int C, int H, int W, int Block) Blocks(OnnxCall c)
    {
        Shape x = c[0].Shape;
        long block = c.Node.Int("blocksize", 0);
        return x.Rank == 4 && block is >= 1 and < 1 << 15
            ? (x[0], x[1], x[2], x[3], (int)block)
            : throw c.Error($"needs [N, C, H, W] and a block size of 1 or more, got {x} and {block}");
    }

    private static OnnxValue?[] DepthToSpace(OnnxCall c)
    {
        (int n, int channels, int h, int w, int b) = Blocks(c);
        int rest = channels / (b * b);
        Tensor x = c.X();
        x =
            c.Node.Text("mode", "DCR") == "CRD"
                ? x.Reshape(n, rest, b, b, h, w).Permute(0, 1, 4, 2, 5, 3)
                : x.Reshape(n, b, b, rest, h, w).Permute(0, 3, 4, 1, 5, 2);
        return [c.Like(x.Reshape(n, rest, h * b, w * b))];
    }

    private static OnnxValue?[] SpaceToDepth(OnnxCall c)
    {
        (int n, int channels, int h, int w, int b) = Blocks(c);
        Tensor x = c.X().Reshape(n, channels, h / b, b, w / b, b).Permute(0, 3, 5, 1, 2, 4);
        return [c.Like(x.Reshape(n, channels * b * b, h / b, w / b))];
    }
}
