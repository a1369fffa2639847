using Fovea.Kernels;

namespace Fovea.Interop.Onnx;

/// <summary>Arithmetic, comparisons and logic of two or more inputs, with broadcasting.</summary>
internal static partial class ArithmeticOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        Pair(
            "Add",
            (a, b) => a + b,
            (a, v) => a + v,
            (a, b) => a + b,
            (a, b) => a + b,
            OnnxWriting.Of<Add>(use => Write(use, "Add")),
            OnnxWriting.Of<Elementwise<ScaleShiftFunction>>(WriteScaleShift)
        ),
        Pair(
            "Sub",
            (a, b) => a - b,
            (a, v) => a - v,
            (a, b) => a - b,
            (a, b) => a - b,
            OnnxWriting.Of<Subtract>(use => Write(use, "Sub"))
        ),
        Pair(
            "Mul",
            (a, b) => a * b,
            (a, v) => a * v,
            (a, b) => a * b,
            (a, b) => a * b,
            OnnxWriting.Of<Multiply>(use => Write(use, "Mul")),
            OnnxWriting.Of<Elementwise<SquareFunction>>(use => use.Is(use.Add("Mul", [use[0], use[0]])))
        ),
        Pair(
            "Div",
            (a, b) => a / b,
            (a, v) => a / v,
            (a, b) => a / b,
            Divide,
            OnnxWriting.Of<Divide>(use => Write(use, "Div")),
            OnnxWriting.Of<Elementwise<DivideByFunction>>(use =>
                use.Is(WithNumber(use, "Div", use[0], Function<DivideByFunction>(use).Divisor))
            ),
            OnnxWriting.Of<DivideByCount>(WriteDivision)
        ),
        new("Pow")
        {
            Graph = c => c[0].Type.IsFloat() && Scalar(c, 1) is { } exponent ? [c.Like(c.X().Power(exponent))] : null,
            Specs = Broadcast,
            Evaluate = c => [Elements.Pair(c, c[0], c[1], c[0].Type, Math.Pow, null)],
            Writes = [OnnxWriting.Of<Elementwise<PowerFunction>>(WritePower)],
        },
        new("Mod")
        {
            Specs = Broadcast,
            Evaluate = c =>
                [
                    c.Node.Flag("fmod", false)
                        ? Elements.Pair(c, c[0], c[1], c[0].Type, (a, b) => a % b, (a, b) => b == 0 ? 0 : a % b)
                        : Elements.Pair(c, c[0], c[1], c[0].Type, Modulo, Modulo),
                ],
        },
        Many(
            "Max",
            (a, b) => a.Maximum(b),
            Math.Max,
            Int128.Max,
            OnnxWriting.Of<Extreme>(use => Write(use, use.Attributes<ExtremeAttributes>().IsLarger ? "Max" : "Min"))
        ),
        Many("Min", (a, b) => a.Minimum(b), Math.Min, Int128.Min),
        Many("Sum", (a, b) => a + b, (a, b) => a + b, (a, b) => a + b),
        new("Mean")
        {
            Graph = c =>
                c.IsFloat ? [c.Like(c.Given.Select(i => i.Tensor).Aggregate((a, b) => a + b) / c.Count)] : null,
        },
        Compare(
            "Equal",
            (a, b) => a.EqualTo(b),
            (a, b) => a == b,
            (a, b) => a == b,
            OnnxWriting.Of<Compare>(WriteComparison)
        ),
        Compare("Greater", (a, b) => a > b, (a, b) => a > b, (a, b) => a > b),
        Compare("GreaterOrEqual", (a, b) => a >= b, (a, b) => a >= b, (a, b) => a >= b),
        Compare("Less", (a, b) => a < b, (a, b) => a < b, (a, b) => a < b),
        Compare("LessOrEqual", (a, b) => a <= b, (a, b) => a <= b, (a, b) => a <= b),
        Integers("And", (a, b) => a & b),
        Integers("Or", (a, b) => a | b),
        Integers("Xor", (a, b) => a ^ b),
        Integers("BitwiseAnd", (a, b) => a & b),
        Integers("BitwiseOr", (a, b) => a | b),
        Integers("BitwiseXor", (a, b) => a ^ b),
        new("BitShift")
        {
            Specs = Broadcast,
            Evaluate = c =>
            {
                bool left = c.Node.Text("direction", "") == "LEFT";
                return [Elements.Pair(c, c[0], c[1], c[0].Type, null, (a, b) => left ? a << (int)b : a >> (int)b)];
            },
        },
        new("Where")
        {
            Graph = Where,
            Specs = c => [new(c[1].Type, Together(c))],
            Evaluate = WhereValues,
            Writes =
            [
                OnnxWriting.Of<Where>(use => use.Is(use.Add("Where", [use.As(0, ElementType.Bool), use[1], use[2]]))),
            ],
        },
    ];

    private static OnnxOperator Pair(
        string name,
        Func<Tensor, Tensor, Tensor> graph,
        Func<Tensor, double, Tensor> withNumber,
        Func<double, double, double> real,
        Func<Int128, Int128, Int128> integer,
        params OnnxWriting[] writes
    ) =>
        new(name)
        {
            Writes = writes,
            Graph = c =>
                !c.IsFloat ? null
                : OldAxis(c) is { } aligned ? [c.Like(graph(c.X(), aligned))]
                : Scalar(c, 1) is { } number && c[1].Shape.Rank <= c[0].Shape.Rank ? [c.Like(withNumber(c.X(), number))]
                : [c.Like(graph(c.X(), c.X(1)))],
            Specs = Broadcast,
            Evaluate = c => [Elements.Pair(c, c[0], c[1], c[0].Type, real, integer)],
        };

    private static OnnxOperator Many(
        string name,
        Func<Tensor, Tensor, Tensor> graph,
        Func<double, double, double> real,
        Func<Int128, Int128, Int128> integer,
        params OnnxWriting[] writes
    ) =>
        new(name)
        {
            Writes = writes,
            Graph = c => c.IsFloat ? [c.Like(c.Given.Select(i => i.Tensor).Aggregate(graph))] : null,
            Specs = Broadcast,
            Evaluate = c => [c.Given.Aggregate((a, b) => Elements.Pair(c, a, b, c[0].Type, real, integer))],
        };

    private static OnnxOperator Compare(
        string name,
        Func<Tensor, Tensor, Tensor> graph,
        Func<double, double, bool> real,
        Func<Int128, Int128, bool> integer,
        params OnnxWriting[] writes
    ) =>
        new(name)
        {
            Writes = writes,
            Graph = c =>
                c.IsFloat || c.Given.All(i => !i.Type.IsFloat() && i.Type != ElementType.UInt64)
                    ? [new OnnxValue(ElementType.Bool, graph(c.X(), c.X(1)).To(DType.Int64))]
                    : null,
            Specs = c => [new(ElementType.Bool, Together(c))],
            Evaluate = c =>
                [
                    Elements.Pair(
                        c,
                        c[0],
                        c[1],
                        ElementType.Bool,
                        (a, b) => real(a, b) ? 1.0 : 0.0,
                        (a, b) => integer(a, b) ? 1 : 0
                    ),
                ],
        };

    private static OnnxOperator Integers(string name, Func<Int128, Int128, Int128> integer) =>
        new(name) { Specs = Broadcast, Evaluate = c => [Elements.Pair(c, c[0], c[1], c[0].Type, null, integer)] };

    private static ValueSpec[] Broadcast(OnnxCall c) => [new(c[0].Type, Together(c))];

    private static Shape Together(OnnxCall c) => Elements.Broadcast(c, c.Given.Select(i => i.Shape));

    /// <summary>Before opset 7, the second input as it stands from the axis on that the node names; null where it names
    /// none.</summary>
    private static Tensor? OldAxis(OnnxCall c)
    {
        if (c.Opset >= 7 || !c.Node.Has("axis"))
        {
            return null;
        }

        int behind = c[0].Shape.Rank - c[1].Shape.Rank - c.Axis(c.Node.Int("axis", 0), c[0].Shape.Rank);
        return behind < 0
            ? throw c.Error($"{c[1].Shape} does not fit {c[0].Shape} from that axis on")
            : c.X(1).Reshape([.. c[1].Shape, .. Enumerable.Repeat(1, behind)]);
    }

    /// <summary>The number that an input is, where it is known to be one; null otherwise.</summary>
    private static double? Scalar(OnnxCall c, int input) =>
        c[input] is { IsKnown: true, Shape.Count: 1, Tensor: not Parameter } value ? value.Reals()[0] : null;

    /// <summary>Integers are divided towards zero.</summary>
    private static Int128 Divide(Int128 a, Int128 b) =>
        b == 0 ? throw new DivideByZeroException("an integer is divided by 0") : a / b;

    private static double Modulo(double a, double b) => a - (b * Math.Floor(a / b));

    private static Int128 Modulo(Int128 a, Int128 b) => b == 0 ? 0 : (((a % b) + b) % b);

    private static OnnxValue?[]? Where(OnnxCall c) =>
        c[1].Type.IsFloat()
            ? [c.Like(Tensor.Where(c.Part("condition", () => c.X(0).To(c.X(1).DType)), c.X(1), c.X(2)), 1)]
            : null;

    private static OnnxValue?[] WhereValues(OnnxCall c)
    {
        Shape shape = Together(c);
        int[] condition = Elements.Sources(c[0].Shape, shape),
            first = Elements.Sources(c[1].Shape, shape),
            second = Elements.Sources(c[2].Shape, shape);
        long[] chooses = c[0].Integers(),
            x = c[1].Integers(),
            y = c[2].Integers(),
            results = new long[condition.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = chooses[condition[i]] != 0 ? x[first[i]] : y[second[i]];
        }

        return [OnnxValue.Of(c[1].Type, results, shape)];
    }
}
