using System.Numerics;

namespace Fovea;

/// <summary>The gradient of a linear layer's x: dy [..., out], weight [out, in] -> dy weight [..., in].</summary>
internal sealed class LinearBackwardData : Operator
{
    /// <inheritdoc/>
    public override string Name => "LinearBackwardData";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0].With(-1, inputs[1][1]);

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes) => new(checked(shapes.Output.Count * shapes.Inputs[1][0]));

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => ProductReads.Of(needs);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor dy = call.Inputs[0],
            weight = call.Inputs[1],
            dx = Tensor.Uninitialized(call.OutputShape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            Compute<double>(dy, weight, dx);
        }
        else
        {
            Compute<float>(dy, weight, dx);
        }

        return dx;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor x = call.Gradient();
        if (call.Needs(0))
        {
            call.Give(0, new LinearOperator { Owner = Owner }.Apply(x, call.Input(1)));
        }

        if (call.Needs(1))
        {
            call.Give(1, new LinearBackwardWeights { Owner = Owner }.Apply(call.Input(0), x));
        }
    }

    private static unsafe void Compute<T>(Tensor dy, Tensor weight, Tensor dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        MatrixProduct.Multiply(
            false,
            false,
            LinearOperator.Rows(dy.Shape),
            weight.Shape[1],
            weight.Shape[0],
            dy.Pointer<T>(),
            weight.Pointer<T>(),
            dx.Pointer<T>()
        );
}

/// <summary>The gradient of a linear layer's weight: dy [..., out], x [..., in] -> dyᵀ x [out, in], summed over all
/// else.</summary>
internal sealed class LinearBackwardWeights : Operator
{
    /// <inheritdoc/>
    public override string Name => "LinearBackwardWeights";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0].Sizes[..^1].SequenceEqual(inputs[1].Sizes[..^1])
            ? [inputs[0][-1], inputs[1][-1]]
            : throw new ShapeException($"{Subject}: the gradient of y does not fit x, {inputs[0]} and {inputs[1]}.");

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes) =>
        new(checked(shapes.Inputs[0].Count * shapes.Inputs[1][-1]));

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => ProductReads.Of(needs);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor dy = call.Inputs[0],
            x = call.Inputs[1],
            dw = Tensor.Uninitialized(call.OutputShape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            Compute<double>(dy, x, dw);
        }
        else
        {
            Compute<float>(dy, x, dw);
        }

        return dw;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor weight = call.Gradient();
        if (call.Needs(0))
        {
            call.Give(0, new LinearOperator { Owner = Owner }.Apply(call.Input(1), weight));
        }

        if (call.Needs(1))
        {
            call.Give(1, new LinearBackwardData { Owner = Owner }.Apply(call.Input(0), weight));
        }
    }

    private static unsafe void Compute<T>(Tensor dy, Tensor x, Tensor dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        MatrixProduct.Multiply(
            true,
            false,
            dw.Shape[0],
            dw.Shape[1],
            LinearOperator.Rows(x.Shape),
            dy.Pointer<T>(),
            x.Pointer<T>(),
            dw.Pointer<T>()
        );
}
