namespace Fovea;

/// <summary>A tensor with sizes 1 repeated to the shape of another, whose values do not matter.</summary>
/// <param name="axes">The axes of size 1 along which it is repeated; the other sizes are equal.</param>
internal sealed class RepeatAlong(int[] axes) : Operator
{
    /// <inheritdoc/>
    public override RepeatAttributes Attributes { get; } = new(new(axes));

    /// <inheritdoc/>
    public override string Name => "Repeat";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[1];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <summary>The sum over the axes of a repetition, which stay with size 1.</summary>
    public static Tensor SumBack(Tensor repeated, int[] axes) =>
        axes.Length == 0 ? repeated : repeated.Sum(axes, keepDims: true);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Broadcasting.Expand(call.Inputs[0], call.OutputShape);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        call.Give(0, SumBack(call.Gradient(), axes));
        call.GiveNone(1);
    }
}

/// <summary>A repetition.</summary>
/// <param name="Axes">The axes of size 1 along which a tensor is repeated.</param>
internal sealed record RepeatAttributes(NumberList Axes) : OperatorAttributes;
