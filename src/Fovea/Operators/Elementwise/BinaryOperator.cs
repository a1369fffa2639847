using Fovea.Kernels;

namespace Fovea;

/// <summary>An operator of two tensors element by element; sizes of 1 and missing leading axes are repeated (NumPy's
/// broadcasting).</summary>
internal abstract class BinaryOperator : Operator
{
    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        Shape.Broadcast(inputs[0], inputs[1])
        ?? throw new ShapeException(
            $"{Subject}: shapes must agree from the last axis on (sizes equal, or one of them 1), got {inputs[0]} and {inputs[1]}. Use Reshape or Unsqueeze to line the axes up."
        );

    /// <summary>Hands over a gradient of the output's shape, summed to the input's.</summary>
    protected static void Give(GradientCall call, int input, Tensor gradient) =>
        call.Give(input, SumOver.Of(gradient, call.InputShape(input)));

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        Aligned(shapes, input, axis);

    /// <summary>What a position of the output reads of an input that is broadcast to it.</summary>
    internal static (int OutputAxis, AxisMap Map) Aligned(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int output = axis + shapes.Output.Rank - shapes.Inputs[input].Rank,
            size = shapes.Inputs[input][axis];
        return (
            output,
            size == shapes.Output[output] ? AxisMap.Identity(size) : AxisMap.All(size, shapes.Output[output])
        );
    }

    /// <summary>How often an element of an input is used: more than once where it is broadcast.</summary>
    protected static double Uses(SignalUse use, int input) =>
        (double)use.Shapes.Output.Count / use.Shapes.Inputs[input].Count;
}

/// <summary>a + b.</summary>
internal sealed class Add : BinaryOperator
{
    /// <inheritdoc/>
    public override string Name => "Add";

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        Broadcasting.Compute<AddFunction>(call.Inputs[0], call.Inputs[1], call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        for (int i = 0; i < 2; i++)
        {
            if (call.Needs(i))
            {
                Give(call, i, call.Gradient());
            }
        }
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Sum | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.Inputs[0] is { } a && use.Inputs[1] is { } b ? a + b : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => Uses(use, input);

    internal override ExecutionForm? Form(Node node) =>
        node.Inputs.All(i => i.IsActivation) && node.Inputs[0].Shape == node.Inputs[1].Shape ? new SumForm() : null;

    internal override TrainingForm? FormInTraining(Node node) =>
        node.Inputs.All(i => TrainingForm.IsMap(i) && i.Tensor is null) && node.Inputs[0].Shape == node.Inputs[1].Shape
            ? new TrainedSum(node)
            : null;
}

/// <summary>a - b.</summary>
internal sealed class Subtract : BinaryOperator
{
    /// <inheritdoc/>
    public override string Name => "Subtract";

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        Broadcasting.Compute<SubtractFunction>(call.Inputs[0], call.Inputs[1], call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        if (call.Needs(0))
        {
            Give(call, 0, call.Gradient());
        }

        if (call.Needs(1))
        {
            call.Give(1, ScalarOperators.Scaled(SumOver.Of(call.Gradient(), call.InputShape(1)), -1.0));
        }
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.Inputs[0] is { } a && use.Inputs[1] is { } b ? a + (b with { Mean = -b.Mean }) : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => Uses(use, input);
}

/// <summary>a b, element by element.</summary>
internal sealed class Multiply : BinaryOperator
{
    /// <inheritdoc/>
    public override string Name => "Multiply";

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        (needs[0] ? GradientReads.Inputs(1) : GradientReads.None)
        | (needs[1] ? GradientReads.Inputs(0) : GradientReads.None);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        Broadcasting.Compute<MultiplyFunction>(call.Inputs[0], call.Inputs[1], call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        for (int i = 0; i < 2; i++)
        {
            if (call.Needs(i))
            {
                Give(call, i, call.Gradient() * call.Input(1 - i));
            }
        }
    }

    /// <summary>Taken for independent: mean squares multiply, in all and of the channels' means.</summary>
    /// <param name="use">Statistics of both.</param>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (use.Inputs[0] is not { } a || use.Inputs[1] is not { } b)
        {
            return null;
        }

        double mean = a.Mean * b.Mean,
            channels = ((a.Mean * a.Mean) + a.ChannelVariance) * ((b.Mean * b.Mean) + b.ChannelVariance);
        return new Signal(
            mean,
            channels - (mean * mean),
            (a.MeanSquare * b.MeanSquare) - channels,
            IsApproximate: true
        );
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.Inputs[1 - input] is { } other ? other.MeanSquare * Uses(use, input) : null;
    }

    internal override ExecutionForm? Form(Node node)
    {
        // A map times a value of one position for each channel: a gate.
        SymbolicShape a = node.Inputs[0].Shape,
            b = node.Inputs[1].Shape;
        return
            node.Inputs.All(i => i.IsActivation)
            && a.Rank >= 3
            && b.Rank == a.Rank
            && a.Single[1] == b.Single[1]
            && b.Single.Count == b.Single[1]
            ? new ProductForm()
            : null;
    }
}

/// <summary>a / b, element by element.</summary>
internal sealed class Divide : BinaryOperator
{
    /// <inheritdoc/>
    public override string Name => "Divide";

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        GradientReads.Inputs(1) | (needs[1] ? GradientReads.Outputs(0) : GradientReads.None);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        Broadcasting.Compute<DivideFunction>(call.Inputs[0], call.Inputs[1], call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor quotient = call.Gradient() / call.Input(1);
        if (call.Needs(0))
        {
            Give(call, 0, quotient);
        }

        if (call.Needs(1))
        {
            Give(call, 1, ScalarOperators.Scaled(quotient * call.Output(), -1.0));
        }
    }
}
