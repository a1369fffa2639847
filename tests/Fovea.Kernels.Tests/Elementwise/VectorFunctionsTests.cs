using System.Numerics;

namespace Fovea.Kernels.Tests;

public sealed class VectorFunctionsTests
{
    public static TheoryData<double> Points =>
        [-700, -30, -3.3, -1.0, -0.99, -0.5, -0.499, -0.1, -1e-9, 0, 1e-12, 1e-4, 0.3, 0.5, 0.51, 0.99, 1, 2.5, 17, 40];

    [Theory, MemberData(nameof(Points))]
    public void TanhAndExpMinusOne_AnyPoint_AreExactInRelativeTerms(double x)
    {
        AssertClose(Math.Tanh(x), VectorFunctions.Tanh(new Vector<double>(x))[0], 1e-15, $"tanh({x})");
        AssertClose(
            Math.Tanh((float)x),
            VectorFunctions.Tanh(new Vector<float>((float)x))[0],
            4e-7,
            $"float tanh({x})"
        );

        // exp(x) - 1 = sinh(x) + 2 sinh(x / 2)², without cancellation.
        double expected = Math.Abs(x) < 1 ? Math.Sinh(x) + (2 * Math.Pow(Math.Sinh(x / 2), 2)) : Math.Exp(x) - 1;
        AssertClose(expected, VectorFunctions.ExpMinusOne(new Vector<double>(x))[0], 1e-14, $"expm1({x})");
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(1e-17, 1e-17)]
    [InlineData(1e-5, 9.9999500003333308e-06)]
    [InlineData(0.5, 0.40546510810816438)]
    [InlineData(3.0, 1.3862943611198906)]
    public void LogOnePlus_SmallAndLarge_IsExactInRelativeTerms(double x, double expected) =>
        AssertClose(expected, VectorFunctions.LogOnePlus(new Vector<double>(x))[0], 1e-15, $"log1p({x})");

    [Fact]
    public void Exp_Float_IsExactAtZeroAndCloseEverywhere()
    {
        Assert.Equal(1f, VectorFunctions.Exp(Vector<float>.Zero)[0]);
        Assert.Equal(1.0, VectorFunctions.Exp(Vector<double>.Zero)[0]);
        for (float x = -87f; x < 88.7f; x += 0.0071f)
        {
            AssertClose(Math.Exp(x), VectorFunctions.Exp(new Vector<float>(x))[0], 2e-7, $"float exp({x})");
        }

        Assert.Equal(
            [float.PositiveInfinity, float.PositiveInfinity, 0f, 0f],
            new[] { 89f, float.PositiveInfinity, -104f, float.NegativeInfinity }.Select(x =>
                VectorFunctions.Exp(new Vector<float>(x))[0]
            )
        );
        Assert.True(float.IsNaN(VectorFunctions.Exp(new Vector<float>(float.NaN))[0]));
        Assert.InRange(VectorFunctions.Exp(new Vector<float>(-100f))[0], 3.6e-44f, 3.9e-44f);
    }

    [Fact]
    public void Sigmoid_FarOut_SaturatesWithoutNaN()
    {
        Assert.Equal(0.0f, VectorFunctions.Sigmoid(new Vector<float>(-1000))[0]);
        Assert.Equal(1.0f, VectorFunctions.Sigmoid(new Vector<float>(1000))[0]);
        Assert.Equal(0.5, VectorFunctions.Sigmoid(new Vector<double>(0))[0]);
    }

    private static void AssertClose(double expected, double actual, double relative, string what) =>
        Assert.True(
            Math.Abs(expected - actual) <= (relative * Math.Abs(expected)) + 1e-300,
            $"{what}: expected {expected:R}, got {actual:R}"
        );
}
