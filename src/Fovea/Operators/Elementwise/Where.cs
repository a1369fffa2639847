using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>a where a condition is not 0, else b, with broadcasting of all three. The gradient goes to the one that was taken:
/// selected, never multiplied, so infinities of the other do not reach it.</summary>
internal sealed class Where : Operator
{
    /// <inheritdoc/>
    public override string Name => "Where";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        Shape.Broadcast(inputs[1], inputs[2]) is { } chosen && Shape.Broadcast(inputs[0], chosen) is { } all
            ? all
            : throw new ShapeException(
                $"{Subject}: shapes must agree from the last axis on (sizes equal, or one of them 1), got condition {inputs[0]}, {inputs[1]} and {inputs[2]}."
            );

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(0);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor[] operands =
        [
            .. call.Inputs.Select(t => t.Shape == call.OutputShape ? t : Broadcasting.Expand(t, call.OutputShape)),
        ];
        Tensor y = Tensor.Uninitialized(call.OutputShape, operands[1].DType);
        if (y.DType == DType.Float64)
        {
            Compute<double>(operands, y);
        }
        else
        {
            Compute<float>(operands, y);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor condition = call.Input(0),
            gradient = call.Gradient(),
            zero = Tensor.Scalar(0.0, gradient.DType);
        call.GiveNone(0);
        if (call.Needs(1))
        {
            call.Give(1, SumOver.Of(Apply(condition, gradient, zero), call.InputShape(1)));
        }

        if (call.Needs(2))
        {
            call.Give(2, SumOver.Of(Apply(condition, zero, gradient), call.InputShape(2)));
        }
    }

    private static unsafe void Compute<T>(Tensor[] operands, Tensor y)
        where T : unmanaged, INumberBase<T>
    {
        SelectKernel<T>.Run(
            operands[0].Pointer<T>(),
            operands[1].Pointer<T>(),
            operands[2].Pointer<T>(),
            y.Pointer<T>(),
            y.Count
        );
        GC.KeepAlive(operands);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        BinaryOperator.Aligned(shapes, input, axis);
}
