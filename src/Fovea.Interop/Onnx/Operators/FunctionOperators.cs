using Fovea.Kernels;
using static Fovea.Interop.Onnx.ArithmeticOperators;

namespace Fovea.Interop.Onnx;

/// <summary>Functions of each element: activations and arithmetic of one input.</summary>
internal static partial class FunctionOperators
{
    private const double SeluAlpha = 1.67326319217681884765625,
        SeluGamma = 1.05070102214813232421875;

    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        Of("Abs", (_, x) => x.Abs(), Math.Abs, v => v < 0 ? -v : v, write: Plain<AbsFunction>("Abs")),
        Of("Neg", (_, x) => -x, v => -v, v => -v),
        Of("Exp", (_, x) => x.Exp(), Math.Exp, write: Plain<ExpFunction>("Exp")),
        Of("Log", (_, x) => x.Log(), Math.Log, write: Plain<LogFunction>("Log")),
        Of("Sqrt", (_, x) => x.Sqrt(), Math.Sqrt, write: Plain<SqrtFunction>("Sqrt")),
        Of("Floor", (_, x) => x.Floor(), Math.Floor, write: Plain<FloorFunction>("Floor")),
        Of("Ceil", (_, x) => x.Ceiling(), Math.Ceiling, write: Plain<CeilingFunction>("Ceil")),
        Of(
            "Round",
            (_, x) => x.Round(),
            v => Math.Round(v, MidpointRounding.ToEven),
            write: Plain<RoundFunction>("Round")
        ),
        Of(
            "Sign",
            (_, x) => x.Sign(),
            v => double.IsNaN(v) ? v : Math.Sign(v),
            v => Int128.Sign(v),
            write: Plain<SignFunction>("Sign")
        ),
        Of("Sin", (_, x) => x.Sin(), Math.Sin, write: Plain<SinFunction>("Sin")),
        Of("Cos", (_, x) => x.Cos(), Math.Cos, write: Plain<CosFunction>("Cos")),
        Of("Tan", (_, x) => x.Sin() / x.Cos(), Math.Tan),
        Of("Asin", null, Math.Asin),
        Of("Acos", null, Math.Acos),
        Of("Atan", null, Math.Atan),
        Of("Sinh", null, Math.Sinh),
        Of("Cosh", null, Math.Cosh),
        Of("Asinh", null, Math.Asinh),
        Of("Acosh", null, Math.Acosh),
        Of("Atanh", null, Math.Atanh),
        Of("Erf", (_, x) => x.Erf(), null, write: Plain<ErfFunction>("Erf")),
        Of(
            "Reciprocal",
            (_, x) => 1.0 / x,
            v => 1.0 / v,
            write: OnnxWriting.Of<Elementwise<ReciprocalFunction>>(WriteReciprocal)
        ),
        Of("Relu", (_, x) => x.Relu(), v => Math.Max(v, 0.0), v => v < 0 ? 0 : v, write: Plain<ReluFunction>("Relu")),
        Of(
            "LeakyRelu",
            (c, x) => x.LeakyRelu(c.Node.Float("alpha", 0.01)),
            null,
            write: OnnxWriting.Of<Elementwise<LeakyReluFunction>>(use =>
                use.Is(
                    use.Add(
                        "LeakyRelu",
                        use.Inputs,
                        OnnxAttribute.Float("alpha", Function<LeakyReluFunction>(use).Slope)
                    )
                )
            )
        ),
        Of(
            "Elu",
            (c, x) => x.Elu(c.Node.Float("alpha", 1.0)),
            null,
            write: OnnxWriting.Of<Elementwise<ExponentialUnitFunction>>(WriteExponential)
        ),
        Of("Celu", (c, x) => x.Celu(c.Node.Float("alpha", 1.0)), null),
        Of("Selu", Selu, null),
        Of(
            "Gelu",
            (c, x) => x.Gelu(tanh: c.Node.Text("approximate", "none") == "tanh"),
            null,
            null,
            OnnxWriting.Of<Elementwise<GeluFunction>>(use =>
                use.Is(use.Opset >= 20 ? use.Add("Gelu", use.Inputs) : WriteGelu(use))
            ),
            OnnxWriting.Of<Elementwise<GeluTanhFunction>>(WriteGeluTanh)
        ),
        Of("Sigmoid", (_, x) => x.Sigmoid(), null, write: Plain<SigmoidFunction>("Sigmoid")),
        Of(
            "HardSigmoid",
            HardSigmoid,
            null,
            write: OnnxWriting.Of<Elementwise<HardsigmoidFunction>>(use => use.Is(WriteHardSigmoid(use)))
        ),
        Of(
            "HardSwish",
            (_, x) => x.Hardswish(),
            null,
            write: OnnxWriting.Of<Elementwise<HardswishFunction>>(use =>
                use.Is(
                    use.Opset >= 14
                        ? use.Add("HardSwish", use.Inputs)
                        : use.Add("Mul", [use[0], WriteHardSigmoid(use.At("gate"))])
                )
            )
        ),
        Of("Tanh", (_, x) => x.Tanh(), null, write: Plain<TanhFunction>("Tanh")),
        Of(
            "Softplus",
            (_, x) => x.Softplus(),
            null,
            write: OnnxWriting.Of<Elementwise<SoftplusFunction>>(WriteSoftplus)
        ),
        Of("Softsign", (_, x) => x / (x.Abs() + 1.0), null),
        Of("ThresholdedRelu", ThresholdedRelu, null),
        Of("Mish", (_, x) => x.Mish(), null, write: OnnxWriting.Of<Elementwise<MishFunction>>(WriteMish)),
        Of(
            "Swish",
            Swish,
            null,
            // The node Swish of opset 24 is read, and not written: few runtimes have it.
            write: OnnxWriting.Of<Elementwise<SiluFunction>>(use =>
                use.Is(use.Add("Mul", [use[0], use.At("gate").Add("Sigmoid", use.Inputs)]))
            )
        ),
        Of("Shrink", Shrink, null),
        new("IsNaN")
        {
            Graph = c => c.IsFloat ? [new OnnxValue(ElementType.Bool, c.X().NotEqualTo(c.X()).To(DType.Int64))] : null,
        },
        new("IsInf")
        {
            Specs = c => [new(ElementType.Bool, c[0].Shape)],
            Evaluate = c => [Elements.Map(c[0], ElementType.Bool, v => IsInfinite(c, v) ? 1.0 : 0.0)],
        },
        new("Not")
        {
            Specs = c => [c[0].Spec],
            Evaluate = c => [Elements.Map(c[0], ElementType.Bool, v => v, v => v == 0 ? 1 : 0)],
        },
        new("BitwiseNot")
        {
            Specs = c => [c[0].Spec],
            Evaluate = c => [Elements.Map(c[0], c[0].Type, v => v, v => ~v)],
        },
        new("Identity")
        {
            Graph = c => [c[0]],
            Writes = [OnnxWriting.Of<StopGradient>(use => use.IsInput(0))], // gradients are not in a file
        },
        new("Clip")
        {
            Graph = Clip,
            Specs = c => [c[0].Spec],
            Evaluate = ClipIntegers,
            Writes =
            [
                OnnxWriting.Of<Elementwise<Relu6Function>>(use => WriteClip(use, 0.0, 6.0)),
                OnnxWriting.Of<Elementwise<ClampFunction>>(use =>
                    WriteClip(use, Function<ClampFunction>(use).Low, Function<ClampFunction>(use).High)
                ),
            ],
        },
        new("PRelu")
        {
            Graph = PRelu,
            Learned = [new(1, "weight", ParameterKind.Other) { IsOfChannels = true }],
            Writes = [OnnxWriting.Of<PReluOperator>(WritePRelu)],
            Specs = c => [c[0].Spec],
            Evaluate = c => [Elements.Pair(c, c[0], c[1], c[0].Type, null, (x, slope) => x < 0 ? x * slope : x)],
        },
    ];

    private static OnnxOperator Of(
        string name,
        Func<OnnxCall, Tensor, Tensor>? graph,
        Func<double, double>? real,
        Func<Int128, Int128>? integer = null,
        params OnnxWriting[] write
    ) =>
        new(name)
        {
            Writes = write,
            Graph = graph is null ? null : c => c[0].Type.IsFloat() ? [c.Like(graph(c, c.X()))] : null,
            Specs = c => [c[0].Spec],
            Evaluate = real is null ? null : c => [Elements.Map(c[0], c[0].Type, real, integer)],
        };

    private static OnnxWriting Plain<TFunction>(string name)
        where TFunction : struct, IUnaryFunction => OnnxWriting.Plain<Elementwise<TFunction>>(name);

    private static Tensor Selu(OnnxCall c, Tensor x)
    {
        double alpha = c.Node.Float("alpha", SeluAlpha),
            gamma = c.Node.Float("gamma", SeluGamma);
        return (float)alpha == (float)SeluAlpha && (float)gamma == (float)SeluGamma ? x.Selu() : x.Elu(alpha) * gamma;
    }

    private static Tensor HardSigmoid(OnnxCall c, Tensor x)
    {
        double alpha = c.Node.Float("alpha", 0.2),
            beta = c.Node.Float("beta", 0.5);
        return (float)alpha == 1f / 6f && beta == 0.5 ? x.Hardsigmoid() : ((x * alpha) + beta).Clamp(0.0, 1.0);
    }

    private static Tensor ThresholdedRelu(OnnxCall c, Tensor x) =>
        Tensor.Where(x > c.Node.Float("alpha", 1.0), x, Tensor.Scalar(0.0, x.DType));

    private static Tensor Swish(OnnxCall c, Tensor x)
    {
        double alpha = c.Node.Float("alpha", 1.0);
        return alpha == 1.0 ? x.Silu() : x * (x * alpha).Sigmoid();
    }

    private static Tensor Shrink(OnnxCall c, Tensor x)
    {
        double bias = c.Node.Float("bias", 0.0),
            limit = c.Node.Float("lambd", 0.5);
        Tensor zero = Tensor.Scalar(0.0, x.DType);
        return Tensor.Where(x > limit, x - bias, Tensor.Where(x < -limit, x + bias, zero));
    }

    private static bool IsInfinite(OnnxCall c, double value) =>
        (double.IsPositiveInfinity(value) && c.Node.Flag("detect_positive", true))
        || (double.IsNegativeInfinity(value) && c.Node.Flag("detect_negative", true));

    /// <summary>Bounds are attributes before opset 11, then inputs, each of which may be absent. The upper bound wins.</summary>
    private static OnnxValue?[]? Clip(OnnxCall c)
    {
        if (!c[0].Type.IsFloat())
        {
            return null;
        }

        bool canRead = c.Given.Skip(1).All(v => v.IsReadable);
        if (!canRead)
        {
            Tensor x = c.Find(1) is { } least ? c.X().Maximum(least.Tensor) : c.X();
            return [c.Like(c.Find(2) is { } most ? x.Minimum(most.Tensor) : x)];
        }

        double low = c.Opset < 11 ? c.Node.Float("min", double.NegativeInfinity) : c.Number(1, double.NegativeInfinity),
            high = c.Opset < 11 ? c.Node.Float("max", double.PositiveInfinity) : c.Number(2, double.PositiveInfinity);
        return
        [
            c.Like(
                low == 0.0 && high == 6.0 ? c.X().Relu6()
                : low == 0.0 && double.IsPositiveInfinity(high) ? c.X().Relu()
                : c.X().Clamp(Math.Min(low, high), high)
            ),
        ];
    }

    private static OnnxValue?[] ClipIntegers(OnnxCall c)
    {
        OnnxValue result = c[0];
        result = c.Find(1) is { } low ? Elements.Pair(c, result, low, result.Type, Math.Max, Int128.Max) : result;
        return [c.Find(2) is { } high ? Elements.Pair(c, result, high, result.Type, Math.Min, Int128.Min) : result];
    }

    /// <summary>The slope broadcasts to x from the last axis on; one a channel is the operator of the house.</summary>
    private static OnnxValue?[]? PRelu(OnnxCall c)
    {
        if (!c.IsFloat)
        {
            return null;
        }

        Tensor x = c.X(),
            slope = c.X(1);
        bool isOwn =
            slope.Rank == 1
            && (slope.Shape[0] == 1 || ((x.Rank == 2 || c.Layer.IsOfChannels) && slope.Shape[0] == x.Shape[1]));
        return [c.Like(isOwn ? c.Apply("prelu", new NoAttributes(), x, slope) : x.Relu() - (slope * (-x).Relu()))];
    }
}
