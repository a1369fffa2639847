using Fovea.Kernels;

namespace Fovea;

/// <summary>A run of positions along one axis.</summary>
/// <param name="axis">The axis.</param>
/// <param name="start">First position, 0 or more.</param>
/// <param name="length">Number of positions, 0 or more.</param>
internal sealed class Narrow(int axis, int start, int length) : Operator
{
    private readonly SymbolicShape _run = RunOf(start, length);

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override string Name => "Narrow";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int index = AxisSet.Resolve(Subject, inputs[0], axis);
        if (start < 0 || length < 0 || (long)start + length > inputs[0].Sizes[index])
        {
            throw new ShapeException(
                $"{Subject}: the run must lie within the axis, got start {start} and length {length} on axis {axis} of {inputs[0]}."
            );
        }

        return inputs[0].With(index, length);
    }

    /// <summary>The operator for a number of items: start and length may be multiples of it where the axis is the
    /// batch.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    public override Operator At(int batch) =>
        _run.HasBatch ? new Narrow(axis, _run.At(batch)[0], _run.At(batch)[1]) { Owner = Owner } : this;

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        int index = call.OutputShape().Axis(axis);
        SymbolicShape size = GradientCall.Open([call.InputShape(0)[index]]);
        call.Give(0, new ZerosAround(index, start, size).Apply(call.Gradient()));
    }

    private static SymbolicShape RunOf(int start, int length) =>
        start < 0 || length < 0 ? default : GraphTracer.Open([start, length]); // the shape rule refuses the others

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
        Copy(call.Inputs[0], start, y, 0, call.OutputShape.Axis(axis), length);
        return y;
    }

    private static unsafe byte* Bytes(Tensor tensor) =>
        Tensor.SizeOf(tensor.DType) == sizeof(uint) ? (byte*)tensor.Pointer<uint>() : (byte*)tensor.Pointer<ulong>();

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [new("axis", $"{axis}"), new("start", $"{start}"), new("length", $"{length}")];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int size = shapes.Inputs[0][axis];
        return axis != shapes.Inputs[0].Axis(Along)
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

    private int Along => axis;
}
