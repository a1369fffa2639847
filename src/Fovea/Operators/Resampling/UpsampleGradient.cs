namespace Fovea;

/// <summary>The gradient of a resampling: each dy shared among the values that its output mixed, by their weights. Its own
/// gradient is the resampling again.</summary>
/// <param name="upsample">The resampling.</param>
/// <param name="spatial">The spatial sizes of its input, as several give one output size.</param>
internal sealed class UpsampleGradient(UpsampleOperator upsample, int[] spatial) : Operator
{
    /// <inheritdoc/>
    public override string Name => "UpsampleGradient";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [.. upsample.Options, new("input", string.Join('x', spatial))];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = Shape.Create([.. inputs[0].Sizes[..2], .. spatial]);
        return upsample.OutputShape([x]) == inputs[0]
            ? x
            : throw new ShapeException($"{Subject}: the gradient of y does not fit x, {inputs[0]} and {x}.");
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor dy = call.Inputs[0],
            dx = Tensor.Uninitialized(call.OutputShape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            upsample.Kernel<double>(dx.Shape, dy.Shape).Backward(dy.Pointer<double>(), dx.Pointer<double>());
        }
        else
        {
            upsample.Kernel<float>(dx.Shape, dy.Shape).Backward(dy.Pointer<float>(), dx.Pointer<float>());
        }

        return dx;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) => call.Give(0, upsample.Apply(call.Gradient()));
}
