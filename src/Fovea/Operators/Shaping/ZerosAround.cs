namespace Fovea;

/// <summary>A tensor within zeros along one axis: the gradient of <see cref="Narrow"/>.</summary>
/// <param name="axis">The axis, counted from the front.</param>
/// <param name="start">Where the tensor begins, 0 or more.</param>
/// <param name="size">Size of the axis with the zeros, a shape of one axis.</param>
internal sealed class ZerosAround(int axis, int start, SymbolicShape size) : Operator
{
    private readonly SymbolicShape _start = GraphTracer.Open([start]);

    /// <inheritdoc/>
    public override string Name => "ZerosAround";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        size.HasBatch
            ? new ZerosAround(axis, _start.At(batch)[0], SymbolicShape.Fixed(size.At(batch))) { Owner = Owner }
            : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0].Rank > axis && (long)start + inputs[0][axis] <= size.Single[0]
            ? inputs[0].With(axis, size.Single[0])
            : throw new ShapeException($"{Subject}: {inputs[0]} does not fit axis {axis} of {size} from {start} on.");

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        Tensor y = Tensor.Zeros(call.OutputShape, x.DType);
        Narrow.Copy(x, 0, y, start, axis, x.Shape[axis]);
        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, new Narrow(axis, start, call.InputShape(0)[axis]).Apply(call.Gradient()));

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [new("axis", $"{axis}"), new("start", $"{start}"), new("size", $"{size}")];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;
}
