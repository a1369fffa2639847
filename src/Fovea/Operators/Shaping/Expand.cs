namespace Fovea;

/// <summary>A tensor repeated to a larger shape, as broadcasting does it.</summary>
/// <param name="shape">The larger shape.</param>
/// <param name="mean">Divide by the number of repetitions: the gradient of a mean.</param>
internal sealed class Expand(SymbolicShape shape, bool mean = false) : Operator
{
    /// <inheritdoc/>
    public override string Name => "Expand";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        shape.HasBatch ? new Expand(SymbolicShape.Fixed(shape.At(batch)), mean) { Owner = Owner } : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        Shape.Broadcast(inputs[0], shape.Single) == shape.Single
            ? shape.Single
            : throw new ShapeException($"{Subject}: {inputs[0]} does not broadcast to {shape}.");

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        double count = mean && call.OutputShape.Count > 0 ? call.OutputShape.Count / x.Count : 1.0;
        return Broadcasting.Expand(x, call.OutputShape, 1.0 / count);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, SumOver.Of(call.Gradient(), call.InputShape(0), mean));

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [new("shape", $"{shape}"), .. mean ? new[] { new OperatorOption("mean", "true") } : []];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;
}
