namespace Fovea.Tests;

/// <summary>Indexing, joining, choosing, sorting, running sums, norms, comparisons and steps.</summary>
internal static class SelectionGradientCases
{
    public static IEnumerable<GradientCase> All() => [.. Parts(), .. Choices(), .. Sums(), .. Functions()];

    private static IEnumerable<GradientCase> Parts()
    {
        yield return One("x[1]", x => x[1].Square(), GradientCase.Leaf([3, 4]));
        yield return One("x[.., 1..3]", x => x[.., 1..3].Square(), GradientCase.Leaf([3, 4]));
        yield return One("x[^1, ..., 2]", x => x[^1, TensorIndex.Ellipsis, 2].Exp(), GradientCase.Leaf([2, 3, 4]));
        yield return One("x[new, 0]", x => x[TensorIndex.NewAxis, 0].Square(), GradientCase.Leaf([2, 3]));
        yield return new GradientCase(
            "stack",
            i => Tensor.Stack([i[0], i[1], i[0]], 1).Square(),
            [GradientCase.Leaf([2, 3], "a"), GradientCase.Leaf([2, 3], "b")]
        );
        yield return One(
            "split",
            x => x.Split(1, 1, 3) is [var a, var b] ? a.Square() * b : x,
            GradientCase.Leaf([2, 4])
        );
        yield return One("chunk", x => x.Chunk(2, -1)[1].Square(), GradientCase.Leaf([2, 5]));
        yield return One("expand", x => x.Expand(2, -1, 4).Square(), GradientCase.Leaf([3, 1]));
        yield return One("repeat", x => x.Repeat(2, 1, 3).Square(), GradientCase.Leaf([3, 2]));
        yield return One("flip", x => x.Flip(0, -1) * x, GradientCase.Leaf([2, 3, 4]));
        yield return One("roll", x => x.Roll(-5, 1) * x, GradientCase.Leaf([2, 3]));
        yield return One("take", x => x.Take(1, 2, 0, 2, -1).Square(), GradientCase.Leaf([2, 4]));
        yield return One("detach", x => x * x.Detach().Exp(), GradientCase.Leaf([5])) with
        {
            IsDetached = true,
        };
    }

    private static IEnumerable<GradientCase> Choices()
    {
        Tensor positions = Tensor.From<long>([2, 0, 0, 1, 1, 1, 0, 2], [2, 4]);
        yield return One("gather", x => x.Gather(1, positions).Square(), GradientCase.Leaf([2, 3]));
        yield return One(
            "gather first axis",
            x => x.Gather(0, Tensor.From<long>([1, 0, 1], [1, 3])).Square(),
            GradientCase.Leaf([2, 3])
        );
        yield return One("topk", x => x.TopK(2, 1).Values.Square(), GradientCase.Spread([2, 4, 3]));
        yield return One("topk smallest", x => x.TopK(3, largest: false).Values.Exp(), GradientCase.Spread([2, 4]));
        yield return One("sort", x => x.Sort(0).Values * x, GradientCase.Spread([5, 2]));
        yield return One("min", x => x.Min([1]).Square(), GradientCase.Spread([3, 4]));
        yield return One("std", x => x.Std([0]), GradientCase.Leaf([4, 3]));
        yield return new GradientCase(
            "where",
            i => Tensor.Where(i[0] > i[1], i[0].Square() + i[1], i[2].Exp()),
            [GradientCase.Spread([3, 4], "a"), GradientCase.Leaf([4], "b"), GradientCase.Leaf([3, 1], "c")]
        );
        foreach (
            (string name, Func<Tensor, Tensor, Tensor> compare) in new (string, Func<Tensor, Tensor, Tensor>)[]
            {
                ("<", (a, b) => a < b),
                (">=", (a, b) => a >= b),
                ("<=", (a, b) => a <= b),
                ("equal", (a, b) => a.EqualTo(b)),
                ("not equal", (a, b) => a.NotEqualTo(b)),
            }
        )
        {
            yield return One(
                $"x ({name})",
                x => x * compare(x, Tensor.Scalar(0.2, DType.Float64)),
                GradientCase.Spread([6], name)
            );
        }
    }

    private static IEnumerable<GradientCase> Sums()
    {
        yield return One("cumsum", x => x.CumSum(1).Square(), GradientCase.Leaf([2, 4, 3]));
        foreach (double p in new[] { 1, 2, 3, double.PositiveInfinity })
        {
            yield return One($"norm {p}", x => x.Norm(p, [1]), GradientCase.Spread([2, 3, 2], $"{p}"));
            yield return One($"norm {p} of all", x => x.Norm(p), GradientCase.Spread([5], $"{p}"));
        }
    }

    private static IEnumerable<GradientCase> Functions()
    {
        yield return One("sin", x => x.Sin(), GradientCase.Leaf([7], "sin", std: 3));
        yield return One("erf", x => x.Erf(), GradientCase.Leaf([7], "erf"));
        yield return One("cos", x => x.Cos(), GradientCase.Leaf([7], "cos", std: 3));
        foreach (
            (string name, Func<Tensor, Tensor> step) in new (string, Func<Tensor, Tensor>)[]
            {
                ("sign", x => x.Sign()),
                ("floor", x => x.Floor()),
                ("ceiling", x => x.Ceiling()),
                ("round", x => x.Round()),
            }
        )
        {
            yield return One(name, x => step(x) * x, GradientCase.Leaf([8], name, std: 3));
        }
    }

    private static GradientCase One(string name, Func<Tensor, Tensor> function, Tensor x) =>
        new(name, i => function(i[0]), [x]);
}
