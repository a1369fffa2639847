namespace Fovea;

/// <summary>A tensor repeated to a larger shape, as broadcasting does it.</summary>
/// <param name="attributes">The larger shape.</param>
internal sealed class Expand(ExpandAttributes attributes) : Operator
{
    /// <summary>Creates it for a shape.</summary>
    public Expand(SymbolicShape shape, bool mean = false)
        : this(new ExpandAttributes(shape, mean)) { }

    /// <inheritdoc/>
    public override ExpandAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "Expand";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        attributes.Shape.HasBatch
            ? new Expand(attributes with { Shape = SymbolicShape.Fixed(attributes.Shape.At(batch)) }) { Owner = Owner }
            : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        Shape.Broadcast(inputs[0], attributes.Shape.Single) == attributes.Shape.Single
            ? attributes.Shape.Single
            : throw new ShapeException($"{Subject}: {inputs[0]} does not broadcast to {attributes.Shape}.");

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        double count = attributes.IsMean && call.OutputShape.Count > 0 ? call.OutputShape.Count / x.Count : 1.0;
        return Broadcasting.Expand(x, call.OutputShape, 1.0 / count);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, SumOver.Of(call.Gradient(), call.InputShape(0), attributes.IsMean));

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;
}

/// <summary>A repetition to a larger shape.</summary>
/// <param name="Shape">The larger shape.</param>
/// <param name="IsMean">Divide by the number of repetitions: the gradient of a mean.</param>
internal sealed record ExpandAttributes(SymbolicShape Shape, bool IsMean) : OperatorAttributes;
