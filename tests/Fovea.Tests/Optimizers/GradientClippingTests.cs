namespace Fovea.Tests;

public sealed class GradientClippingTests
{
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void ByNorm_LargeGradients_ScalesThemToTheNorm(DType dtype)
    {
        MixedNetwork network = OptimizerTests.New(dtype);
        network.SetGradients(3);
        double[] before = Gradients(network);
        double expected = Math.Sqrt(before.Sum(g => g * g));
        Assert.Equal(1.0, GradientClipping.Norm(network.Parameters()) / expected, 1e-12);
        Assert.Equal(1.0, GradientClipping.ByNorm(network.Parameters(), 2.5) / expected, 1e-12);
        double[] after = Gradients(network);
        Assert.Equal(2.5, Math.Sqrt(after.Sum(g => g * g)), 1e-5);
        double furthest = before.Zip(after, (b, a) => Math.Abs((b * 2.5 / expected) - a)).Max();
        Assert.True(furthest < 1e-6, $"a clipped gradient is off by {furthest:G3}");
    }

    [Fact]
    public void ByNorm_SmallGradients_LeavesThem()
    {
        MixedNetwork network = OptimizerTests.New(DType.Float32);
        network.SetGradients(3);
        double[] before = Gradients(network);
        GradientClipping.ByNorm(network.Parameters(), 1e6);
        Bits.AssertSame(before, Gradients(network), "unclipped");
    }

    [Fact]
    public void ByNorm_FloatsWhoseSquaresOverflow_StillHasTheNorm()
    {
        GoldenNetwork network = new();
        network.A.Grad = Tensor.Full([3, 5], 1e30);
        Assert.Equal(1.0, GradientClipping.ByNorm(network.Parameters(), 1) / (1e30 * Math.Sqrt(15)), 1e-6);
        Assert.All(network.A.Grad.ToArray<double>(), g => Assert.Equal(1 / Math.Sqrt(15), g, 1e-5));
    }

    [Fact]
    public void ByNorm_NotFinite_ReturnsItAndLeavesTheGradients()
    {
        GoldenNetwork network = new();
        network.A.Grad = Tensor.Ones([3, 5]);
        network.B.Grad = Tensor.Full([7], double.PositiveInfinity);
        Assert.Equal(double.PositiveInfinity, GradientClipping.ByNorm(network.Parameters(), 1));
        Assert.All(network.A.Grad.ToArray(), g => Assert.Equal(1f, g));
        network.B.Grad = Tensor.Full([7], double.NaN);
        Assert.Equal(double.NaN, GradientClipping.ByNorm(network.Parameters(), 1));
        Assert.All(network.A.Grad.ToArray(), g => Assert.Equal(1f, g));
    }

    [Fact]
    public void Norm_FrozenOrWithoutGradient_DoesNotCount()
    {
        GoldenNetwork network = new();
        Assert.Equal(0, GradientClipping.ByNorm(network.Parameters(), 1));
        network.A.Grad = Tensor.Ones([3, 5]);
        network.B.Grad = Tensor.Ones([7]);
        network.A.RequiresGrad = false;
        Assert.Equal(Math.Sqrt(7), GradientClipping.Norm(network.Parameters()), 1e-12);
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void ByValue_AnyGradients_LimitsEachAndKeepsNaN(DType dtype)
    {
        GoldenNetwork network = new();
        network.To(dtype);
        network.B.Grad = Tensor.From([-3.0, -0.5, 0, 0.25, 0.5, 9, double.NaN], [7]).To(dtype);
        GradientClipping.ByValue(network.Parameters(), 0.5);
        Assert.Equal([-0.5, -0.5, 0, 0.25, 0.5, 0.5, double.NaN], network.B.Grad.ToArray<double>());
    }

    [Fact]
    public void Limits_OutOfRange_SayTheRule()
    {
        Assert.Equal(
            "GradientClipping.ByNorm: maxNorm must be more than 0, got 0.",
            Assert.Throws<ArgumentException>(() => GradientClipping.ByNorm([], 0)).Message
        );
        Assert.Equal(
            "GradientClipping.ByValue: maxValue must be more than 0, got -1.",
            Assert.Throws<ArgumentException>(() => GradientClipping.ByValue([], -1)).Message
        );
    }

    private static double[] Gradients(MixedNetwork network) =>
        [.. network.Parameters().SelectMany(p => p.Grad!.ToArray<double>())];
}
