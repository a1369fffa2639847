using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of a function of each element: dx = f'(x) dy, from dy alone where the function is linear, else from
/// x or y (whichever the function names) and dy.</summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal sealed class ElementwiseGradient<TFunction>(string name, TFunction function) : Operator
    where TFunction : struct, IUnaryFunction
{
    /// <inheritdoc/>
    public override ElementwiseAttributes<TFunction> Attributes { get; } = new(name, function);

    /// <inheritdoc/>
    public override string Name => Attributes.Name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[^1]
            ? inputs[0]
            : throw new ShapeException(
                $"{Subject}: value and gradient must have one shape, got {inputs[0]} and {inputs[^1]}."
            );

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        needs.Length == 1 ? GradientReads.None
        : needs[0] ? GradientReads.Inputs(0, 1)
        : GradientReads.Inputs(0);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor? saved = call.Inputs.Count == 1 ? null : call.Inputs[0];
        Tensor dy = call.Inputs[^1];
        Tensor dx = Tensor.Uninitialized(dy.Shape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            Compute<double>(saved, dy, dx);
        }
        else
        {
            Compute<float>(saved, dy, dx);
        }

        return dx;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        if (call.InputCount == 1)
        {
            call.Give(0, Apply(call.Gradient()));
            return;
        }

        if (call.Needs(1))
        {
            call.Give(1, Apply(call.Input(0), call.Gradient()));
        }

        if (!call.Needs(0))
        {
            return;
        }

        if (SlopeDerivative.IsZero(Attributes.Function))
        {
            call.GiveNone(0);
        }
        else
        {
            call.Give(0, SlopeDerivative.Times(Attributes.Function, call.Input(0), call.Gradient() * call.Input(1)));
        }
    }

    private unsafe void Compute<T>(Tensor? saved, Tensor dy, Tensor dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* value = saved is null ? null : saved.Pointer<T>();
        UnaryKernel<T, TFunction>.Backward(Attributes.Function, value, dy.Pointer<T>(), dx.Pointer<T>(), dy.Count);
        GC.KeepAlive(dx);
    }

    internal override unsafe TrainingForm? FormInTraining(Node node)
    {
        TFunction function = Attributes.Function;
        float? high =
            function is not IClamp { Low: 0f } clamp || function.Saves != SavedValue.Output ? null
            : float.IsPositiveInfinity(clamp.High) ? float.NaN
            : clamp.High;
        return TrainingForm.IsMap(node.Output)
            ? new TrainedFunctionGradient(
                node,
                high,
                (saved, dy, dx, count) => UnaryKernel<float, TFunction>.RunBackward(function, saved, dy, dx, count)
            )
            : null;
    }
}
