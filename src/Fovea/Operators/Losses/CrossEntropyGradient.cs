using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of the logits of a cross entropy: dy (p sum(t) - t), p = exp(log-probabilities), t the targets as
/// smoothed and weighted.</summary>
/// <param name="targets">How targets are read.</param>
/// <remarks>Inputs: log-probabilities, targets, the gradient of the losses and, where there are some, class weights.</remarks>
internal sealed class CrossEntropyGradient(ClassTargetOptions targets) : Operator
{
    /// <inheritdoc/>
    public override ClassTargetOptions Attributes => targets;

    /// <inheritdoc/>
    public override string Name => "CrossEntropyGradient";

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => input == 1;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        new GradientReads(needs.Length > 3 ? 0b1111UL : 0b111UL, 0);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor dx = Tensor.Uninitialized(call.OutputShape, call.Inputs[0].DType);
        if (dx.DType == DType.Float64)
        {
            Compute<double>(call, dx);
        }
        else
        {
            Compute<float>(call, dx);
        }

        return dx;
    }

    /// <summary>With h the gradient of dx: that of the log-probabilities is h dy p sum(t), that of dy is sum(h (p sum(t) -
    /// t)).</summary>
    /// <param name="call">The values and the gradient.</param>
    protected override void Differentiate(GradientCall call)
    {
        call.GiveNone(1);
        if (call.InputCount > 3)
        {
            call.GiveNone(3);
        }

        Shape x = call.InputShape(0);
        int axis = CrossEntropyOperator.ClassAxis(x);
        ClassDistribution distribution = new(targets, x[axis], call.InputType(0));
        Tensor t =
            call.InputCount > 3 ? distribution.Apply(call.Input(1), call.Input(3)) : distribution.Apply(call.Input(1));
        Tensor scaled = call.Input(0).Exp() * t.Sum([axis], keepDims: true);
        Tensor h = call.Gradient();
        if (call.Needs(0))
        {
            call.Give(0, h * call.Input(2).Unsqueeze(axis) * scaled);
        }

        if (call.Needs(2))
        {
            call.Give(2, (h * (scaled - t)).Sum([axis]));
        }
    }

    private unsafe void Compute<T>(OperatorCall call, Tensor dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor logProbabilities = call.Inputs[0],
            dy = call.Inputs[2];
        ClassTargets<T> read = targets.Of<T>(call.Inputs[1], call.Inputs.Count > 3 ? call.Inputs[3] : null, dx.Shape);
        CrossEntropyKernel<T>.Backward(read, logProbabilities.Pointer<T>(), dy.Pointer<T>(), dx.Pointer<T>(), dy.Count);
        GC.KeepAlive(dx);
    }
}
