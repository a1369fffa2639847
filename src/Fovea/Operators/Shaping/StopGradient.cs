namespace Fovea;

/// <summary>The same elements, which gradients do not pass: <see cref="Tensor.Detach"/> in a trace.</summary>
internal sealed class StopGradient : Operator
{
    /// <inheritdoc/>
    public override string Name => "Detach";

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new OutputSpec(inputs[0].Shape, inputs[0].DType) { IsDifferentiable = false }];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    internal override bool IsView => true;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => call.Inputs[0].View(call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) => call.GiveNone(0);

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return (axis, AxisMap.Identity(shapes.Inputs[0][axis]));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use?.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => 0.0;
}
