using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The sum of all elements up to each position along an axis, that of the position included.</summary>
/// <param name="attributes">Along which axis, and from which end.</param>
internal sealed class CumulativeSum(CumulativeSumAttributes attributes) : Operator
{
    /// <inheritdoc/>
    public override CumulativeSumAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "CumSum";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        AxisSet.Resolve(Subject, inputs[0], attributes.Axis);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = Tensor.Uninitialized(call.OutputShape, call.Inputs[0].DType);
        if (y.DType == DType.Float64)
        {
            Compute<double>(call.Inputs[0], y);
        }
        else
        {
            Compute<float>(call.Inputs[0], y);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, new CumulativeSum(attributes with { IsReversed = !attributes.IsReversed }).Apply(call.Gradient()));

    private unsafe void Compute<T>(Tensor x, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(x.Shape, x.Shape.Axis(attributes.Axis));
        RunningSum<T>.Run(x.Pointer<T>(), y.Pointer<T>(), outer, size, inner, attributes.IsReversed);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        Shape x = shapes.Inputs[0];
        return axis == x.Axis(attributes.Axis) ? null : (axis, AxisMap.Identity(x[axis]));
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;
}

/// <summary>How elements are summed up.</summary>
/// <param name="Axis">Along which axis, negative from the end.</param>
/// <param name="IsReversed">From the last position to the first.</param>
internal sealed record CumulativeSumAttributes(int Axis, bool IsReversed) : OperatorAttributes;
