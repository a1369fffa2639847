namespace Fovea;

/// <summary>The sum or mean over axes. Accumulated in double, in an order that depends on the shape alone.</summary>
/// <param name="attributes">Over which axes, and whether it is the mean.</param>
internal sealed class Sum(SumAttributes attributes) : Operator
{
    /// <summary>Creates it for axes.</summary>
    public Sum(int[] axes, bool keepDims, bool mean)
        : this(new SumAttributes(new(axes), keepDims, mean)) { }

    /// <inheritdoc/>
    public override SumAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => attributes.IsMean ? "Mean" : "Sum";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        AxisSet.Reduce(inputs[0], AxisSet.Marks(Subject, inputs[0], Axes), attributes.Keep);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        bool[] marks = AxisSet.Marks(Subject, x.Shape, Axes);
        double scale = Scale(x.Shape, marks);
        Tensor result = AxisSum.Compute(x, marks, call.OutputShape, double.IsFinite(scale) ? scale : 1.0);
        if (!double.IsFinite(scale))
        {
            result.Fill(double.NaN);
        }

        return result;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Shape shape = call.InputShape(0);
        Tensor gradient = call.Gradient();
        if (!attributes.Keep)
        {
            Shape kept = AxisSet.Reduce(shape, AxisSet.Marks(Subject, shape, Axes), keepDims: true);
            gradient = Reshape.To(GradientCall.Open(kept)).Apply(gradient);
        }

        call.Give(0, new Expand(GradientCall.Open(shape), attributes.IsMean).Apply(gradient));
    }

    private ReadOnlySpan<int> Axes => attributes.Axes.Span;

    private double Scale(Shape shape, bool[] marks)
    {
        if (!attributes.IsMean)
        {
            return 1.0;
        }

        double count = 1.0;
        for (int i = 0; i < marks.Length; i++)
        {
            count *= marks[i] ? shape.Sizes[i] : 1;
        }

        return count == 0.0 && attributes.EmptyIsZero ? 1.0 : 1.0 / count;
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return AxisSet.ReadsOf(shapes.Inputs[0], AxisSet.Marks(Subject, shapes.Inputs[0], Axes), attributes.Keep, axis);
    }

    /// <summary>Over axes that are neither batch nor channels; positions are taken for independent.</summary>
    /// <param name="use">Statistics of the input.</param>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        bool[] marks = AxisSet.Marks(Subject, use.Shapes.Inputs[0], Axes);
        double count = (double)use.Shapes.Inputs[0].Count / use.Shapes.Output.Count,
            factor = attributes.IsMean ? 1.0 / count : 1.0;
        return use.X is { } x && !marks.Take(2).Contains(true)
            ? new Signal(
                x.Mean * count * factor,
                x.ChannelVariance * count * count * factor * factor,
                x.Variance * count * factor * factor,
                IsApproximate: true
            )
            : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        double count = (double)use.Shapes.Inputs[0].Count / use.Shapes.Output.Count;
        return attributes.IsMean ? 1.0 / (count * count) : 1.0;
    }
}

/// <summary>A sum or mean over axes.</summary>
/// <param name="Axes">The axes, negative from the end; none means all.</param>
/// <param name="Keep">Leave the summed axes in place with size 1.</param>
/// <param name="IsMean">Divide by the number of elements summed; the mean of nothing is not-a-number.</param>
/// <param name="EmptyIsZero">Whether the mean of nothing is 0 instead: so it is for losses.</param>
internal sealed record SumAttributes(NumberList Axes, bool Keep, bool IsMean, bool EmptyIsZero = false)
    : OperatorAttributes;
