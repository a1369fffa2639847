using Fovea.Kernels;
using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>Activation functions, and what drops units at random.</summary>
internal static class ActivationEntries
{
    private const double SeluScale = 1.0507009873554805;

    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        Each("relu", "max(x, 0)", "ReLU", default(ReluFunction)).InLayer(_ => new ReLU()),
        Each("relu6", "min(max(x, 0), 6)", "ReLU6", default(Relu6Function)).InLayer(_ => new ReLU6()),
        Each("leakyrelu", "x where positive, slope x elsewhere", "LeakyReLU", new LeakyReluFunction(0.01))
            .Option("slope", OptionTypes.Number, a => a.Function.Slope, (a, v) => a.With(new(v)), 0.01)
            .ByPosition("slope")
            .InLayer(a => new LeakyReLU(a.Function.Slope)),
        new OperatorEntry<NoAttributes>(
            "prelu",
            Activation,
            "x where positive, a learned slope times x elsewhere",
            _ => new NoAttributes(),
            typeof(PReluOperator)
        )
            .Takes(InputSlots.X, InputSlots.Weight)
            .Leading(LayerFields.Slopes)
            .ByPosition(LayerFields.Slopes.Name)
            .MadeBy((_, owner) => new PReluOperator { Owner = owner }),
        Exponential("elu", "x where positive, alpha (exp(x) - 1) elsewhere", "ELU", v => new(1.0, v, 1.0))
            .InLayer(a => new ELU(a.Function.NegativeScale)),
        Exponential("celu", "x where positive, alpha (exp(x / alpha) - 1) elsewhere", "CELU", v => new(1.0, v, 1.0 / v))
            .InLayer(a => new CELU(a.Function.NegativeScale)),
        Each(
                "selu",
                "the exponential unit that keeps mean and variance",
                "SELU",
                new ExponentialUnitFunction(SeluScale, SeluScale * 1.6732632423543772, 1.0)
            )
            .InLayer(_ => new SELU()),
        Each("gelu", "the approximation of the Gaussian unit by tanh", "GELU", default(GeluTanhFunction))
            .Option("tanh", OptionTypes.Flag, _ => true, (a, _) => a, false)
            .Where(_ => true, options => options.Flag("tanh", false))
            .InLayer(_ => new GELU(tanh: true)),
        Each("gelu", "x times the probability that a normal value is below x", "GELU", default(GeluFunction))
            .InLayer(_ => new GELU()),
        Each("silu", "x / (1 + exp(-x))", "SiLU", default(SiluFunction)).InLayer(_ => new SiLU()),
        Each("mish", "x tanh(ln(1 + exp(x)))", "Mish", default(MishFunction)).InLayer(_ => new Mish()),
        Each("hardswish", "x min(max(x + 3, 0), 6) / 6", "Hardswish", default(HardswishFunction))
            .InLayer(_ => new Hardswish()),
        Each("hardsigmoid", "min(max(x + 3, 0), 6) / 6", "Hardsigmoid", default(HardsigmoidFunction))
            .InLayer(_ => new Hardsigmoid()),
        Each("sigmoid", "1 / (1 + exp(-x))", "Sigmoid", default(SigmoidFunction)).InLayer(_ => new Sigmoid()),
        Each("tanh", "the hyperbolic tangent", "Tanh", default(TanhFunction)).InLayer(_ => new Tanh()),
        Each("softplus", "ln(1 + exp(beta x)) / beta", "Softplus", new SoftplusFunction(1.0, 20.0))
            .Option(
                "beta",
                OptionTypes.Number,
                a => a.Function.Beta,
                (a, v) => a.With(a.Function with { Beta = v }),
                1.0
            )
            .Option(
                "threshold",
                OptionTypes.Number,
                a => a.Function.Threshold,
                (a, v) => a.With(a.Function with { Threshold = v }),
                20.0
            )
            .InLayer(a => new Softplus(a.Function.Beta, a.Function.Threshold)),
        Shares("softmax", "exp(x) over its sum along an axis", isLogarithm: false).InLayer(a => new Softmax(a.Axis)),
        Shares("logsoftmax", "the logarithm of the softmax", isLogarithm: true).InLayer(a => new LogSoftmax(a.Axis)),
        Drop("dropout", "zeroes elements at random", "Dropout", -1, 0.5).InLayer(a => new Dropout(a.Probability)),
        Drop("dropout1d", "zeroes channels of [N, C, L] at random", "Dropout1d", 2, 0.5)
            .InLayer(a => new Dropout1d(a.Probability)),
        Drop("dropout2d", "zeroes channels of [N, C, H, W] at random", "Dropout2d", 2, 0.5)
            .InLayer(a => new Dropout2d(a.Probability)),
        Drop("dropout3d", "zeroes channels of [N, C, D, H, W] at random", "Dropout3d", 2, 0.5)
            .InLayer(a => new Dropout3d(a.Probability)),
        Drop("droppath", "zeroes whole items at random", "DropPath", 1, 0.1).InLayer(a => new DropPath(a.Probability)),
    ];

    private static OperatorEntry<ElementwiseAttributes<TFunction>> Each<TFunction>(
        string word,
        string summary,
        string name,
        TFunction function
    )
        where TFunction : struct, IUnaryFunction => ArithmeticEntries.Each(word, summary, name, function, Activation);

    private static OperatorEntry<ElementwiseAttributes<ExponentialUnitFunction>> Exponential(
        string word,
        string summary,
        string name,
        Func<double, ExponentialUnitFunction> of
    ) =>
        Each(word, summary, name, of(1.0))
            .Option("alpha", OptionTypes.Number, a => a.Function.NegativeScale, (a, v) => a.With(of(v)), 1.0)
            .ByPosition("alpha");

    private static OperatorEntry<SoftmaxAttributes> Shares(string word, string summary, bool isLogarithm) =>
        new OperatorEntry<SoftmaxAttributes>(
            word,
            Activation,
            summary,
            _ => new(-1, isLogarithm),
            typeof(SoftmaxOperator)
        )
            .Option("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v }, -1)
            .MadeBy((a, owner) => new SoftmaxOperator(a) { Owner = owner })
            .Where(a => a.IsLogarithm == isLogarithm, _ => true);

    private static OperatorEntry<DropAttributes> Drop(
        string word,
        string summary,
        string name,
        int unitAxes,
        double usual
    ) =>
        new OperatorEntry<DropAttributes>(
            word,
            OperatorFamily.Random,
            summary,
            _ => new(name, usual, unitAxes),
            typeof(DropOperator)
        )
            .Takes(InputSlots.X, InputSlots.Key)
            .Option(
                "p",
                OptionTypes.Number,
                a => a.Probability,
                (a, v) => a with { Probability = v },
                usual,
                isAlwaysWritten: true
            )
            .ByPosition("p")
            .MadeBy((a, owner) => new DropOperator(a) { Owner = owner });
}
