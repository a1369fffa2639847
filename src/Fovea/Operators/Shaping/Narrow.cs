using Fovea.Kernels;

namespace Fovea;

/// <summary>A run of positions along one axis.</summary>
/// <param name="attributes">Which run.</param>
internal sealed class Narrow(NarrowAttributes attributes) : Operator
{
    /// <summary>Creates it for a run; in a trace, what is a multiple of the batch is left open.</summary>
    public Narrow(int axis, int start, int length)
        : this(new NarrowAttributes(axis, OpenSize.Of(start), OpenSize.Of(length))) { }

    /// <inheritdoc/>
    public override NarrowAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override string Name => "Narrow";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int index = AxisSet.Resolve(Subject, inputs[0], attributes.Axis);
        (int start, int length) = (attributes.Start.Value, attributes.Length.Value);
        if (start < 0 || length < 0 || (long)start + length > inputs[0].Sizes[index])
        {
            throw new ShapeException(
                $"{Subject}: the run must lie within the axis, got start {start} and length {length} on axis {attributes.Axis} of {inputs[0]}."
            );
        }

        return inputs[0].With(index, length);
    }

    /// <summary>The operator for a number of items: start and length may be multiples of it where the axis is the
    /// batch.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    public override Operator At(int batch) =>
        attributes.Start.ScalesWithBatch || attributes.Length.ScalesWithBatch
            ? new Narrow(attributes.At(batch)) { Owner = Owner }
            : this;

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        int index = call.OutputShape().Axis(attributes.Axis);
        SymbolicShape size = GradientCall.Open([call.InputShape(0)[index]]);
        call.Give(0, new ZerosAround(index, attributes.Start, size).Apply(call.Gradient()));
    }

    /// <summary>Copies positions along an axis from one tensor to another of otherwise equal sizes.</summary>
    public static unsafe void Copy(Tensor source, int from, Tensor destination, int to, int axis, int length)
    {
        (long outer, int sourceSize, long inner) = AxisSet.Around(source.Shape, axis);
        long unit = inner * Tensor.SizeOf(source.DType);
        byte* s = Bytes(source),
            d = Bytes(destination);
        CopyKernel.Runs(
            s + (from * unit),
            sourceSize * unit,
            d + (to * unit),
            destination.Shape.Sizes[axis] * unit,
            length * unit,
            outer
        );
        GC.KeepAlive(source);
        GC.KeepAlive(destination);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = Tensor.Uninitialized(call.OutputShape, call.Inputs[0].DType);
        Copy(
            call.Inputs[0],
            attributes.Start.Value,
            y,
            0,
            call.OutputShape.Axis(attributes.Axis),
            attributes.Length.Value
        );
        return y;
    }

    private static unsafe byte* Bytes(Tensor tensor) =>
        Tensor.SizeOf(tensor.DType) == sizeof(uint) ? (byte*)tensor.Pointer<uint>() : (byte*)tensor.Pointer<ulong>();

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int size = shapes.Inputs[0][axis],
            start = attributes.Start.Value,
            length = attributes.Length.Value;
        return axis != shapes.Inputs[0].Axis(attributes.Axis)
            ? (axis, AxisMap.Identity(size))
            : (axis, new WindowAxisMap(size, length, 1, 1, 1, -start, length + start - size, PaddingMode.Zeros));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return (double)use.Shapes.Output.Count / use.Shapes.Inputs[0].Count;
    }

    internal override ExecutionForm? Form(Node node) =>
        LayoutPlan.HasPositions(node.Output)
        && node.Output.Shape.Single.Count > 0
        && node.Inputs[0].IsActivation
        && node.Output.Shape.Single.Axis(attributes.Axis) == 1
            ? new GatherForm([.. Enumerable.Range(attributes.Start.Value, attributes.Length.Value)])
            : null;

    internal override TrainingForm? FormInTraining(Node node) =>
        TrainingForm.IsMap(node.Inputs[0])
        && TrainingForm.IsMap(node.Output)
        && node.Output.Shape.Single.Axis(attributes.Axis) == 1
        && !attributes.Start.ScalesWithBatch
        && attributes.Start.Value % TileCall.Block == 0
            ? new TrainedChannels(node, attributes.Start.Value)
            : null;
}

/// <summary>A run of positions along an axis.</summary>
/// <param name="Axis">The axis, negative from the end.</param>
/// <param name="Start">First position, 0 or more.</param>
/// <param name="Length">Number of positions, 0 or more.</param>
internal sealed record NarrowAttributes(int Axis, OpenSize Start, OpenSize Length) : OperatorAttributes
{
    /// <summary>The run for a number of items.</summary>
    public NarrowAttributes At(int batch) => this with { Start = Start.At(batch), Length = Length.At(batch) };
}
