namespace Fovea.Tests;

public sealed class ElementwiseTests
{
    /// <summary>Each function with an independent computation in double.</summary>
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Function, Func<double, double> Expected)> Cases =
        new()
        {
            ["exp"] = (x => x.Exp(), Math.Exp),
            ["log"] = (x => (x.Square() + 0.5).Log(), v => Math.Log((v * v) + 0.5)),
            ["sqrt"] = (x => (x.Square() + 0.5).Sqrt(), v => Math.Sqrt((v * v) + 0.5)),
            ["abs"] = (x => x.Abs(), Math.Abs),
            ["square"] = (x => x.Square(), v => v * v),
            ["power 3"] = (x => x.Power(3), v => v * v * v),
            ["power 0"] = (x => x.Power(0), _ => 1),
            ["power -1"] = (x => x.Power(-1), v => 1 / v),
            ["power 1.7"] = (x => x.Abs().Power(1.7), v => Math.Exp(1.7 * Math.Log(Math.Abs(v)))),
            ["clamp"] = (x => x.Clamp(-1, 2), v => Math.Max(-1, Math.Min(2, v))),
            ["negate"] = (x => -x, v => -v),
            ["scalars"] = (x => 3 - (((x * 2) + 1) / 4), v => 3 - (((v * 2) + 1) / 4)),
            ["reciprocal"] = (x => 2 / x, v => 2 / v),
            ["relu"] = (x => x.Relu(), v => v > 0 ? v : 0),
            ["relu6"] = (x => (x * 3.3).Relu6(), v => Math.Min(6, Math.Max(0, 3.3 * v))),
            ["leaky"] = (x => x.LeakyRelu(0.2), v => v > 0 ? v : 0.2 * v),
            ["leaky negative"] = (x => x.LeakyRelu(-0.3), v => v > 0 ? v : -0.3 * v),
            ["elu"] = (x => x.Elu(1.5), v => v > 0 ? v : 1.5 * (Math.Exp(v) - 1)),
            ["selu"] = (
                x => x.Selu(),
                v => 1.0507009873554804934 * (v > 0 ? v : 1.6732632423543772848 * (Math.Exp(v) - 1))
            ),
            ["celu"] = (x => x.Celu(0.7), v => v > 0 ? v : 0.7 * (Math.Exp(v / 0.7) - 1)),
            ["gelu"] = (x => x.Gelu(), v => v * NormalProbability(v)),
            ["gelu tanh"] = (
                x => x.Gelu(tanh: true),
                v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v))))
            ),
            ["silu"] = (x => x.Silu(), v => v / (1 + Math.Exp(-v))),
            ["mish"] = (x => x.Mish(), v => v * Math.Tanh(Math.Log(1 + Math.Exp(v)))),
            ["hardswish"] = (x => (x * 2.1).Hardswish(), v => 2.1 * v * Math.Min(6, Math.Max(0, (2.1 * v) + 3)) / 6),
            ["hardsigmoid"] = (x => (x * 2.1).Hardsigmoid(), v => Math.Min(6, Math.Max(0, (2.1 * v) + 3)) / 6),
            ["sigmoid"] = (x => x.Sigmoid(), v => 1 / (1 + Math.Exp(-v))),
            ["tanh"] = (x => x.Tanh(), Math.Tanh),
            ["softplus"] = (x => x.Softplus(), v => Math.Log(1 + Math.Exp(v))),
            ["softplus sharp"] = (x => x.Softplus(3, 4), v => 3 * v > 4 ? v : Math.Log(1 + Math.Exp(3 * v)) / 3),
        };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Forward_DoubleAndFloat_MatchIndependentComputation(string name)
    {
        Tensor x = GradientAssert.Input([3, 1, 7]).Detach();
        double[] inputs = x.ToArray<double>();
        double[] exact = Cases[name].Function(x).ToArray<double>(),
            single = Cases[name].Function(x.To(DType.Float32)).ToArray<double>();
        for (int i = 0; i < inputs.Length; i++)
        {
            double expected = Cases[name].Expected(inputs[i]);
            Assert.True(
                Math.Abs(expected - exact[i]) <= 1e-12 * (1 + Math.Abs(expected)),
                $"{name}({inputs[i]:R}): expected {expected:R}, got {exact[i]:R}"
            );
            Assert.True(
                Math.Abs(expected - single[i]) <= 2e-6 * (1 + Math.Abs(expected)),
                $"{name}({inputs[i]:R}) in float: expected {expected:R}, got {single[i]:R}"
            );
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Backward_OddSizes_MatchesFiniteDifferences(string name)
    {
        GradientAssert.Agrees(Cases[name].Function, GradientAssert.Input([3, 1, 7]));
        GradientAssert.Agrees(Cases[name].Function, GradientAssert.Input([1]));
    }

    [Theory, MemberData(nameof(Names))]
    public void Backward_EmptyBatch_GivesEmptyGradient(string name)
    {
        Tensor x = Tensor.Zeros([0, 3]);
        x.RequiresGrad = true;
        Tensor y = Cases[name].Function(x);
        y.Sum().Backward();
        Assert.Equal<Shape>([0, 3], y.Shape);
        Assert.Equal<Shape>([0, 3], x.Grad!.Shape);
    }

    [Fact]
    public void Relu_NotANumberAndZero_StayAndHaveNoGradient()
    {
        Tensor x = Tensor.From([float.NaN, 0f, -0f, float.NegativeInfinity, float.PositiveInfinity], [5]);
        x.RequiresGrad = true;
        Tensor y = x.Relu();
        Assert.Equal([float.NaN, 0f, 0f, 0f, float.PositiveInfinity], y.ToArray());
        y.Backward(Tensor.Ones([5]));
        Assert.Equal([1f, 0f, 0f, 0f, 1f], x.Grad!.ToArray());
    }

    [Fact]
    public void Softplus_FarOut_NeitherOverflowsNorLosesSmallValues()
    {
        double[] y = Tensor
            .From([-800.0, -40.0, 30.0, 800.0], [4])
            .Softplus(threshold: double.PositiveInfinity)
            .ToArray<double>();
        Assert.InRange(y[0], 0.0, 1e-300);
        Assert.InRange(y[1] / Math.Exp(-40.0), 1 - 1e-14, 1 + 1e-14);
        Assert.InRange(y[2], 30.0, 30.0 + 2e-13);
        Assert.Equal(800.0, y[3]);
    }

    [Fact]
    public void Apply_Integers_SaysWhatToDo() =>
        Assert.Equal(
            "ReLU: elements must be Float32 or Float64, got Int64 [3]. Convert with To(DType.Float32).",
            Assert.Throws<ArgumentException>(() => Tensor.Arange(3, DType.Int64).Relu()).Message
        );

    [Fact]
    public void Clamp_BoundsOutOfOrder_SaysSo() =>
        Assert.Equal(
            "Clamp: low must not exceed high, got 2 and 1.5.",
            Assert.Throws<ArgumentException>(() => Tensor.Ones([1]).Clamp(2, 1.5)).Message
        );

    [Fact]
    public void Options_NotAboveZero_SaySo()
    {
        Assert.Equal("ELU: alpha must be above 0, got 0.", Assert.Throws<ArgumentException>(() => new ELU(0)).Message);
        Assert.Equal(
            "CELU: alpha must be above 0, got -1.",
            Assert.Throws<ArgumentException>(() => Tensor.Ones([1]).Celu(-1)).Message
        );
        Assert.Equal(
            "Softplus: beta must be above 0, got NaN.",
            Assert.Throws<ArgumentException>(() => new Softplus(double.NaN)).Message
        );
    }

    /// <summary>The normal distribution function by Simpson's rule: independent of any expansion of erf.</summary>
    private static double NormalProbability(double x)
    {
        const int Steps = 2000;
        double sum = 0,
            width = x / Steps;
        for (int i = 0; i <= Steps; i++)
        {
            double t = i * width,
                weight = i == 0 || i == Steps ? 1
                : i % 2 == 1 ? 4
                : 2;
            sum += weight * Math.Exp(-t * t / 2);
        }

        return 0.5 + (sum * width / 3 / Math.Sqrt(2 * Math.PI));
    }
}
