using Fovea.Kernels;
using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>Arithmetic: of two tensors, of a tensor and a number, and of each element.</summary>
internal static class ArithmeticEntries
{
    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        .. Sums(),
        .. Products(),
        Pair(
            "maximum",
            "the larger of a and b, element by element",
            new ExtremeAttributes(IsLarger: true),
            (a, owner) => new Extreme(a) { Owner = owner },
            a => a.IsLarger,
            typeof(Extreme)
        ),
        Pair(
            "minimum",
            "the smaller of a and b, element by element",
            new ExtremeAttributes(IsLarger: false),
            (a, owner) => new Extreme(a) { Owner = owner },
            a => !a.IsLarger,
            typeof(Extreme)
        ),
        Pair(
            "matmul",
            "the matrix product over the last two axes",
            new MatMulAttributes(),
            (_, owner) => new MatMul { Owner = owner },
            a => a == new MatMulAttributes(),
            typeof(MatMul),
            Product
        ),
        Each("negate", "-x", "Negate", new ScaleShiftFunction(-1.0, 0.0)),
        Each("exp", "e to each element", "Exp", default(ExpFunction)),
        Each("log", "the natural logarithm", "Log", default(LogFunction)),
        Each("sqrt", "the square root", "Sqrt", default(SqrtFunction)),
        Each("abs", "the absolute value", "Abs", default(AbsFunction)),
        Each("square", "x x", "Square", default(SquareFunction)),
        Each("sin", "the sine", "Sin", default(SinFunction)),
        Each("cos", "the cosine", "Cos", default(CosFunction)),
        Each("erf", "the error function", "Erf", default(ErfFunction)),
        Each("sign", "-1, 0 or 1", "Sign", default(SignFunction)),
        Each("floor", "the whole number not above x", "Floor", default(FloorFunction)),
        Each("ceiling", "the whole number not below x", "Ceiling", default(CeilingFunction)),
        Each("round", "the nearest whole number", "Round", default(RoundFunction)),
        .. Comparisons(),
        new OperatorEntry<NoAttributes>(
            "where",
            Elementwise,
            "a where a condition is not 0, else b",
            _ => new NoAttributes(),
            typeof(Where)
        )
            .Takes(new InputSlot("condition", SlotKind.Activation), InputSlots.A, InputSlots.B)
            .MadeBy((_, owner) => new Where { Owner = owner }),
        Each("power", "x to a power", "Power", new PowerFunction(1.0))
            .Needs(
                "exponent",
                OptionTypes.Number,
                a => a.Function.Exponent,
                (a, v) => a.With(a.Function with { Exponent = v })
            ),
        Each("clamp", "x, not below and not above", "Clamp", default(ClampFunction))
            .Option(
                "low",
                OptionTypes.Number,
                a => a.Function.Low,
                (a, v) => a.With(a.Function with { Low = v }),
                double.NegativeInfinity
            )
            .Option(
                "high",
                OptionTypes.Number,
                a => a.Function.High,
                (a, v) => a.With(a.Function with { High = v }),
                double.PositiveInfinity
            ),
    ];

    /// <summary>A function of each element, as an operation.</summary>
    public static OperatorEntry<ElementwiseAttributes<TFunction>> Each<TFunction>(
        string word,
        string summary,
        string name,
        TFunction function,
        OperatorFamily family = Elementwise
    )
        where TFunction : struct, IUnaryFunction =>
        new OperatorEntry<ElementwiseAttributes<TFunction>>(
            word,
            family,
            summary,
            _ => new(name, function),
            typeof(Elementwise<>)
        ).MadeBy((a, owner) => new Elementwise<TFunction>(a) { Owner = owner });

    private static IEnumerable<OperatorEntry> Comparisons() =>
        Enum.GetValues<Comparison>()
            .Select(kind =>
                Pair(
                    OperatorCatalog.WordOf(kind.ToString()),
                    "1 where the comparison of a and b holds, else 0",
                    new CompareAttributes(kind),
                    (a, owner) => new Compare(a) { Owner = owner },
                    a => a.Kind == kind,
                    typeof(Compare)
                )
            );

    private static IEnumerable<OperatorEntry> Sums() =>
        [
            Number("add", "x + a number", "Add", new ScaleShiftFunction(1.0, 0.0), "value")
                .Needs(
                    "value",
                    OptionTypes.Number,
                    a => a.Function.Shift,
                    (a, v) => a.With(a.Function with { Shift = v })
                ),
            Pair("add", "a + b, element by element", (_, owner) => new Add { Owner = owner }, typeof(Add)),
            Number(
                    "subtract",
                    "x - a number",
                    "Subtract",
                    new ScaleShiftFunction(1.0, 0.0),
                    "value",
                    f => f.Scale > 0.0
                )
                .Needs(
                    "value",
                    OptionTypes.Number,
                    a => -a.Function.Shift,
                    (a, v) => a.With(a.Function with { Shift = -v })
                ),
            Number(
                    "subtract",
                    "a number - x",
                    "Subtract",
                    new ScaleShiftFunction(-1.0, 0.0),
                    "minuend",
                    f => f.Scale < 0.0
                )
                .Needs(
                    "minuend",
                    OptionTypes.Number,
                    a => a.Function.Shift,
                    (a, v) => a.With(a.Function with { Shift = v })
                ),
            Pair(
                "subtract",
                "a - b, element by element",
                (_, owner) => new Subtract { Owner = owner },
                typeof(Subtract)
            ),
        ];

    private static IEnumerable<OperatorEntry> Products() =>
        [
            Number("multiply", "x times a number", "Multiply", new ScaleShiftFunction(1.0, 0.0), "value")
                .Needs(
                    "value",
                    OptionTypes.Number,
                    a => a.Function.Scale,
                    (a, v) => a.With(a.Function with { Scale = v })
                ),
            Pair("multiply", "a b, element by element", (_, owner) => new Multiply { Owner = owner }, typeof(Multiply)),
            Number("divide", "x over a number", "Divide", new DivideByFunction(1.0), "value")
                .Needs("value", OptionTypes.Number, a => a.Function.Divisor, (a, v) => a.With(new(v))),
            Number("divide", "a number over x", "Divide", new ReciprocalFunction(1.0), "dividend")
                .Needs("dividend", OptionTypes.Number, a => a.Function.Numerator, (a, v) => a.With(new(v))),
            Pair("divide", "a / b, element by element", (_, owner) => new Divide { Owner = owner }, typeof(Divide)),
        ];

    /// <summary>A function of a tensor and of the number of an option, by which it is told from that of two tensors.</summary>
    private static OperatorEntry<ElementwiseAttributes<TFunction>> Number<TFunction>(
        string word,
        string summary,
        string name,
        TFunction function,
        string option,
        Func<TFunction, bool>? fits = null
    )
        where TFunction : struct, IUnaryFunction =>
        Each(word, summary, name, function)
            .Where(a => a.Name == name && (fits is null || fits(a.Function)), options => options.Has(option));

    private static OperatorEntry<NoAttributes> Pair(
        string word,
        string summary,
        Func<NoAttributes, Module?, Operator> make,
        Type type
    ) => Pair(word, summary, new NoAttributes(), make, null, type);

    private static OperatorEntry<TAttributes> Pair<TAttributes>(
        string word,
        string summary,
        TAttributes attributes,
        Func<TAttributes, Module?, Operator> make,
        Func<TAttributes, bool>? fits,
        Type type,
        OperatorFamily family = Elementwise
    )
        where TAttributes : OperatorAttributes =>
        new OperatorEntry<TAttributes>(word, family, summary, _ => attributes, type)
            .Takes(InputSlots.A, InputSlots.B)
            .MadeBy(make)
            .Where(a => fits is null || fits(a), _ => true);
}
