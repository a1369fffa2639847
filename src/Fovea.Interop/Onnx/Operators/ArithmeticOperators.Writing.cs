using Fovea.Kernels;

namespace Fovea.Interop.Onnx;

/// <summary>Arithmetic as nodes of ONNX.</summary>
internal static partial class ArithmeticOperators
{
    /// <summary>A tensor and a number.</summary>
    public static string WithNumber(OnnxUse use, string type, string x, double value) =>
        use.Add(type, [x, use.Number("value", value)]);

    /// <summary>Truth values: whether elements are not 0.</summary>
    public static string NotZero(OnnxUse use, string x, DType type)
    {
        OnnxUse equal = use.At("equal");
        return use.Add("Not", [equal.Add("Equal", [x, equal.Number("value", 0.0, type)])]);
    }

    /// <summary>The function of each element that an operator computes.</summary>
    public static TFunction Function<TFunction>(OnnxUse use)
        where TFunction : struct, IUnaryFunction => use.Attributes<ElementwiseAttributes<TFunction>>().Function;

    /// <summary>Two tensors. A constant of one element is written as a number, as those of operators are.</summary>
    private static void Write(OnnxUse use, string type)
    {
        Value second = use.Node.Inputs[1];
        bool isNumber =
            second.Kind == ValueKind.Constant
            && second.Tensor is { Count: 1 } tensor
            && tensor.Rank <= use.From.Rank
            && type is "Add" or "Sub" or "Mul" or "Div";
        use.Is(
            isNumber
                ? WithNumber(use, type, use[0], second.Tensor!.ToArray<double>()[0])
                : use.Add(type, [use[0], use[1]])
        );
    }

    private static void WriteScaleShift(OnnxUse use)
    {
        (double scale, double shift) = Function<ScaleShiftFunction>(use);
        use.Is(
            (use.Node.Operator.Name, scale, shift) switch
            {
                ("Subtract", 1.0, _) => WithNumber(use, "Sub", use[0], -shift),
                ("Subtract", -1.0, _) => use.Add("Sub", [use.Number("value", shift), use[0]]),
                ("Negate", _, _) => use.Add("Neg", [use[0]]),
                (_, 1.0, _) => WithNumber(use, "Add", use[0], shift),
                (_, _, 0.0) => WithNumber(use, "Mul", use[0], scale),
                _ => WithNumber(use, "Add", WithNumber(use.At("scaled"), "Mul", use[0], scale), shift),
            }
        );
    }

    /// <summary>Powers as they are read: those with an operator of their own by it.</summary>
    private static void WritePower(OnnxUse use) =>
        use.Is(
            Function<PowerFunction>(use).Exponent switch
            {
                2.0 => use.Add("Mul", [use[0], use[0]]),
                0.5 => use.Add("Sqrt", [use[0]]),
                -1.0 => use.Add("Reciprocal", [use[0]]),
                double exponent => WithNumber(use, "Pow", use[0], exponent),
            }
        );

    private static void WriteDivision(OnnxUse use)
    {
        (SymbolicShape counted, int correction, bool emptyIsOne) = use.Attributes<CountAttributes>();
        if (counted.HasBatch)
        {
            throw use.Cannot($"it divides by a number of elements that depends on the batch, {counted}");
        }

        double count = counted.Single.Count;
        use.Is(WithNumber(use, "Div", use[0], count == 0.0 && emptyIsOne ? 1.0 : count - correction));
    }

    private static void WriteComparison(OnnxUse use)
    {
        Comparison kind = use.Attributes<CompareAttributes>().Kind;
        string truth = kind switch
        {
            Comparison.Greater => use.Add("Greater", use.Inputs),
            Comparison.GreaterOrEqual => use.Add("GreaterOrEqual", use.Inputs),
            Comparison.Less => use.Add("Less", use.Inputs),
            Comparison.LessOrEqual => use.Add("LessOrEqual", use.Inputs),
            Comparison.Equal => use.Add("Equal", use.Inputs),
            _ => use.Add("Not", [use.At("equal").Add("Equal", use.Inputs)]),
        };
        use.Is(truth, ElementType.Bool);
    }
}
