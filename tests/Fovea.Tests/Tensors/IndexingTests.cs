namespace Fovea.Tests;

/// <summary>Indexing, joining and cutting, with values by hand.</summary>
public sealed class IndexingTests
{
    private static readonly Tensor X = Tensor.Arange(24).Reshape(2, 3, 4);

    [Fact]
    public void Index_PositionsAndRanges_TakeWhatNumPyTakes()
    {
        AssertIs([12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23], [3, 4], X[1]);
        AssertIs([23], [], X[1, 2, 3]);
        AssertIs([23], [], X[-1, ^1, 3]);
        AssertIs([1, 2, 5, 6, 9, 10], [3, 2], X[0, .., 1..3]);
        AssertIs([3, 7, 11, 15, 19, 23], [2, 3], X[.., .., ^1]);
        AssertIs([3, 7, 11, 15, 19, 23], [2, 3], X[TensorIndex.Ellipsis, 3]);
        AssertIs([14, 15], [1, 2], X[1.., 0, 2..]);
        Assert.Equal<Shape>([1, 2, 3, 4], X[TensorIndex.NewAxis].Shape);
        Assert.Equal<Shape>([3, 1, 4], X[0, .., TensorIndex.NewAxis, ..].Shape);
        Assert.Equal<Shape>([2, 0, 4], X[.., 1..1].Shape);
        Assert.Same(X, X[TensorIndex.Ellipsis]);
        Assert.Equal(5L, Tensor.Arange(6, DType.Int64)[^1].ToArray<long>()[0]);
    }

    [Fact]
    public void Index_OutsideOrTooMany_SaysWhichAxisAndShape()
    {
        foreach (
            (Action act, string part) in new (Action, string)[]
            {
                (() => _ = X[2], "got 2 on axis 0 of [2, 3, 4]"),
                (() => _ = X[-3], "got ^3 on axis 0 of [2, 3, 4]"),
                (() => _ = X[0, ^0], "got ^0 on axis 0 of [3, 4]"),
                (() => _ = X[.., 1..5], "got 1..5 on axis 1 of [2, 3, 4]"),
                (() => _ = X[0, 0, 0, 0], "got [0, 0, 0, 0] for [2, 3, 4]"),
                (() => _ = X[TensorIndex.Ellipsis, TensorIndex.Ellipsis], "one ellipsis at most"),
                (() => X.Take(2, 4), "got 4 on axis 2 of [2, 3, 4]"),
                (() => X.Split(1, 1, 1), "got [1, 1] for axis 1 of [2, 3, 4]"),
                (() => Tensor.Stack([X, X[0]]), "got [2, 3, 4] and [3, 4]"),
                (() => Tensor.Stack([]), "at least one tensor"),
                (() => X.Expand(2, 3, 5), "does not broadcast"),
                (() => X.Repeat(2), "got 1 for [2, 3, 4]"),
            }
        )
        {
            Assert.Contains(part, Assert.Throws<ShapeException>(act).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void JoinAndCut_AnyAxis_GiveTheValuesByHand()
    {
        Tensor a = Tensor.From<float>([1, 2], [2]),
            b = Tensor.From<float>([3, 4], [2]);
        AssertIs([1, 2, 3, 4], [2, 2], Tensor.Stack([a, b]));
        AssertIs([1, 3, 2, 4], [2, 2], Tensor.Stack([a, b], -1));
        AssertIs([1, 2, 1, 2, 1, 2, 1, 2], [2, 4], a.Repeat(2, 2));
        AssertIs([1, 1, 1, 2, 2, 2], [2, 3], a.Unsqueeze(1).Expand(-1, 3));
        AssertIs([2, 1], [2], a.Flip());
        AssertIs([9, 10, 11, 8], [4], X[0, 2].Roll(-1));
        AssertIs([8, 9, 10, 11], [4], X[0, 2].Roll(8));
        AssertIs([10, 8, 11], [3], X[0, 2].Take(0, 2, 0, -1));
        Assert.Equal([2, 2, 1], Tensor.Arange(5).Chunk(3).Select(c => c.Shape[0]));
        Assert.Equal([1, 1], Tensor.Arange(2).Chunk(5).Select(c => c.Shape[0]));
        AssertIs([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [3, 4], X[0].Flip(0, 1));
        AssertIs([3, 2, 1, 0], [1, 4], Tensor.Arange(4, DType.Int64).Unsqueeze(0).Flip(-1).To(DType.Float32));
    }

    [Fact]
    public void From_ArraysOfSeveralAxes_KeepTheirShape()
    {
        AssertIs(
            [1, 2, 3, 4, 5, 6],
            [2, 3],
            Tensor.From(
                new float[,]
                {
                    { 1, 2, 3 },
                    { 4, 5, 6 },
                }
            )
        );
        Assert.Equal<Shape>([1, 2, 3], Tensor.From(new double[1, 2, 3]).Shape);
        Assert.Equal(DType.Int64, Tensor.From(new long[1, 2, 3, 4]).DType);
        AssertIs([0, 0.25f, 0.5f, 0.75f, 1], [5], Tensor.Linspace(0, 1, 5));
        AssertIs([7], [1], Tensor.Linspace(7, 9, 1));
        Assert.Equal(0.1, Tensor.Linspace(-3, 0.1, 37, DType.Float64).ToArray<double>()[^1]);
        AssertIs([1, 0, 0, 1], [2, 2], Tensor.Eye(2));
    }

    [Fact]
    public void ToText_SeveralAxes_NestsAndLinesUp()
    {
        Assert.Equal("[[0, 1],\n [2, 3]]", Tensor.Arange(4).Reshape(2, 2).ToText());
        Assert.Equal("[[[ 0],\n  [ 1]],\n\n [[ 2],\n  [-3]]]", Tensor.From<float>([0, 1, 2, -3], [2, 2, 1]).ToText());
        Assert.Equal("[0, 1, ..., 8, 9]", Tensor.Arange(10).ToText(edge: 2));
        Assert.Equal("[0.33, 0.67]", (Tensor.From<float>([1, 2], [2]) / 3).ToText(digits: 2));
        Assert.Equal("7", Tensor.Scalar(7).ToText());
        Assert.Equal("[]", Tensor.Zeros([0]).ToText());
    }

    private static void AssertIs(float[] values, Shape shape, Tensor actual)
    {
        Assert.Equal(shape, actual.Shape);
        Assert.Equal(values, actual.ToArray());
    }
}
