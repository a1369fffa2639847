using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of <see cref="SoftmaxOperator"/> from its result y and that of y: y (dy - sum(y dy)), or with the
/// logarithm dy - exp(y) sum(dy).</summary>
/// <param name="attributes">Those of the softmax.</param>
internal sealed class SoftmaxGradient(SoftmaxAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public SoftmaxGradient(int axis, bool logarithm)
        : this(new SoftmaxAttributes(axis, logarithm)) { }

    /// <inheritdoc/>
    public override SoftmaxAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => attributes.IsLogarithm ? "LogSoftmaxGradient" : "SoftmaxGradient";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[1]
            ? inputs[0]
            : throw new ShapeException($"{Subject}: y {inputs[0]} and its gradient {inputs[1]} must have one shape.");

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        needs[0] ? GradientReads.Inputs(0, 1) : GradientReads.Inputs(0);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor dy = call.Inputs[1];
        Tensor dx = Tensor.Uninitialized(dy.Shape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            Compute<double>(call.Inputs[0], dy, dx);
        }
        else
        {
            Compute<float>(call.Inputs[0], dy, dx);
        }

        return dx;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor h = call.Gradient(),
            y = call.Input(0);
        if (call.Needs(0))
        {
            call.Give(0, attributes.IsLogarithm ? OfLogarithm(h, y, call.Input(1)) : OfShares(h, y, call.Input(1)));
        }

        if (call.Needs(1))
        {
            // With the logarithm the matrix of the gradient is not symmetric: h - sum(h exp(y)).
            call.Give(1, attributes.IsLogarithm ? h - SumOf(h * y.Exp()) : Apply(y, h));
        }
    }

    /// <summary>Of h y (dy - sum(y dy)), by y: h (dy - sum(y dy)) - dy sum(h y).</summary>
    private Tensor OfShares(Tensor h, Tensor y, Tensor dy) => (h * (dy - SumOf(y * dy))) - (dy * SumOf(h * y));

    /// <summary>Of h (dy - exp(y) sum(dy)), by y: -h exp(y) sum(dy).</summary>
    private Tensor OfLogarithm(Tensor h, Tensor y, Tensor dy) => -(h * y.Exp() * SumOf(dy));

    private Tensor SumOf(Tensor x) => x.Sum([attributes.Axis], keepDims: true);

    private unsafe void Compute<T>(Tensor y, Tensor dy, Tensor dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(y.Shape, y.Shape.Axis(attributes.Axis));
        if (attributes.IsLogarithm)
        {
            SoftmaxKernel<T>.BackwardLog(y.Pointer<T>(), dy.Pointer<T>(), dx.Pointer<T>(), outer, size, inner);
        }
        else
        {
            SoftmaxKernel<T>.Backward(y.Pointer<T>(), dy.Pointer<T>(), dx.Pointer<T>(), outer, size, inner);
        }

        GC.KeepAlive(dx);
    }
}
