namespace Fovea;

/// <summary>The gradient of a function of each element: its options are those of the function.</summary>
internal sealed class FunctionGradientEntry()
    : OperatorEntry(
        "functiongradient",
        OperatorFamily.Gradient,
        "the gradient of a function of each element",
        [typeof(ElementwiseGradient<>)]
    )
{
    private const string Suffix = "Gradient";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorField> Fields => [];

    /// <inheritdoc/>
    public override bool CanMake => false;

    /// <inheritdoc/>
    public override bool CanMakeLayer => false;

    /// <inheritdoc/>
    public override Operator Make(OperatorAttributes attributes, Module? owner = null) =>
        throw new NotSupportedException($"{Word}: the operator is made by the rule of its function.");

    /// <inheritdoc/>
    internal override bool Fits(OperatorAttributes attributes) => attributes is IFunctionAttributes;

    /// <inheritdoc/>
    internal override bool IsMeantBy(OptionReader options) => false;

    /// <inheritdoc/>
    internal override OperatorAttributes Read(OptionReader options, OptionContext context, string? except = null) =>
        throw new NotSupportedException($"{Word}: it is not read from text.");

    /// <inheritdoc/>
    internal override OperatorAttributes For(OperatorAttributes attributes, Shape input) => attributes;

    /// <inheritdoc/>
    internal override IReadOnlyList<OperatorOption> Write(OperatorAttributes attributes)
    {
        if (attributes is not IFunctionAttributes function)
        {
            return [];
        }

        string name = function.Name;
        string stem = name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
        OperatorAttributes forward = function.Called(stem);
        return OperatorCatalog.Among(OperatorCatalog.OfFunctions, stem, forward)?.Write(forward) ?? [];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<OperatorOption> Write(Operator op, OperatorShapes shapes) => Write(op.Attributes);

    /// <inheritdoc/>
    internal override Module MakeLayer(OperatorAttributes attributes) =>
        throw new NotSupportedException($"{Word}: there is no layer of it.");
}
