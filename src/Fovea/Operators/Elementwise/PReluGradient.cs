using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of x of <see cref="PReluOperator"/>: dy where x is positive, slope dy elsewhere. Inputs: x, slopes,
/// dy.</summary>
internal sealed class PReluGradient : Operator
{
    /// <inheritdoc/>
    public override string Name => "PReLUGradient";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[2]
            ? inputs[0]
            : throw new ShapeException($"{Subject}: x {inputs[0]} and the gradient {inputs[2]} must have one shape.");

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        GradientReads.Inputs(0)
        | (needs[1] ? GradientReads.Inputs(2) : GradientReads.None)
        | (needs[2] ? GradientReads.Inputs(1) : GradientReads.None);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        Tensor slopes = PReluOperator.Align(call.Inputs[1], x.Shape);
        Tensor slope = Broadcasting.Compute<LearnedSlopeDerivative>(x, slopes, x.Shape);
        return Broadcasting.Compute<MultiplyFunction>(slope, call.Inputs[2], x.Shape);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        call.GiveNone(0); // it changes with x in steps only
        if (call.Needs(1))
        {
            Tensor product = call.Gradient() * call.Input(2);
            call.Give(1, PReluOperator.OfSlopes(call.Input(0), product, call.InputShape(1)));
        }

        if (call.Needs(2))
        {
            call.Give(2, Apply(call.Input(0), call.Input(1), call.Gradient()));
        }
    }
}
