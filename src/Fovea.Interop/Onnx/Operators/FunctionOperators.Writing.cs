using Fovea.Kernels;
using static Fovea.Interop.Onnx.ArithmeticOperators;

namespace Fovea.Interop.Onnx;

/// <summary>Functions of each element as nodes of ONNX.</summary>
internal static partial class FunctionOperators
{
    private static void WriteReciprocal(OnnxUse use)
    {
        double numerator = Function<ReciprocalFunction>(use).Numerator;
        use.Is(
            numerator == 1.0
                ? use.Add("Reciprocal", use.Inputs)
                : use.Add("Div", [use.Number("value", numerator), use[0]])
        );
    }

    /// <summary>ELU, CELU and SELU are three settings of one function.</summary>
    private static void WriteExponential(OnnxUse use)
    {
        (double positive, double negative, double rate) = Function<ExponentialUnitFunction>(use);
        use.Is(
            use.Node.Operator.Name == "SELU" ? use.Add("Selu", use.Inputs)
            : positive != 1.0 ? throw use.Cannot("it is an exponential unit of no known kind")
            : use.Add(rate == 1.0 ? "Elu" : "Celu", use.Inputs, OnnxAttribute.Float("alpha", negative))
        );
    }

    private static string WriteHardSigmoid(OnnxUse use) =>
        use.Add("HardSigmoid", [use[0]], OnnxAttribute.Float("alpha", 1f / 6f), OnnxAttribute.Float("beta", 0.5));

    private static void WriteSoftplus(OnnxUse use)
    {
        double beta = Function<SoftplusFunction>(use).Beta; // above the threshold both are x, up to rounding
        use.Is(
            beta == 1.0
                ? use.Add("Softplus", use.Inputs)
                : WithNumber(
                    use,
                    "Div",
                    use.At("soft").Add("Softplus", [WithNumber(use.At("scaled"), "Mul", use[0], beta)]),
                    beta
                )
        );
    }

    private static void WriteMish(OnnxUse use) =>
        use.Is(
            use.Opset >= 18
                ? use.Add("Mish", use.Inputs)
                : use.Add("Mul", [use[0], use.At("gate").Add("Tanh", [use.At("soft").Add("Softplus", use.Inputs)])])
        );

    /// <summary>x (1 + erf(x / sqrt(2))) / 2.</summary>
    private static string WriteGelu(OnnxUse use)
    {
        string erf = use.At("erf").Add("Erf", [WithNumber(use.At("scaled"), "Div", use[0], Math.Sqrt(2.0))]);
        return WriteGate(use, erf);
    }

    /// <summary>x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x x x))) / 2.</summary>
    private static void WriteGeluTanh(OnnxUse use)
    {
        if (use.Opset >= 20)
        {
            use.Is(use.Add("Gelu", use.Inputs, OnnxAttribute.Text("approximate", "tanh")));
            return;
        }

        string square = use.At("square").Add("Mul", [use[0], use[0]]),
            cube = use.At("cube").Add("Mul", [square, use[0]]),
            part = WithNumber(use.At("part"), "Mul", cube, 0.044715),
            sum = use.At("sum").Add("Add", [use[0], part]);
        string scaled = WithNumber(use.At("scaled"), "Mul", sum, Math.Sqrt(2.0 / Math.PI));
        use.Is(WriteGate(use, use.At("tanh").Add("Tanh", [scaled])));
    }

    private static string WriteGate(OnnxUse use, string bent)
    {
        string gate = WithNumber(use.At("gate"), "Add", bent, 1.0);
        return WithNumber(use, "Mul", use.At("gated").Add("Mul", [use[0], gate]), 0.5);
    }

    /// <summary>A bound that is infinite is absent. What is a ReLU is written as one.</summary>
    private static void WriteClip(OnnxUse use, double low, double high)
    {
        if (low == 0.0 && double.IsPositiveInfinity(high))
        {
            use.Is(use.Add("Relu", use.Inputs));
            return;
        }

        List<string> inputs = [use[0]];
        inputs.Add(double.IsInfinity(low) ? "" : use.Number("min", low));
        inputs.Add(double.IsInfinity(high) ? "" : use.Number("max", high));
        while (inputs[^1].Length == 0)
        {
            inputs.RemoveAt(inputs.Count - 1);
        }

        use.Is(use.Add("Clip", inputs));
    }

    /// <summary>The slopes of channels stand with axes of size 1 behind, so that they broadcast from the last axis on.</summary>
    private static void WritePRelu(OnnxUse use)
    {
        Shape slope = use.Node.Inputs[1].Shape.Single;
        int behind = Math.Max(0, use.From.Rank - 2);
        bool isPlain = slope[0] == 1 || behind == 0;
        if (!isPlain && use.Node.Inputs[1].Tensor is null)
        {
            throw use.Cannot("its slopes are computed");
        }

        use.Is(
            use.Add(
                "PRelu",
                [use[0], isPlain ? use[1] : use.Reshaped(1, Shape.Create([slope[0], .. Enumerable.Repeat(1, behind)]))]
            )
        );
    }
}
