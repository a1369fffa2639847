namespace Fovea.Tests;

public sealed class ReductionTests
{
    public static TheoryData<int[]> AxisSets =>
        [
            Array.Empty<int>(),
            new int[] { 0 },
            new int[] { 1 },
            new int[] { -1 },
            new int[] { 0, 2 },
            new int[] { 1, 3 },
            new int[] { 0, 2, 3 },
            new int[] { 3, 2, 1, 0 },
        ];

    [Theory, MemberData(nameof(AxisSets))]
    public void Reductions_AnyAxes_MatchPlainLoopsAndFiniteDifferences(int[] axes)
    {
        Tensor x = GradientAssert.Input([2, 3, 1, 5]);
        foreach (bool keep in new[] { false, true })
        {
            AssertValues(x, axes, keep, x.Sum(axes, keep), g => g.Sum());
            AssertValues(x, axes, keep, x.Mean(axes, keep), g => g.Average());
            AssertValues(x, axes, keep, x.Max(axes, keep), g => g.Max());
            AssertValues(
                x,
                axes,
                keep,
                x.Variance(axes, keep, correction: 0),
                g => g.Select(v => Math.Pow(v - g.Average(), 2)).Average()
            );
            GradientAssert.Agrees(t => t.Sum(axes, keep), x);
            GradientAssert.Agrees(t => t.Mean(axes, keep), x);
            GradientAssert.Agrees(t => t.Max(axes, keep), x);
            GradientAssert.Agrees(t => t.Variance(axes, keep, correction: 0), x);
        }
    }

    [Fact]
    public void Variance_Correction_DividesByCountLessOne() =>
        Assert.Equal(5.0 / 3.0, Tensor.From([1.0, 2.0, 3.0, 4.0], [4]).Variance([]).Item(), 1e-14);

    [Fact]
    public void Max_EqualElements_GivesTheGradientToTheFirst()
    {
        Tensor x = Tensor.From([3f, 1f, 3f, 0f, 5f, 5f], [2, 3]);
        x.RequiresGrad = true;
        x.Max([1]).Sum().Backward();
        Assert.Equal([1f, 0f, 0f, 0f, 1f, 0f], x.Grad!.ToArray());
        Assert.Equal([0L, 1L], x.ArgMax().ToArray<long>());
        Assert.Equal([0L, 1L, 1L], x.ArgMax(0).ToArray<long>());
    }

    [Fact]
    public void Max_NotANumber_IsNotLost() =>
        Assert.True(double.IsNaN(Tensor.From([1f, float.NaN, 2f], [3]).Max().Item()));

    [Fact]
    public void Mean_ManyFloats_KeepsDigitsASingleFloatSumWouldLose()
    {
        Tensor x = Tensor.Full([3_000_001], 0.1);
        Assert.Equal((double)0.1f, x.Mean().Item(), 1e-12);
    }

    [Fact]
    public void Reductions_EmptyBatch_SumIsZeroMeanIsNaNMaxNamesTheAxis()
    {
        Tensor x = Tensor.Zeros([0, 3]);
        Assert.Equal([0f, 0f, 0f], x.Sum([0]).ToArray());
        Assert.True(double.IsNaN(x.Mean().Item()));
        Assert.Equal<Shape>([0], x.Max([1]).Shape);
        Assert.Equal(
            "Max: the axis must have at least one element, got axis 0 of [0, 3].",
            Assert.Throws<ShapeException>(() => x.Max([0])).Message
        );
    }

    [Fact]
    public void Sum_AxisThatIsNotThere_NamesTheChoice()
    {
        Assert.Equal(
            "Sum: the axis must exist, got axis 2 for [2, 3]. Use -2 to 1.",
            Assert.Throws<ShapeException>(() => Tensor.Ones([2, 3]).Sum([2])).Message
        );
        Assert.Equal(
            "Mean: each axis may be named once, got [0, -2] for [2, 3].",
            Assert.Throws<ShapeException>(() => Tensor.Ones([2, 3]).Mean([0, -2])).Message
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public void Softmax_AnyAxis_AddsUpToOneAndMatchesFiniteDifferences(int axis)
    {
        Tensor x = GradientAssert.Input([2, 11, 3]);
        double[] e = Array.ConvertAll(x.ToArray<double>(), Math.Exp);
        double[] sums = Tensor.From(e, x.Shape).Sum([axis], keepDims: true).ToArray<double>();
        Tensor expected = Tensor.From(e, x.Shape) / Tensor.From(sums, x.Shape.With(axis, 1));
        AssertClose(expected.ToArray<double>(), x.Softmax(axis).ToArray<double>(), 1e-14);
        AssertClose(expected.ToArray<double>(), x.To(DType.Float32).Softmax(axis).ToArray<double>(), 1e-6);
        AssertClose(expected.Log().ToArray<double>(), x.LogSoftmax(axis).ToArray<double>(), 1e-13);
        GradientAssert.Agrees(t => t.Softmax(axis), x);
        GradientAssert.Agrees(t => t.LogSoftmax(axis), x);
    }

    [Fact]
    public void Softmax_HugeLogits_DoesNotOverflow()
    {
        Assert.Equal([0.5f, 0.5f, 0f], Tensor.From([3e38f, 3e38f, -3e38f], [3]).Softmax().ToArray());
        Assert.Equal([0f, -20000f], Tensor.From([10000f, -10000f], [2]).LogSoftmax().ToArray());
        Assert.Equal<Shape>([0, 4], Tensor.Zeros([0, 4]).Softmax().Shape);
    }

    private static void AssertValues(Tensor x, int[] axes, bool keep, Tensor actual, Func<double[], double> reduce)
    {
        int[] sizes = [.. x.Shape];
        bool[] reduced = new bool[sizes.Length];
        foreach (int axis in axes.Length == 0 ? [.. Enumerable.Range(0, sizes.Length)] : axes)
        {
            reduced[axis < 0 ? axis + sizes.Length : axis] = true;
        }

        double[] values = x.ToArray<double>();
        SortedDictionary<int, List<double>> groups = [];
        for (int i = 0; i < values.Length; i++)
        {
            int rest = i,
                key = 0,
                step = 1;
            for (int axis = sizes.Length - 1; axis >= 0; axis--)
            {
                key += reduced[axis] ? 0 : rest % sizes[axis] * step;
                step *= reduced[axis] ? 1 : sizes[axis];
                rest /= sizes[axis];
            }

            groups.TryAdd(key, []);
            groups[key].Add(values[i]);
        }

        int[] expectedShape = [.. sizes.Select((s, i) => reduced[i] ? 1 : s).Where((_, i) => keep || !reduced[i])];
        Assert.Equal(expectedShape, actual.Shape);
        AssertClose([.. groups.Values.Select(g => reduce([.. g]))], actual.ToArray<double>(), 1e-13);
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])),
                $"element {i}: expected {expected[i]:R}, got {actual[i]:R}"
            );
        }
    }
}
