using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>exp(x) over its sum along an axis, or the logarithm of that.</summary>
/// <param name="attributes">Along which axis, and whether the logarithm is taken.</param>
internal sealed class SoftmaxOperator(SoftmaxAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public SoftmaxOperator(int axis, bool logarithm)
        : this(new SoftmaxAttributes(axis, logarithm)) { }

    /// <inheritdoc/>
    public override SoftmaxAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => attributes.IsLogarithm ? "LogSoftmax" : "Softmax";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        _ = AxisSet.Resolve(Subject, inputs[0], attributes.Axis);
        return inputs[0];
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        Tensor y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float64)
        {
            Compute<double>(x, y);
        }
        else
        {
            Compute<float>(x, y);
        }

        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Outputs(0);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, new SoftmaxGradient(attributes).Apply(call.Output(), call.Gradient()));

    private unsafe void Compute<T>(Tensor x, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(x.Shape, x.Shape.Axis(attributes.Axis));
        if (attributes.IsLogarithm)
        {
            SoftmaxKernel<T>.ForwardLog(x.Pointer<T>(), y.Pointer<T>(), outer, size, inner);
        }
        else
        {
            SoftmaxKernel<T>.Forward(x.Pointer<T>(), y.Pointer<T>(), outer, size, inner);
        }

        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Activation;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int size = shapes.Inputs[0][axis];
        return (
            axis,
            axis == shapes.Inputs[0].Axis(attributes.Axis) ? AxisMap.All(size, size) : AxisMap.Identity(size)
        );
    }
}

/// <summary>A softmax.</summary>
/// <param name="Axis">The axis whose values add up to 1, negative from the end.</param>
/// <param name="IsLogarithm">Give the logarithm, without the rounding of taking it afterwards.</param>
internal sealed record SoftmaxAttributes(int Axis, bool IsLogarithm) : OperatorAttributes;
