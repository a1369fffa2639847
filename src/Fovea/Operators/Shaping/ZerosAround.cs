namespace Fovea;

/// <summary>A tensor within zeros along one axis: the gradient of <see cref="Narrow"/>.</summary>
/// <param name="attributes">Where it lies.</param>
internal sealed class ZerosAround(ZerosAroundAttributes attributes) : Operator
{
    /// <summary>Creates it for a place.</summary>
    public ZerosAround(int axis, OpenSize start, SymbolicShape size)
        : this(new ZerosAroundAttributes(axis, start, size)) { }

    /// <inheritdoc/>
    public override ZerosAroundAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "ZerosAround";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        attributes.Size.HasBatch ? new ZerosAround(attributes.At(batch)) { Owner = Owner } : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        (int axis, OpenSize start, SymbolicShape size) = attributes;
        return inputs[0].Rank > axis && (long)start.Value + inputs[0][axis] <= size.Single[0]
            ? inputs[0].With(axis, size.Single[0])
            : throw new ShapeException($"{Subject}: {inputs[0]} does not fit axis {axis} of {size} from {start} on.");
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        Tensor y = Tensor.Zeros(call.OutputShape, x.DType);
        Narrow.Copy(x, 0, y, attributes.Start.Value, attributes.Axis, x.Shape[attributes.Axis]);
        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(
            0,
            new Narrow(
                new NarrowAttributes(
                    attributes.Axis,
                    attributes.Start,
                    OpenSize.Of(call.InputShape(0)[attributes.Axis])
                )
            ).Apply(call.Gradient())
        );

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;
}

/// <summary>Where a tensor lies among zeros.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
/// <param name="Start">Where the tensor begins, 0 or more.</param>
/// <param name="Size">Size of the axis with the zeros, a shape of one axis.</param>
internal sealed record ZerosAroundAttributes(int Axis, OpenSize Start, SymbolicShape Size) : OperatorAttributes
{
    /// <summary>The place for a number of items.</summary>
    public ZerosAroundAttributes At(int batch) =>
        this with
        {
            Start = Start.At(batch),
            Size = SymbolicShape.Fixed(Size.At(batch)),
        };
}
