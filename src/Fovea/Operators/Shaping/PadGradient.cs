namespace Fovea;

/// <summary>The gradient of a padding: each element of x gets the sum of the places that hold it.</summary>
/// <param name="pad">The padding.</param>
/// <param name="x">The shape that was padded.</param>
internal sealed class PadGradient(Pad pad, SymbolicShape x) : Operator
{
    /// <inheritdoc/>
    public override PadGradientAttributes Attributes { get; } = new(pad.Attributes, x);

    /// <inheritdoc/>
    public override string Name => "PadGradient";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        x.HasBatch ? new PadGradient(pad, SymbolicShape.Fixed(x.At(batch))) { Owner = Owner } : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        pad.OutputShape([x.Single]) == inputs[0]
            ? x.Single
            : throw new ShapeException($"{Subject}: x {x} is padded to another shape than {inputs[0]}.");

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => pad.SumBack(call.Inputs[0], call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, pad.WithoutConstant().Apply(call.Gradient()));

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;
}

/// <summary>The padding of which it is the gradient.</summary>
/// <param name="Pad">The padding.</param>
/// <param name="Shape">The shape that was padded.</param>
internal sealed record PadGradientAttributes(PadAttributes Pad, SymbolicShape Shape) : OperatorAttributes;
