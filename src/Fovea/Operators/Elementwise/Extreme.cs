using Fovea.Kernels;

namespace Fovea;

/// <summary>The larger (or smaller) of a and b, element by element. Where both are equal each gets half of the
/// gradient.</summary>
internal sealed class Extreme(ExtremeAttributes attributes) : BinaryOperator
{
    /// <summary>Creates it for one of the two.</summary>
    public Extreme(bool larger)
        : this(new ExtremeAttributes(larger)) { }

    /// <inheritdoc/>
    public override ExtremeAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => attributes.IsLarger ? "Maximum" : "Minimum";

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(0, 1);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        attributes.IsLarger
            ? Broadcasting.Compute<MaximumFunction>(call.Inputs[0], call.Inputs[1], call.OutputShape)
            : Broadcasting.Compute<MinimumFunction>(call.Inputs[0], call.Inputs[1], call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        for (int i = 0; i < 2; i++)
        {
            if (call.Needs(i))
            {
                (int preferred, int other) = attributes.IsLarger == (i == 0) ? (0, 1) : (1, 0);
                Give(call, i, new ExtremeGradient().Apply(call.Input(preferred), call.Input(other), call.Gradient()));
            }
        }
    }
}

/// <summary>Which of two values is taken.</summary>
/// <param name="IsLarger">The larger.</param>
internal sealed record ExtremeAttributes(bool IsLarger) : OperatorAttributes;

/// <summary>The gradient where the first tensor is larger than the second, half of it where both are equal, 0 elsewhere. It is
/// selected, never multiplied: what does not get it stays free of its infinities.</summary>
internal sealed class ExtremeGradient : Operator
{
    /// <inheritdoc/>
    public override string Name => "ExtremeGradient";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        Shape.Broadcast(inputs[0], inputs[1]) == inputs[2]
            ? inputs[2]
            : throw new ShapeException($"{Subject}: {inputs[0]} and {inputs[1]} do not broadcast to {inputs[2]}.");

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(0, 1);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor share = Broadcasting.Compute<PreferenceFunction>(call.Inputs[0], call.Inputs[1], call.OutputShape);
        return Broadcasting.Compute<ShareFunction>(share, call.Inputs[2], call.OutputShape);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        call.GiveNone(0); // it changes with them in steps only
        call.GiveNone(1);
        if (call.Needs(2))
        {
            call.Give(2, Apply(call.Input(0), call.Input(1), call.Gradient()));
        }
    }
}
