using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The largest value along one axis; the gradient goes to where it stands first.</summary>
/// <param name="axis">The axis.</param>
/// <param name="keepDims">Leave the axis in place with size 1.</param>
internal sealed class Max(int axis, bool keepDims) : Operator
{
    /// <inheritdoc/>
    public override string Name => "Max";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int index = AxisSet.Resolve(Subject, inputs[0], axis);
        if (inputs[0].Sizes[index] == 0)
        {
            throw new ShapeException(
                $"{Subject}: the axis must have at least one element, got axis {axis} of {inputs[0]}."
            );
        }

        bool[] marks = new bool[inputs[0].Rank];
        marks[index] = true;
        return AxisSet.Reduce(inputs[0], marks, keepDims);
    }

    /// <summary>The values and, as Int64, the first positions along the axis; unrecorded.</summary>
    public (Tensor Values, Tensor Positions) Find(Tensor x, Shape output)
    {
        Tensor values = Tensor.Uninitialized(output, x.DType),
            positions = Tensor.Uninitialized(output, DType.Int64);
        if (x.DType == DType.Float64)
        {
            Compute<double>(x, values, positions);
        }
        else
        {
            Compute<float>(x, values, positions);
        }

        return (values, positions);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        (Tensor values, Tensor positions) = Find(call.Inputs[0], call.OutputShape);
        call.Save(positions);
        return values;
    }

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        Tensor dx = Tensor.Uninitialized(call.InputShapes[0], gradient.DType);
        if (gradient.DType == DType.Float64)
        {
            Scatter<double>(call.Saved[0], gradient, dx);
        }
        else
        {
            Scatter<float>(call.Saved[0], gradient, dx);
        }

        call.Accumulate(0, dx);
    }

    private unsafe void Compute<T>(Tensor x, Tensor values, Tensor positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(x.Shape, x.Shape.Axis(axis));
        MaxKernel<T>.Forward(x.Pointer<T>(), values.Pointer<T>(), positions.Pointer<long>(), outer, size, inner);
        GC.KeepAlive(x);
        GC.KeepAlive(values);
        GC.KeepAlive(positions);
    }

    private unsafe void Scatter<T>(Tensor positions, Tensor dy, Tensor dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(dx.Shape, dx.Shape.Axis(axis));
        MaxKernel<T>.Backward(positions.Pointer<long>(), dy.Pointer<T>(), dx.Pointer<T>(), outer, size, inner);
        GC.KeepAlive(positions);
        GC.KeepAlive(dx);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [new("axis", $"{axis}"), .. keepDims ? new[] { new OperatorOption("keep", "true") } : []];

    /// <inheritdoc/>
    public override KeptValues Keeps(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new KeptValues([], Bytes: shapes.Output.Count * sizeof(long));
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return AxisSet.ReadsOf(shapes.Inputs[0], AxisSet.Marks(Subject, shapes.Inputs[0], [Along]), keepDims, axis);
    }

    private int Along => axis;
}
