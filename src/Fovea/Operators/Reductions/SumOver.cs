namespace Fovea;

/// <summary>Sums over the axes along which a smaller tensor was repeated: the gradient of what was broadcast, and of
/// <see cref="Expand"/>.</summary>
/// <param name="attributes">Over which axes.</param>
/// <remarks>Axes are named, not found by their sizes: a batch of one item is summed over as well.</remarks>
internal sealed class SumOver(SumOverAttributes attributes) : Operator
{
    /// <summary>Creates it for axes.</summary>
    public SumOver(int leading, int[] axes, bool mean)
        : this(new SumOverAttributes(leading, new(axes), mean)) { }

    /// <inheritdoc/>
    public override SumOverAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "SumOver";

    /// <summary>The gradient of an operand that was broadcast to the shape of <paramref name="gradient"/>: itself where it
    /// was not repeated.</summary>
    /// <param name="gradient">Of the whole shape.</param>
    /// <param name="operand">The operand's shape; sizes that differ from those of the whole are 1.</param>
    /// <param name="mean">Divide by the number of elements summed.</param>
    public static Tensor Of(Tensor gradient, Shape operand, bool mean = false)
    {
        int leading = gradient.Rank - operand.Rank;
        int[] axes =
        [
            .. Enumerable
                .Range(leading, operand.Rank)
                .Where(i => operand.Sizes[i - leading] == 1 && gradient.Shape.Sizes[i] != 1),
        ];
        return leading == 0 && axes.Length == 0 ? gradient : new SumOver(leading, axes, mean).Apply(gradient);
    }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int[] sizes = inputs[0].Sizes.ToArray();
        foreach (int axis in attributes.Axes.Span)
        {
            sizes[axis] = 1;
        }

        return Shape.Create(sizes.AsSpan(attributes.Leading));
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        bool[] marks = new bool[x.Rank];
        double count = 1.0;
        for (int i = 0; i < marks.Length; i++)
        {
            marks[i] = i < attributes.Leading || attributes.Axes.Span.Contains(i);
            count *= marks[i] ? x.Shape.Sizes[i] : 1;
        }

        return AxisSum.Compute(x, marks, call.OutputShape, attributes.IsMean && count > 0.0 ? 1.0 / count : 1.0);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, new Expand(GradientCall.Open(call.InputShape(0)), attributes.IsMean).Apply(call.Gradient()));

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;
}

/// <summary>The axes of a repetition.</summary>
/// <param name="Leading">Axes at the front that the smaller tensor does not have.</param>
/// <param name="Axes">Further axes, counted from the front, that have size 1 there.</param>
/// <param name="IsMean">Divide by the number of elements summed.</param>
internal sealed record SumOverAttributes(int Leading, NumberList Axes, bool IsMean) : OperatorAttributes;
