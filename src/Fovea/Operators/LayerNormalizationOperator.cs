using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Layer normalization over the last axes.</summary>
/// <param name="normalized">The sizes of those axes.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="affine">Whether weight and bias are inputs 1 and 2.</param>
internal sealed class LayerNormalizationOperator(Shape normalized, double epsilon, bool affine) : Operator
{
    /// <inheritdoc/>
    public override string Name => "LayerNorm";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        if (x.Rank < normalized.Rank || !x.Sizes[^normalized.Rank..].SequenceEqual(normalized.Sizes))
        {
            throw new ShapeException($"{Subject}: the last {normalized.Rank} axes of the input must be {normalized}, got x {x}.");
        }

        return x;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => call.Inputs[0].DType == DType.Float64 ? Forward<double>(call) : Forward<float>(call);

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        if (gradient.DType == DType.Float64)
        {
            Backward<double>(call, gradient);
        }
        else
        {
            Backward<float>(call, gradient);
        }
    }

    private unsafe Tensor Forward<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor x = call.Inputs[0], y = Tensor.Uninitialized(call.OutputShape, x.DType);
        T* weight = affine ? call.Inputs[1].Pointer<T>() : null, bias = affine ? call.Inputs[2].Pointer<T>() : null;
        call.State = Kernel<T>(x.Shape).Forward(epsilon, x.Pointer<T>(), weight, bias, y.Pointer<T>());
        call.Save(affine ? [x, call.Inputs[1]] : [x]);
        GC.KeepAlive(y);
        return y;
    }

    private unsafe void Backward<T>(OperatorCall call, Tensor gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor x = call.Saved[0];
        Moments[] moments = (Moments[])call.State!;
        RowNormalization<T> kernel = Kernel<T>(x.Shape);
        if (call.Needs(0))
        {
            Tensor dx = Tensor.Uninitialized(x.Shape, x.DType);
            kernel.BackwardData(epsilon, moments, x.Pointer<T>(), affine ? call.Saved[1].Pointer<T>() : null, gradient.Pointer<T>(), dx.Pointer<T>());
            call.Accumulate(0, dx);
        }

        if (affine && (call.Needs(1) || call.Needs(2)))
        {
            Tensor dweight = Tensor.Uninitialized(normalized, x.DType), dbias = Tensor.Uninitialized(normalized, x.DType);
            kernel.ParameterGradients(epsilon, moments, x.Pointer<T>(), gradient.Pointer<T>(), dweight.Pointer<T>(), dbias.Pointer<T>());
            call.Accumulate(1, dweight);
            call.Accumulate(2, dbias);
        }

        GC.KeepAlive(x);
    }

    private RowNormalization<T> Kernel<T>(Shape x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int length = checked((int)normalized.Count);
        return new RowNormalization<T>(length == 0 ? 0 : checked((int)(x.Count / length)), length);
    }
}
