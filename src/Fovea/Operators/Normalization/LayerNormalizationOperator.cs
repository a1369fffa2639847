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
            throw new ShapeException(
                $"{Subject}: the last {normalized.Rank} axes of the input must be {normalized}, got x {x}."
            );
        }

        return x;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        call.Inputs[0].DType == DType.Float64 ? Forward<double>(call) : Forward<float>(call);

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
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        T* weight = affine ? call.Inputs[1].Pointer<T>() : null,
            bias = affine ? call.Inputs[2].Pointer<T>() : null;
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
            kernel.BackwardData(
                epsilon,
                moments,
                x.Pointer<T>(),
                affine ? call.Saved[1].Pointer<T>() : null,
                gradient.Pointer<T>(),
                dx.Pointer<T>()
            );
            call.Accumulate(0, dx);
        }

        if (affine && (call.Needs(1) || call.Needs(2)))
        {
            Tensor dweight = Tensor.Uninitialized(normalized, x.DType),
                dbias = Tensor.Uninitialized(normalized, x.DType);
            kernel.ParameterGradients(
                epsilon,
                moments,
                x.Pointer<T>(),
                gradient.Pointer<T>(),
                dweight.Pointer<T>(),
                dbias.Pointer<T>()
            );
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

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [
            new("shape", string.Join("x", normalized.Sizes.ToArray())),
            .. NormalizationRules.Options(epsilon, 0.1, affine, true),
        ];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Normalizes;

    /// <inheritdoc/>
    public override KeptValues Keeps(OperatorShapes shapes) => KeptValues.Input;

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(0, shapes.Output.Count * (affine ? 5 : 4));
    }

    /// <summary>By position: every output also depends on the whole item, through two numbers a group.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">Its axis.</param>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        (axis, AxisMap.Identity(shapes.Inputs[0][axis]));

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) =>
        NormalizationRules.WithinItem(use, epsilon, affine, byChannel: false);

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) =>
        input == 0 ? NormalizationRules.Gain(use, epsilon, affine, byChannel: false) : null;
}
