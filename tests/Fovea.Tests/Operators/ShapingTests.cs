namespace Fovea.Tests;

public sealed class ShapingTests
{
    [Fact]
    public void Reshape_OpenSize_TakesWhatIsLeft()
    {
        Tensor x = Tensor.Arange(24).Reshape(2, 3, 4);
        Assert.Equal<Shape>([2, 12], x.Reshape(2, -1).Shape);
        Assert.Equal<Shape>([2, 12], x.Flatten(1).Shape);
        Assert.Equal<Shape>([6, 4], x.Flatten(0, 1).Shape);
        Assert.Equal<Shape>([0, 12], Tensor.Zeros([0, 3, 4]).Flatten(1).Shape);
        Assert.Equal<Shape>([2, 1, 3, 4], x.Unsqueeze(1).Shape);
        Assert.Equal<Shape>([2, 3, 4, 1], x.Unsqueeze(-1).Shape);
        Assert.Equal<Shape>([3], Tensor.Zeros([1, 3, 1]).Squeeze().Shape);
        Assert.Equal<Shape>([1, 3], Tensor.Zeros([1, 3, 1]).Squeeze(-1).Shape);
        GradientAssert.Agrees(
            t => t.Reshape(3, -1) * t.Flatten().Unsqueeze(0).Reshape(3, 2),
            GradientAssert.Input([2, 3])
        );
    }

    [Fact]
    public void Permute_AnyOrder_MovesEveryElementAndItsGradient()
    {
        foreach (int[] order in new int[][] { [0, 1, 2, 3], [0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 3, 2], [0, 3, 1, 2] })
        {
            Tensor x = GradientAssert.Input([2, 3, 1, 5]);
            Tensor y = x.Permute(order);
            double[] from = x.ToArray<double>(),
                to = y.ToArray<double>();
            int[] steps = [15, 5, 5, 1];
            for (int i = 0; i < to.Length; i++)
            {
                int rest = i,
                    source = 0;
                for (int axis = 3; axis >= 0; axis--)
                {
                    source += rest % y.Shape[axis] * steps[order[axis]];
                    rest /= y.Shape[axis];
                }

                Assert.True(from[source] == to[i], $"order {string.Join(",", order)}, element {i}");
            }

            Assert.Equal(y.ToArray(), x.To(DType.Float32).Permute(order).ToArray());
            GradientAssert.Agrees(t => t.Permute(order), x);
        }

        Assert.Equal([0L, 2L, 1L, 3L], Tensor.From([0L, 1L, 2L, 3L], [2, 2]).Transpose().ToArray<long>());
        Assert.Equal<Shape>([4, 0], Tensor.Zeros([0, 4]).Transpose().Shape);
    }

    [Fact]
    public void ConcatAndNarrow_AnyAxis_AreInverse()
    {
        for (int axis = 0; axis < 3; axis++)
        {
            Tensor x = GradientAssert.Input([3, 4, 5]);
            Tensor back = Tensor.Concat(
                [x.Slice(axis, ..1), x.Narrow(axis, 1, 0), x.Slice(axis, 1..^1), x.Slice(axis, ^1..)],
                axis
            );
            Assert.Equal(x.ToArray<double>(), back.ToArray<double>());
            int along = axis;
            GradientAssert.Agrees(
                t => Tensor.Concat([t[0].Slice(along, 1..), t[1], t[0]], along),
                x,
                GradientAssert.Input(x.Shape.With(axis, 1), seed: 4)
            );
        }

        Assert.Equal([4L, 5L], Tensor.Arange(6, DType.Int64).Slice(0, ^2..).ToArray<long>());
    }

    [Fact]
    public void Pad_EachMode_ShowsWhatTheModeSays()
    {
        Tensor x = Tensor.From([1f, 2f, 3f], [1, 1, 3]);
        Padding both = Padding.Explicit(2, 1);
        Assert.Equal([9f, 9f, 1f, 2f, 3f, 9f], x.Pad(both, value: 9).ToArray());
        Assert.Equal([3f, 2f, 1f, 2f, 3f, 2f], x.Pad(both, PaddingMode.Reflect).ToArray());
        Assert.Equal([1f, 1f, 1f, 2f, 3f, 3f], x.Pad(both, PaddingMode.Replicate).ToArray());
        Assert.Equal([2f, 3f, 1f, 2f, 3f, 1f], x.Pad(both, PaddingMode.Circular).ToArray());
        Assert.Equal<Shape>([0, 2, 5, 6], Tensor.Zeros([0, 2, 3, 4]).Pad(1).Shape);
    }

    [Theory]
    [InlineData(PaddingMode.Zeros)]
    [InlineData(PaddingMode.Reflect)]
    [InlineData(PaddingMode.Replicate)]
    [InlineData(PaddingMode.Circular)]
    public void Pad_OneToThreeAxes_MatchesFiniteDifferences(PaddingMode mode)
    {
        GradientAssert.Agrees(
            t => t.Pad(Padding.Explicit((1, 0, 2), (0, 1, 1)), mode),
            GradientAssert.Input([1, 2, 2, 3, 3])
        );
        GradientAssert.Agrees(t => t.Pad((1, 2), mode), GradientAssert.Input([2, 1, 3, 4]));
        GradientAssert.Agrees(t => t.Pad(2, mode, axes: 1), GradientAssert.Input([2, 3]));
    }

    [Fact]
    public void Errors_NameTheRuleAndTheShapes()
    {
        Tensor x = Tensor.Ones([2, 3]);
        Assert.Equal(
            "Reshape: the number of elements must stay, got [4, 2] for [2, 3], which has 6 elements.",
            Assert.Throws<ShapeException>(() => x.Reshape(4, 2)).Message
        );
        Assert.Equal(
            "Reshape: only one size may be -1, got [-1, -1].",
            Assert.Throws<ShapeException>(() => x.Reshape(-1, -1)).Message
        );
        Assert.Equal(
            "Reshape: the sizes beside -1 must divide the number of elements, got [4, -1] for [2, 3], which has 6 elements.",
            Assert.Throws<ShapeException>(() => x.Reshape(4, -1)).Message
        );
        Assert.Equal(
            "Flatten: the first axis must not be behind the last, got 1 and 0 for [2, 3].",
            Assert.Throws<ShapeException>(() => x.Flatten(1, 0)).Message
        );
        Assert.Equal(
            "Squeeze: a named axis must have size 1, got axis 0 of [2, 3].",
            Assert.Throws<ShapeException>(() => x.Squeeze(0)).Message
        );
        Assert.Equal(
            "Unsqueeze: the place must exist, got axis 3 for [2, 3]. Use -3 to 2.",
            Assert.Throws<ShapeException>(() => x.Unsqueeze(3)).Message
        );
        Assert.Equal(
            "Permute: every axis must be named once, got [0, 0] for [2, 3].",
            Assert.Throws<ShapeException>(() => x.Permute(0, 0)).Message
        );
        Assert.Equal(
            "Narrow: the run must lie within the axis, got start 2 and length 2 on axis 1 of [2, 3].",
            Assert.Throws<ShapeException>(() => x.Narrow(1, 2, 2)).Message
        );
        Assert.Equal(
            "Slice: the range must lie within the axis, got 1..5 on axis 0 of [2, 3].",
            Assert.Throws<ShapeException>(() => x.Slice(0, 1..5)).Message
        );
        Assert.Equal(
            "Concat: all sizes but that of axis 1 must be equal, got [2, 3], [3, 3].",
            Assert.Throws<ShapeException>(() => Tensor.Concat([x, Tensor.Ones([3, 3])])).Message
        );
        Assert.Equal(
            "Concat: at least one tensor is needed, got none.",
            Assert.Throws<ShapeException>(() => Tensor.Concat([])).Message
        );
        Assert.Equal(
            "Concat: tensors must share one element type, got Float32, Int64. Convert with To.",
            Assert.Throws<ArgumentException>(() => Tensor.Concat([x, x.To(DType.Int64)])).Message
        );
        Assert.Equal(
            "Pad: 1 to 3 of the last axes can be padded, got 0 for [2, 3]. Pass axes.",
            Assert.Throws<ShapeException>(() => x.Pad(1)).Message
        );
        Assert.Equal(
            "Pad: Reflect padding must be smaller than the input, got 3 + 3 on length 3. x [2, 3]. Use Replicate or Zeros, or less padding.",
            Assert.Throws<ShapeException>(() => x.Pad(3, PaddingMode.Reflect, axes: 1)).Message
        );
        Assert.Equal(
            "Pad: the padding must be given in numbers, got same. There is no kernel here from which to derive it.",
            Assert.Throws<ArgumentException>(() => x.Pad(Padding.Same, axes: 1)).Message
        );
        Assert.Equal(
            "Pad: a padded axis must have at least one element, got [2, 0].",
            Assert.Throws<ShapeException>(() => Tensor.Ones([2, 0]).Pad(1, axes: 1)).Message
        );
        Assert.Equal(
            "Pad: padding must be 0 or more, got -1.",
            Assert.Throws<ArgumentException>(() => x.Pad(-1, axes: 1)).Message
        );
    }
}
