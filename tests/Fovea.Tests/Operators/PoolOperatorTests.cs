using System.Globalization;

namespace Fovea.Tests;

public sealed class PoolOperatorTests
{
    [Fact]
    public void Backward_EveryOption_AgreesWithFiniteDifferences()
    {
        int count = 0;
        foreach ((string name, Shape shape, Module layer) in PoolCases.All())
        {
            // Distinct values a tenth apart and away from 0: no ties, no kinks within the step.
            int[] order = new Rng(5).Permutation((int)shape.Count);
            Tensor x = Tensor.From<double>([.. order.Select(i => ((i - (order.Length / 2)) * 0.1) + 0.05)], shape);
            x.RequiresGrad = true;
            string? wrong = GradientCheck.FirstDisagreement(t => layer.Forward(t[0]), [x]);
            Assert.True(wrong is null, $"{name}: {wrong}");
            count++;
        }

        Assert.True(count > 370, $"only {count} cases");
    }

    [Fact]
    public void Forward_FloatAgainstDouble_AgreeWithinRounding()
    {
        foreach ((string name, Shape shape, Module layer) in PoolCases.All())
        {
            Tensor x = Tensor.Normal(shape, rng: new Rng(3)),
                x64 = x.To(DType.Float64);
            x.RequiresGrad = x64.RequiresGrad = true;
            Tensor y = layer.Forward(x),
                y64 = layer.Forward(x64);
            Tensor dy = Tensor.Normal(y.Shape, rng: new Rng(4));
            y.Backward(dy);
            y64.Backward(dy.To(DType.Float64));
            AssertClose($"{name}: y", y64, y, 1e-5);
            AssertClose($"{name}: dx", x64.Grad!, x.Grad!, 1e-4);
        }
    }

    [Fact]
    public void Forward_UnbatchedInput_EqualsBatchOfOne()
    {
        foreach (
            (string name, Shape shape, Module layer) in PoolCases
                .All()
                .Where(c => c.X[0] == 1 && c.Layer is not (GlobalAvgPool or GlobalMaxPool) && c.Name != "unbatched")
        )
        {
            Tensor x = Tensor.Normal(shape, rng: new Rng(3));
            Tensor batched = layer.Forward(x),
                single = layer.Forward(Tensor.From(x.ToArray(), Shape.Create(shape.Sizes[1..])));
            Assert.True(single.Shape == Shape.Create(batched.Shape.Sizes[1..]), $"{name}: {single.Shape}");
            Assert.Equal(batched.ToArray(), single.ToArray());
        }
    }

    [Fact]
    public void Forward_EmptyBatch_GivesEmptyOutputAndGradient()
    {
        foreach ((string name, Shape shape, Module layer) in PoolCases.All().Where(c => c.Name != "unbatched"))
        {
            Tensor x = Tensor.Zeros(shape.With(0, 0));
            x.RequiresGrad = true;
            Tensor y = layer.Forward(x);
            Assert.True(y.Shape[0] == 0 && y.Count == 0, $"{name}: {y.Shape}");
            y.Backward(Tensor.Zeros(y.Shape));
            Assert.Equal(x.Shape, x.Grad!.Shape);
        }
    }

    [Fact]
    public void MaxPool_EqualValues_GradientGoesToTheFirst()
    {
        Tensor x = Tensor.Ones([1, 1, 4, 36]);
        x.RequiresGrad = true;
        Tensor y = new MaxPool2d(2).Forward(x);
        y.Backward(Tensor.Ones(y.Shape));
        float[] gradient = x.Grad!.ToArray();
        for (int i = 0; i < gradient.Length; i++)
        {
            Assert.True(gradient[i] == (i / 36 % 2 == 0 && i % 2 == 0 ? 1f : 0f), $"element {i}: {gradient[i]}");
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(6)]
    public void MaxPool_NaN_WinsOverEveryNumberExactlyWhereAWindowCoversIt(int width)
    {
        float[] values = [.. Enumerable.Range(0, 4 * width).Select(i => (float)(i % 7))];
        values[width + 3] = float.NaN;
        Tensor y = new MaxPool2d(3, 1, 1).Forward(Tensor.From(values, [1, 1, 4, width]));
        float[] result = y.ToArray();
        for (int i = 0; i < result.Length; i++)
        {
            bool covered = i / width <= 2 && i % width is >= 2 and <= 4;
            Assert.True(float.IsNaN(result[i]) == covered, $"row {i / width}, column {i % width}: {result[i]}");
        }
    }

    [Fact]
    public void MaxPool_NegativeValuesWithPadding_PaddingNeverWins()
    {
        foreach (int width in new[] { 5, 33 })
        {
            Tensor x = Tensor.Uniform([1, 2, 5, width], -9.0, -1.0, new Rng(2));
            Assert.All(new MaxPool2d(3, 2, 1, ceilMode: true).Forward(x).ToArray(), v => Assert.InRange(v, -9f, -1f));
            Assert.All(new MaxPool2d(3, 2, Padding.Causal).Forward(x).ToArray(), v => Assert.InRange(v, -9f, -1f));
        }

        Tensor lowest = Tensor.Full([1, 1, 3, 3], double.NegativeInfinity);
        Assert.All(new MaxPool2d(3, 2, 1).Forward(lowest).ToArray(), v => Assert.Equal(float.NegativeInfinity, v));
    }

    [Fact]
    public void MaxPool_ReflectPadding_SeesMirroredValues()
    {
        Tensor y = new MaxPool1d(3, 1, 2, PaddingMode.Reflect).Forward(Tensor.From<float>([1, 2, 3, 0], [1, 1, 4]));
        Assert.Equal([3f, 2f, 3f, 3f, 3f, 3f], y.ToArray());
    }

    [Fact]
    public void AvgPool_WindowWithoutCountedValues_GivesZero()
    {
        Tensor y = new AvgPool1d(2, 1, Padding.Causal, dilation: 2, countIncludePad: false).Forward(
            Tensor.From<float>([4, 6, 8], [1, 1, 3])
        );
        Assert.Equal([4f, 6f, 6f], y.ToArray());
        Tensor none = new AvgPool1d(2, 1, Padding.Same, dilation: 2, countIncludePad: false).Forward(
            Tensor.From<float>([4], [1, 1, 1])
        );
        Assert.Equal([0f], none.ToArray());
    }

    [Fact]
    public void CeilMode_KernelLargerThanInput_KeepsOnePartialWindow()
    {
        Tensor x = Tensor.From<float>([1, 2, 3, 4], [1, 1, 2, 2]);
        Assert.Equal([4f], new MaxPool2d(3, 2, ceilMode: true).Forward(x).ToArray());
        Assert.Equal([2.5f], new AvgPool2d(3, 2, ceilMode: true).Forward(x).ToArray());
    }

    [Fact]
    public void GlobalAvgPool_LargePlane_IsAccurate()
    {
        Tensor x = Tensor.Uniform([1, 1, 600, 700], 1000.0, 1001.0, new Rng(1));
        double expected = x.ToArray<double>().Average();
        Assert.Equal(expected, new GlobalAvgPool(flatten: true).Forward(x).Item(), 1e-4);
        Assert.Equal<Shape>([1, 1, 1, 1], new GlobalAvgPool().Forward(x).Shape);
    }

    private static void AssertClose(string what, Tensor expected, Tensor actual, double tolerance)
    {
        double[] want = expected.ToArray<double>(),
            got = actual.ToArray<double>();
        for (int i = 0; i < want.Length; i++)
        {
            Assert.True(
                Math.Abs(want[i] - got[i]) <= tolerance * (1 + Math.Abs(want[i])),
                string.Create(CultureInfo.InvariantCulture, $"{what} element {i}: expected {want[i]:R}, got {got[i]:R}")
            );
        }
    }
}
