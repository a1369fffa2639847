namespace Fovea;

/// <summary>Tensors behind one another along an axis.</summary>
/// <param name="attributes">The axis that grows.</param>
internal sealed class Concatenate(ConcatAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public Concatenate(int axis)
        : this(new ConcatAttributes(axis)) { }

    /// <inheritdoc/>
    public override ConcatAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override string Name => "Concat";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        if (inputs.IsEmpty)
        {
            throw new ShapeException($"{Subject}: at least one tensor is needed, got none.");
        }

        int index = AxisSet.Resolve(Subject, inputs[0], Axis);
        long size = 0;
        foreach (Shape input in inputs)
        {
            if (input.Rank != inputs[0].Rank || input.With(index, 0) != inputs[0].With(index, 0))
            {
                string shapes = string.Join(", ", inputs.ToArray().Select(s => s.ToString()));
                throw new ShapeException($"{Subject}: all sizes but that of axis {Axis} must be equal, got {shapes}.");
            }

            size += input.Sizes[index];
        }

        return inputs[0].With(index, checked((int)size));
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        DType type = call.Inputs[0].DType;
        if (call.Inputs.Any(t => t.DType != type))
        {
            throw new ArgumentException(
                $"{Subject}: tensors must share one element type, got {string.Join(", ", call.Inputs.Select(t => t.DType))}. Convert with To."
            );
        }

        Tensor y = Tensor.Uninitialized(call.OutputShape, type);
        int start = 0,
            index = call.OutputShape.Axis(Axis);
        foreach (Tensor input in call.Inputs)
        {
            Narrow.Copy(input, 0, y, start, index, input.Shape.Sizes[index]);
            start += input.Shape.Sizes[index];
        }

        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        int start = 0,
            index = call.OutputShape().Axis(Axis);
        for (int i = 0; i < call.InputCount; i++)
        {
            int size = call.InputShape(i).Sizes[index];
            if (call.Needs(i))
            {
                call.Give(i, new Narrow(index, start, size).Apply(call.Gradient()));
            }

            start += size;
        }
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int size = shapes.Inputs[input][axis],
            start = shapes.Inputs.Take(input).Sum(s => s[axis]);
        return axis != shapes.Output.Axis(Axis)
            ? (axis, AxisMap.Identity(size))
            : (
                axis,
                new WindowAxisMap(
                    size,
                    shapes.Output[axis],
                    1,
                    1,
                    1,
                    start,
                    shapes.Output[axis] - start - size,
                    PaddingMode.Zeros
                )
            );
    }

    /// <summary>Along the channels: the mixture of the inputs, by their shares. Along other axes no rule is
    /// known.</summary>
    /// <param name="use">Statistics of the inputs.</param>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (use.Shapes.Output.Axis(Axis) != 1 || use.Inputs.Contains(null))
        {
            return null;
        }

        double mean = 0.0,
            squares = 0.0,
            variance = 0.0;
        for (int i = 0; i < use.Inputs.Count; i++)
        {
            Signal x = use.Inputs[i]!;
            double share = (double)use.Shapes.Inputs[i][1] / use.Shapes.Output[1];
            (mean, squares, variance) = (
                mean + (share * x.Mean),
                squares + (share * ((x.Mean * x.Mean) + x.ChannelVariance)),
                variance + (share * x.Variance)
            );
        }

        return new Signal(
            mean,
            Math.Max(0.0, squares - (mean * mean)),
            variance,
            use.Inputs.Any(i => i!.IsApproximate)
        );
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => 1.0;

    private int Axis => attributes.Axis;

    internal override ExecutionForm? Form(Node node) =>
        node.Output.Shape.Single.Axis(Axis) == 1 && node.Output.Shape.Rank >= 3 && node.Inputs.All(i => i.IsActivation)
            ? new ConcatForm()
            : null;

    internal override TrainingForm? FormInTraining(Node node) =>
        node.Inputs.All(i => TrainingForm.IsMap(i) && i.Tensor is null)
        && TrainingForm.IsMap(node.Output)
        && node.Output.Shape.Single.Axis(Axis) == 1
            ? new TrainedChannels(node, -1)
            : null;
}

/// <summary>Where tensors are put behind one another.</summary>
/// <param name="Axis">The axis that grows, negative from the end.</param>
internal sealed record ConcatAttributes(int Axis) : OperatorAttributes;
