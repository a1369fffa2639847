namespace Fovea.Tests;

public sealed class UpsampleTests
{
    [Fact]
    public void Backward_EveryOption_AgreesWithFiniteDifferencesAndIsTheAdjoint()
    {
        foreach (Shape shape in new Shape[] { [2, 2, 5], [1, 2, 3, 4], [1, 1, 2, 3, 3], [1, 1, 1, 1] })
        {
            foreach (Upsample layer in Layers())
            {
                Tensor x = Tensor.Normal(shape, rng: new Rng(1), dtype: DType.Float64);
                x.RequiresGrad = true;
                string? wrong = GradientCheck.FirstDisagreement(t => layer.Forward(t[0]), [x]);
                Assert.True(wrong is null, $"{shape}: {wrong}");

                x.Grad = null;
                Tensor y = layer.Forward(x),
                    g = Tensor.Normal(y.Shape, rng: new Rng(2), dtype: DType.Float64);
                y.Backward(g);
                double forward = y.ToArray<double>().Zip(g.ToArray<double>(), (a, b) => a * b).Sum(),
                    backward = x.ToArray<double>().Zip(x.Grad!.ToArray<double>(), (a, b) => a * b).Sum();
                Assert.Equal(forward, backward, 1e-9);
            }
        }
    }

    [Fact]
    public void Forward_FloatAgainstDouble_AgreeWithinRounding()
    {
        foreach (Upsample layer in Layers())
        {
            Tensor x = Tensor.Normal([2, 3, 5, 9], rng: new Rng(1));
            double[] expected = layer.Forward(x.To(DType.Float64)).ToArray<double>(),
                actual = layer.Forward(x).ToArray<double>();
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(
                    Math.Abs(expected[i] - actual[i]) < 1e-5,
                    $"element {i}: expected {expected[i]}, got {actual[i]}"
                );
            }
        }
    }

    [Fact]
    public void Forward_EmptyBatch_GivesEmptyOutputAndGradient()
    {
        Tensor x = Tensor.Zeros([0, 2, 3, 3]);
        x.RequiresGrad = true;
        Tensor y = new Upsample(2.0).Forward(x);
        y.Backward(Tensor.Zeros(y.Shape));
        Assert.Equal<Shape>([0, 2, 6, 6], y.Shape);
        Assert.Equal(x.Shape, x.Grad!.Shape);
    }

    [Fact]
    public void Forward_InfiniteValue_StaysInItsNeighbourhood()
    {
        float[] y = new Upsample(2.0, UpsampleMode.Linear, alignCorners: false)
            .Forward(Tensor.From<float>([1, 2, float.PositiveInfinity, 3, 4], [1, 1, 5]))
            .ToArray();
        Assert.Equal([true, true, true, false, false, false, false, true, true, true], y.Select(float.IsFinite));
        Assert.DoesNotContain(y, float.IsNaN);
    }

    [Fact]
    public void ByScales_DifferentPerAxis_GivesTheSizes()
    {
        Assert.Equal<Shape>([1, 1, 6, 4], Upsample.ByScales([3.0, 1.0]).Forward(Tensor.Zeros([1, 1, 2, 4])).Shape);
        Assert.Equal<Shape>(
            [1, 1, 5, 3],
            Upsample.ToSize((5, 3), UpsampleMode.Linear).Forward(Tensor.Zeros([1, 1, 2, 4])).Shape
        );
    }

    [Fact]
    public void Refusals_SayRuleAndValues()
    {
        Assert.StartsWith(
            "Upsample: the scale must be above 0 and finite, one value or one for each axis, got -2.",
            Assert.Throws<ArgumentException>(() => new Upsample(-2.0)).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Upsample: the size must be 1 or more, got 0x3.",
            Assert.Throws<ArgumentException>(() => Upsample.ToSize((0, 3))).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Upsample: corners are aligned in linear mode only, got alignCorners with Nearest.",
            Assert.Throws<ArgumentException>(() => new Upsample(2.0, alignCorners: true)).Message,
            StringComparison.Ordinal
        );
        RefusesShape(
            "Upsample: the input must be [N, C, L], [N, C, H, W] or [N, C, D, H, W], got 2 axes. x [3, 4].",
            new Upsample(2.0),
            [3, 4]
        );
        RefusesShape(
            "Upsample: scale must have one value or one for each of 1 spatial axes, got 2. x [1, 1, 4].",
            Upsample.ByScales([2.0, 2.0]),
            [1, 1, 4]
        );
        RefusesShape(
            "Upsample: every spatial size must be 1 or more and below 2^30, before and after, got 3 -> 0. x [1, 1, 3].",
            new Upsample(0.2),
            [1, 1, 3]
        );
        RefusesShape(
            "Upsample: every spatial size must be 1 or more and below 2^30, before and after, got 0 -> 4. x [1, 1, 0].",
            Upsample.ToSize(4),
            [1, 1, 0]
        );
    }

    private static IEnumerable<Upsample> Layers()
    {
        foreach (double scale in new[] { 2.0, 1.5, 3.0 })
        {
            yield return new Upsample(scale);
            yield return new Upsample(scale, UpsampleMode.Linear);
            yield return new Upsample(scale, UpsampleMode.Linear, alignCorners: true);
        }

        yield return Upsample.ToSize(7);
        yield return Upsample.ToSize(1, UpsampleMode.Linear);
        yield return Upsample.ToSize(4, UpsampleMode.Linear, alignCorners: true);
    }

    private static void RefusesShape(string message, Module layer, Shape x) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ShapeException>(() => layer.Forward(Tensor.Zeros(x))).Message,
            StringComparison.Ordinal
        );
}
