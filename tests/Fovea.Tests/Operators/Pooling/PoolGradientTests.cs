namespace Fovea.Tests;

public sealed class PoolGradientTests
{
    // Every seventh case of the table: all kinds, ranks, modes and paddings, in a time that a test may take.
    private const int Every = 7;

    [Fact]
    public void Differentiate_EveryKindOfPool_HoldsToSecondOrder()
    {
        int index = 0;
        foreach ((string name, Shape x, Module layer) in PoolCases.All())
        {
            if (index++ % Every == 0 || !name.Contains("padding", StringComparison.Ordinal))
            {
                GradientRuleAssert.Holds(name, t => layer.Forward(t[0]), GradientCase.Spread(x));
            }
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.0)]
    [InlineData(3.0)]
    public void LpPool_AnyNorm_HoldsToSecondOrder(double norm)
    {
        LpPool2d layer = new(norm, 3, 2, 1);
        GradientRuleAssert.Holds($"norm {norm}", t => layer.Forward(t[0]), GradientCase.Spread([1, 2, 5, 4]));
    }

    [Fact]
    public void LpPool_SecondDerivativeByHand_IsThatOfTheLength()
    {
        // y = |(3, 4)| = 5: the Hessian of a length is (I - x xT / 25) / 5.
        Tensor x = Tensor.From<double>([3, 4], [1, 1, 2]);
        x.RequiresGrad = true;
        Tensor y = new LpPool1d(2.0, 2).Forward(x);
        Tensor dx = y.GradientsOf([x], Tensor.Ones(y.Shape, DType.Float64), createGraph: true)[0]!;
        Tensor column = dx.GradientsOf([x], Tensor.From<double>([1, 0], [1, 1, 2]))[0]!;
        Assert.Equal([16.0 / 125, -12.0 / 125], column.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void LpPool_ThirdDerivative_IsRefusedByName()
    {
        Tensor x = GradientCase.Spread([1, 1, 4]);
        Tensor y = new LpPool1d(3.0, 2).Forward(x),
            seed = Tensor.Ones(y.Shape, DType.Float64);
        Tensor first = y.GradientsOf([x], seed, createGraph: true)[0]!;
        Tensor second = first.GradientsOf([x], Tensor.Ones(x.Shape, DType.Float64), createGraph: true)[0]!;
        NotSupportedException error = Assert.Throws<NotSupportedException>(() =>
            second.Backward(Tensor.Ones(x.Shape, DType.Float64))
        );
        Assert.Contains("LpPool1dCurvature", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Differentiate_TracedWithAnOpenBatch_GivesTheEagerBitsAtEveryBatch()
    {
        SlidingPoolWindows windows = new("Pool", 2, new SlidingWindow(3, 2, 1, 1, PaddingMode.Zeros), false, true);
        GradientRuleAssert.HoldsInATrace(
            new MaxPool("MaxPool2d", windows),
            [
                [3, 6, 5],
            ]
        );
        GradientRuleAssert.HoldsInATrace(
            new AvgPool("AvgPool2d", windows),
            [
                [3, 6, 5],
            ]
        );
        GradientRuleAssert.HoldsInATrace(
            new LpPool("LpPool2d", windows, 3.0),
            [
                [3, 6, 5],
            ]
        );
        GradientRuleAssert.HoldsInATrace(
            new MaxPool("GlobalMaxPool", new GlobalPoolWindows(true)),
            [
                [3, 6, 5],
            ]
        );
        GradientRuleAssert.HoldsInATrace(
            new AvgPool("GlobalAvgPool", new GlobalPoolWindows(false)),
            [
                [3, 6, 5],
            ]
        );
        GradientRuleAssert.HoldsInATrace(
            new AvgPool("AdaptiveAvgPool2d", new AdaptivePoolWindows("AdaptiveAvgPool2d", 2, 4)),
            [
                [3, 6, 5],
            ]
        );
    }

    [Fact]
    public void MaxPool_UnderNoGrad_DoesNotComputeItsWinners()
    {
        Tensor x = Tensor.Normal([1, 1, 4, 4], rng: new Rng(1));
        MaxPool pool = new("GlobalMaxPool", new GlobalPoolWindows(true));
        Assert.Null(pool.ApplyTo([x], null)[1]);
        x.RequiresGrad = true;
        Assert.NotNull(pool.ApplyTo([x], null)[1]);
    }
}
