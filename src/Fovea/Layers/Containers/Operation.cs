using Fovea.Kernels;

namespace Fovea;

/// <summary>An operation without parameters as a module, made from the operator's name and options: what a network
/// writes as <c>a + b</c> or <c>x.Mean([2, 3])</c>.</summary>
/// <remarks>The reverse of <see cref="Operator.Name"/> and <see cref="Operator.Options"/> for operators that have no
/// layer of their own.</remarks>
public sealed class Operation : Module
{
    private static readonly Dictionary<string, Func<OptionReader, Module, Maker>> Makers = new(StringComparer.Ordinal)
    {
        ["add"] = (o, owner) =>
            Scalar(o, "value", v => ScalarOperators.Add(v, owner)) ?? Fixed(new Add { Owner = owner }, 2),
        ["subtract"] = (o, owner) =>
            Scalar(o, "value", v => ScalarOperators.Subtract(v, owner))
            ?? Scalar(o, "minuend", v => ScalarOperators.SubtractFrom(v, owner))
            ?? Fixed(new Subtract { Owner = owner }, 2),
        ["multiply"] = (o, owner) =>
            Scalar(o, "value", v => ScalarOperators.Multiply(v, owner)) ?? Fixed(new Multiply { Owner = owner }, 2),
        ["divide"] = (o, owner) =>
            Scalar(o, "value", v => ScalarOperators.Divide(v, owner))
            ?? Scalar(o, "dividend", v => ScalarOperators.DivideInto(v, owner))
            ?? Fixed(new Divide { Owner = owner }, 2),
        ["maximum"] = (_, owner) => Fixed(new Extreme(larger: true) { Owner = owner }, 2),
        ["minimum"] = (_, owner) => Fixed(new Extreme(larger: false) { Owner = owner }, 2),
        ["matmul"] = (_, owner) => Fixed(new MatMul { Owner = owner }, 2),
        ["concat"] = (o, owner) => Fixed(new Concatenate(o.Integer("axis", 1)) { Owner = owner }, Any),
        ["negate"] = (_, owner) => Fixed(ScalarOperators.Negate(owner)),
        ["exp"] = (_, owner) => Fixed(ScalarOperators.Of("Exp", default(ExpFunction), owner)),
        ["log"] = (_, owner) => Fixed(ScalarOperators.Of("Log", default(LogFunction), owner)),
        ["sqrt"] = (_, owner) => Fixed(ScalarOperators.Of("Sqrt", default(SqrtFunction), owner)),
        ["abs"] = (_, owner) => Fixed(ScalarOperators.Of("Abs", default(AbsFunction), owner)),
        ["square"] = (_, owner) => Fixed(ScalarOperators.Of("Square", default(SquareFunction), owner)),
        ["power"] = (o, owner) => Fixed(ScalarOperators.Power(o.Number("exponent"), owner)),
        ["clamp"] = (o, owner) =>
            Fixed(
                ScalarOperators.Clamp(
                    o.Number("low", double.NegativeInfinity),
                    o.Number("high", double.PositiveInfinity),
                    owner
                )
            ),
        ["sum"] = (o, owner) =>
            Fixed(new Sum(o.Integers("axes"), o.Flag("keep", false), mean: false) { Owner = owner }),
        ["mean"] = (o, owner) =>
            Fixed(new Sum(o.Integers("axes"), o.Flag("keep", false), mean: true) { Owner = owner }),
        ["max"] = (o, owner) =>
            o.Has("shape")
                ? Shaped("Max", o.Integers("shape"), owner)
                : Fixed(new Max(o.Integer("axis"), o.Flag("keep", false)) { Owner = owner }),
        ["reshape"] = (o, owner) => Shaped("Reshape", o.Integers("shape"), owner),
        ["squeeze"] = (o, owner) => Fixed(Reshape.ForSqueeze(o.Integers("axes"), owner)),
        ["unsqueeze"] = (o, owner) => Fixed(Reshape.ForUnsqueeze(o.Integer("axis"), owner)),
        ["permute"] = (o, owner) => Fixed(new Permute("Permute", o.Integers("order")) { Owner = owner }),
        ["transpose"] = (o, owner) => Fixed(new Permute("Transpose", o.Integers("order")) { Owner = owner }),
        ["narrow"] = (o, owner) =>
            Fixed(new Narrow(o.Integer("axis"), o.Integer("start"), o.Integer("length")) { Owner = owner }),
        ["pad"] = (o, owner) =>
            Fixed(
                new Pad(
                    o.Padding("padding"),
                    o.Word("padding-mode", PaddingMode.Zeros),
                    o.Number("value", 0),
                    o.Integer("axes")
                )
                {
                    Owner = owner,
                }
            ),
    };

    private const int Any = -1;

    private readonly Maker _maker;

    /// <summary>Makes the operation.</summary>
    /// <param name="word">One of <see cref="Words"/>.</param>
    /// <param name="options">Its options; each one it knows is asked for.</param>
    /// <exception cref="ArgumentException">There is no such operation, or an option is wrong or missing.</exception>
    public Operation(string word, OptionReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Word = word;
        _maker = Makers.TryGetValue(word, out Func<OptionReader, Module, Maker>? make)
            ? make(options, this)
            : throw new ArgumentException(
                $"Operation: there is no '{word}'; there are {string.Join(", ", Words)}.",
                nameof(word)
            );
    }

    /// <summary>The operations: the operators' names in lower case.</summary>
    public static IReadOnlyCollection<string> Words => Makers.Keys;

    /// <summary>The operator's name in lower case.</summary>
    public string Word { get; }

    /// <summary>How many tensors it takes; null for any number.</summary>
    public int? Takes => _maker.Takes == Any ? null : _maker.Takes;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward([x]);

    /// <summary>Computes the operation.</summary>
    /// <param name="inputs">As many as <see cref="Takes"/> says.</param>
    /// <exception cref="ShapeException">The inputs do not fit, or are too few or too many.</exception>
    public Tensor Forward(params ReadOnlySpan<Tensor> inputs) =>
        _maker.Takes == Any || _maker.Takes == inputs.Length
            ? _maker.Make(inputs[0].Shape).Apply(inputs)
            : throw new ShapeException(
                $"{Word}: takes {_maker.Takes} {(_maker.Takes == 1 ? "input" : "inputs")}, got {inputs.Length}."
            );

    private static Maker Fixed(Operator op, int takes = 1) => new(takes, _ => op);

    private static Maker? Scalar(OptionReader options, string name, Func<double, Operator> make) =>
        options.Has(name) ? Fixed(make(options.Number(name))) : null;

    private static Maker Shaped(string name, int[] sizes, Module owner) =>
        new(1, x => Reshape.To(name, x, sizes, owner));

    private sealed record Maker(int Takes, Func<Shape, Operator> Make);
}
