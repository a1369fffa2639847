using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The largest value along one axis; the gradient goes to where it stands first.</summary>
/// <param name="attributes">Along which axis.</param>
internal sealed class Max(MaxAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public Max(int axis, bool keepDims)
        : this(new MaxAttributes(axis, keepDims)) { }

    /// <inheritdoc/>
    public override MaxAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "Max";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int index = AxisSet.Resolve(Subject, inputs[0], attributes.Axis);
        if (inputs[0].Sizes[index] == 0)
        {
            throw new ShapeException(
                $"{Subject}: the axis must have at least one element, got axis {attributes.Axis} of {inputs[0]}."
            );
        }

        bool[] marks = new bool[inputs[0].Rank];
        marks[index] = true;
        return AxisSet.Reduce(inputs[0], marks, attributes.Keep);
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
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        Shape shape = OutputShape(ShapesOf(inputs));
        return [new(shape, FloatTypeOf(inputs)), new(shape, DType.Int64, OutputRole.Saved, "positions")];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Outputs(1);

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        (Tensor values, Tensor positions) = Find(call.Inputs[0], call.OutputShape);
        call.SetOutput(0, values);
        if (call.Wants(1))
        {
            call.SetOutput(1, positions);
        }
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Shape shape = call.InputShape(0);
        Scatter scatter = new(shape.Axis(attributes.Axis), GradientCall.Open(shape));
        call.Give(0, scatter.Apply(call.Output(1), call.Gradient()));
    }

    private unsafe void Compute<T>(Tensor x, Tensor values, Tensor positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(x.Shape, x.Shape.Axis(attributes.Axis));
        MaxKernel<T>.Forward(x.Pointer<T>(), values.Pointer<T>(), positions.Pointer<long>(), outer, size, inner);
        GC.KeepAlive(x);
        GC.KeepAlive(values);
        GC.KeepAlive(positions);
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return AxisSet.ReadsOf(
            shapes.Inputs[0],
            AxisSet.Marks(Subject, shapes.Inputs[0], [attributes.Axis]),
            attributes.Keep,
            axis
        );
    }
}

/// <summary>The largest value along an axis.</summary>
/// <param name="Axis">The axis, negative from the end.</param>
/// <param name="Keep">Leave the axis in place with size 1.</param>
internal sealed record MaxAttributes(int Axis, bool Keep) : OperatorAttributes;
