using System.Numerics;

namespace Fovea.Kernels.Tests;

/// <summary>An elementwise function and its definition in double.</summary>
/// <param name="Value">f(x); infinities give limits.</param>
/// <param name="Slope">f'(x).</param>
/// <param name="SlopeScale">The size of what f'(x) is a sum of: errors are shares of it.</param>
/// <param name="Options">What the definition does not ask for.</param>
/// <param name="Single">Values and slopes in float.</param>
/// <param name="Double">Values and slopes in double.</param>
internal sealed record FunctionTruth(
    Func<double, double> Value,
    Func<double, double> Slope,
    Func<double, double> SlopeScale,
    TruthOptions Options,
    Func<double[], (double[] Values, double[] Slopes)> Single,
    Func<double[], (double[] Values, double[] Slopes)> Double
)
{
    public static FunctionTruth Of<TFunction>(
        TFunction function,
        Func<double, double> value,
        Func<double, double> slope,
        TruthOptions? options = null,
        Func<double, double>? scale = null
    )
        where TFunction : struct, IUnaryFunction =>
        new(
            value,
            slope,
            scale ?? (x => Math.Abs(slope(x))),
            options ?? new TruthOptions(),
            x => Run<float, TFunction>(function, x),
            x => Run<double, TFunction>(function, x)
        );

    /// <summary>Forward, and backward with a gradient of 1.</summary>
    private static unsafe (double[] Values, double[] Slopes) Run<T, TFunction>(TFunction function, double[] points)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IUnaryFunction
    {
        T[] x = Array.ConvertAll(points, T.CreateTruncating),
            y = new T[x.Length],
            ones = [.. x.Select(_ => T.One)],
            slopes = new T[x.Length];
        fixed (
            T* px = x,
                py = y,
                pd = ones,
                ps = slopes
        )
        {
            UnaryKernel<T, TFunction>.Forward(function, px, py, x.Length);
            T* saved = function.Saves switch
            {
                SavedValue.Input => px,
                SavedValue.Output => py,
                _ => null,
            };
            UnaryKernel<T, TFunction>.Backward(function, saved, pd, ps, x.Length);
        }

        return (Array.ConvertAll(y, double.CreateTruncating), Array.ConvertAll(slopes, double.CreateTruncating));
    }
}

/// <summary>What a definition does not ask for.</summary>
/// <param name="Growth">Errors may grow with 1 + Growth x²: those of an exponential grow with its argument.</param>
/// <param name="FromOutput">The size of the output, whose rounding the slope cannot see behind; 0 where it does not
/// read the output.</param>
/// <param name="Positive">Whether only positive x count.</param>
/// <param name="HasLimit">Whether the value at negative infinity, an infinity times 0, may be NaN.</param>
/// <param name="HasKink">Whether the slope at NaN may be anything.</param>
internal sealed record TruthOptions(
    double Growth = 0,
    double FromOutput = 0,
    bool Positive = false,
    bool HasLimit = false,
    bool HasKink = false
);

/// <summary>The definitions.</summary>
internal static class FunctionTruths
{
    private const double Rate = 0.79788456080286535588; // sqrt(2 / pi)

    private static readonly TruthOptions Kink = new(HasKink: true);
    private static readonly TruthOptions Limit = new(Growth: 0.5, HasLimit: true);
    private static readonly TruthOptions Positive = new(Positive: true);

    public static readonly Dictionary<string, FunctionTruth> All = new()
    {
        ["Sigmoid"] = FunctionTruth.Of(
            default(SigmoidFunction),
            Sigmoid,
            x => Sigmoid(x) * Sigmoid(-x),
            new TruthOptions(FromOutput: 1)
        ),
        ["Tanh"] = FunctionTruth.Of(
            default(TanhFunction),
            Math.Tanh,
            x => 4 * Sigmoid(2 * x) * Sigmoid(-2 * x),
            new TruthOptions(FromOutput: 2)
        ),
        ["Softplus"] = FunctionTruth.Of(
            new SoftplusFunction(1, 23),
            x => Softplus(x, 23),
            x => x > 23 ? 1 : Sigmoid(x)
        ),
        ["Softplus without threshold"] = FunctionTruth.Of(
            new SoftplusFunction(2, double.PositiveInfinity),
            x => Softplus(2 * x, double.PositiveInfinity) / 2,
            x => Sigmoid(2 * x)
        ),
        ["GELU"] = FunctionTruth.Of(
            default(GeluFunction),
            x => Times(x, Cumulative(x)),
            x => Cumulative(x) + Times(x, Density(x)),
            Limit,
            x => Cumulative(x) + Math.Abs(Times(x, Density(x)))
        ),
        ["GELU, tanh"] = FunctionTruth.Of(
            default(GeluTanhFunction),
            x => Times(x, Sigmoid(Inner(x))),
            x => Sigmoid(Inner(x)) + GeluTanhBend(x),
            Limit,
            x => Sigmoid(Inner(x)) + Math.Abs(GeluTanhBend(x))
        ),
        ["SiLU"] = FunctionTruth.Of(
            default(SiluFunction),
            x => Times(x, Sigmoid(x)),
            x => Sigmoid(x) + Times(x, Sigmoid(x) * Sigmoid(-x)),
            new TruthOptions(HasLimit: true),
            x => Sigmoid(x) + Math.Abs(Times(x, Sigmoid(x) * Sigmoid(-x)))
        ),
        ["Mish"] = FunctionTruth.Of(
            default(MishFunction),
            x => Times(x, MishFactor(x)),
            x => MishFactor(x) + MishBend(x),
            new TruthOptions(HasLimit: true),
            x => MishFactor(x) + Math.Abs(MishBend(x))
        ),
        ["ReLU"] = FunctionTruth.Of(default(ReluFunction), x => x <= 0 ? 0 : x, x => x > 0 ? 1 : 0, Kink),
        ["ReLU6"] = FunctionTruth.Of(
            default(Relu6Function),
            x => Math.Clamp(x, 0, 6),
            x => x is > 0 and < 6 ? 1 : 0,
            Kink
        ),
        ["LeakyReLU"] = FunctionTruth.Of(
            new LeakyReluFunction(0.25),
            x => x > 0 ? x : x / 4,
            x => x > 0 ? 1 : 0.25,
            Kink
        ),
        ["LeakyReLU, negative slope"] = FunctionTruth.Of(
            new LeakyReluFunction(-0.5),
            x => x > 0 ? x : -x / 2,
            x => x > 0 ? 1 : -0.5,
            Kink
        ),
        ["ELU"] = Unit(1, 1, 1),
        ["SELU"] = Unit(1.0507009873554805, 1.7580993408473766, 1),
        ["CELU"] = Unit(1, 2, 0.5),
        ["Hardsigmoid"] = FunctionTruth.Of(
            default(HardsigmoidFunction),
            x => Math.Clamp(x + 3, 0, 6) / 6,
            x => x is > -3 and < 3 ? 1.0 / 6 : 0,
            Kink
        ),
        ["Hardswish"] = FunctionTruth.Of(
            default(HardswishFunction),
            x => Times(x, Math.Clamp(x + 3, 0, 6) / 6),
            x =>
                x > 3 ? 1
                : x < -3 ? 0
                : (x / 3) + 0.5,
            new TruthOptions(HasLimit: true)
        ),
        ["Scale and shift"] = FunctionTruth.Of(new ScaleShiftFunction(2.5, -1), x => (2.5 * x) - 1, _ => 2.5, Kink),
        ["Division by 3"] = FunctionTruth.Of(new DivideByFunction(3), x => x / 3, _ => 1.0 / 3, Kink),
        ["1 / x"] = Reciprocal(1),
        ["1e10 / x"] = Reciprocal(1e10),
        ["1e-20 / x"] = Reciprocal(1e-20),
        ["Exp"] = FunctionTruth.Of(default(ExpFunction), Math.Exp, Math.Exp, new TruthOptions(Growth: 1e-3)),
        ["Log"] = FunctionTruth.Of(default(LogFunction), Math.Log, x => 1 / x, Positive),
        ["Sqrt"] = FunctionTruth.Of(default(SqrtFunction), Math.Sqrt, x => 0.5 / Math.Sqrt(x), Positive),
        ["Abs"] = FunctionTruth.Of(
            default(AbsFunction),
            Math.Abs,
            x =>
                x > 0 ? 1
                : x < 0 ? -1
                : 0,
            Kink
        ),
        ["Square"] = FunctionTruth.Of(default(SquareFunction), x => x * x, x => 2 * x),
        ["Clamp"] = FunctionTruth.Of(
            new ClampFunction(-1, 2),
            x => Math.Clamp(x, -1, 2),
            x => x is >= -1 and <= 2 ? 1 : 0,
            Kink
        ),
        ["x log x"] = FunctionTruth.Of(
            default(XLogXFunction),
            x =>
                x > 0 ? x * Math.Log(x)
                : x <= 0 ? 0
                : x,
            x =>
                x > 0 ? Math.Log(x) + 1
                : x <= 0 ? 0
                : x
        ),
        ["Huber"] = Huber(1),
        ["Huber of 1e25"] = Huber(1e25),
        ["Power 2"] = FunctionTruth.Of(new PowerFunction(2), x => x * x, x => 2 * x),
        ["Power 3"] = FunctionTruth.Of(new PowerFunction(3), x => x * x * x, x => 3 * x * x),
        ["Power -1"] = FunctionTruth.Of(new PowerFunction(-1), x => 1 / x, x => -1 / x / x),
        ["Power 1/2"] = FunctionTruth.Of(new PowerFunction(0.5), Math.Sqrt, x => 0.5 / Math.Sqrt(x), Positive),
    };

    private static double Sigmoid(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    /// <summary>The product, 0 where a factor is.</summary>
    private static double Times(double x, double factor) => factor == 0 ? 0 : x * factor;

    private static double Softplus(double x, double threshold)
    {
        double e = Math.Exp(-Math.Abs(x)),
            sum = 1 + e;
        double log = sum == 1 ? e : Math.Log(sum) * (e / (sum - 1)); // exact also where e is small
        return x > threshold ? x : Math.Max(x, 0) + log;
    }

    private static double Cumulative(double x) =>
        0.5 * ErrorFunction.Erfc(new Vector<double>(-x * 0.70710678118654752440))[0];

    private static double Density(double x) => 0.39894228040143267794 * Math.Exp(-x * x / 2);

    /// <summary>Twice the argument of the hyperbolic tangent: (1 + tanh(u)) / 2 is the sigmoid of 2 u.</summary>
    private static double Inner(double x) => 2 * Rate * x * (1 + (0.044715 * x * x));

    private static double GeluTanhBend(double x)
    {
        double bend = Sigmoid(Inner(x)) * Sigmoid(-Inner(x));
        return bend == 0 ? 0 : x * bend * 2 * Rate * (1 + (3 * 0.044715 * x * x));
    }

    private static double MishFactor(double x)
    {
        double e = Math.Exp(Math.Min(x, 100)),
            n = e * (e + 2);
        return n / (n + 2);
    }

    private static double MishBend(double x)
    {
        double e = Math.Exp(Math.Min(x, 100)),
            sum = (e * (e + 2)) + 2;
        return x > 100 ? 0 : Times(x, 4 * e * (1 + e) / sum / sum);
    }

    private static double ExpMinusOne(double x) =>
        Math.Abs(x) < 1 ? Math.Sinh(x) + (2 * Math.Pow(Math.Sinh(x / 2), 2)) : Math.Exp(x) - 1;

    private static FunctionTruth Unit(double positive, double negative, double rate) =>
        FunctionTruth.Of(
            new ExponentialUnitFunction(positive, negative, rate),
            x => x > 0 ? positive * x : negative * ExpMinusOne(rate * x),
            x => x > 0 ? positive : negative * rate * Math.Exp(rate * x),
            new TruthOptions(FromOutput: negative)
        );

    private static FunctionTruth Reciprocal(double numerator) =>
        FunctionTruth.Of(
            new ReciprocalFunction(numerator),
            x => numerator / x,
            x => -Math.Abs(numerator / x / x) // also of -0
        );

    private static FunctionTruth Huber(double delta) =>
        FunctionTruth.Of(
            new HuberFunction(delta),
            x => Math.Abs(x) <= delta ? x * x / 2 : delta * (Math.Abs(x) - (delta / 2)),
            x => Math.Clamp(x, -delta, delta)
        );
}
