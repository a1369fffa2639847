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

    /// <inheritdoc/>
    protected sealed override Tensor Forward(OperatorCall call)
    {
        return Compute(call, call.Inputs[0], call.Inputs[1]);
    }

    /// <summary>Computes the result and saves what backward needs.</summary>
    protected abstract Tensor Compute(OperatorCall call, Tensor a, Tensor b);

    /// <summary>Hands over a gradient of the output's shape, summed to the input's.</summary>
    protected static void Give(OperatorCall call, int input, Tensor gradient, bool shared = false)
    {
        Tensor own = Broadcasting.SumTo(gradient, call.InputShapes[input]);
        call.Accumulate(input, own, shared && ReferenceEquals(own, gradient));
    }

    /// <summary>The product of two tensors of which the first has the output's shape.</summary>
    protected static Tensor Product(Tensor full, Tensor other) =>
        Broadcasting.Compute<MultiplyFunction>(full, other, full.Shape);

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
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
    protected override Tensor Compute(OperatorCall call, Tensor a, Tensor b) =>
        Broadcasting.Compute<AddFunction>(a, b, call.OutputShape);

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        for (int i = 0; i < 2; i++)
        {
            if (call.Needs(i))
            {
                Give(call, i, gradient, shared: true);
            }
        }
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Sum | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override KeptValues Keeps(OperatorShapes shapes) => KeptValues.None;

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
}

/// <summary>a - b.</summary>
internal sealed class Subtract : BinaryOperator
{
    /// <inheritdoc/>
    public override string Name => "Subtract";

    /// <inheritdoc/>
    protected override Tensor Compute(OperatorCall call, Tensor a, Tensor b) =>
        Broadcasting.Compute<SubtractFunction>(a, b, call.OutputShape);

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        if (call.Needs(0))
        {
            Give(call, 0, gradient, shared: true);
        }

        if (call.Needs(1))
        {
            Tensor sum = Broadcasting.SumTo(gradient, call.InputShapes[1]);
            call.Accumulate(1, Broadcasting.Expand(sum, sum.Shape, -1.0));
        }
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override KeptValues Keeps(OperatorShapes shapes) => KeptValues.None;

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
    protected override Tensor Compute(OperatorCall call, Tensor a, Tensor b)
    {
        call.Save(call.Needs(1) ? a : b, call.Needs(0) ? b : a);
        return Broadcasting.Compute<MultiplyFunction>(a, b, call.OutputShape);
    }

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        for (int i = 0; i < 2; i++)
        {
            if (call.Needs(i))
            {
                Give(call, i, Product(gradient, call.Saved[1 - i]));
            }
        }
    }

    /// <inheritdoc/>
    public override KeptValues Keeps(OperatorShapes shapes) => new([0, 1], ForEachOther: true);

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
    protected override Tensor Compute(OperatorCall call, Tensor a, Tensor b)
    {
        Tensor result = Broadcasting.Compute<DivideFunction>(a, b, call.OutputShape);
        call.Save(b, result);
        return result;
    }

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        Tensor b = call.Saved[0];
        Tensor quotient = Broadcasting.Compute<DivideFunction>(gradient, b, gradient.Shape);
        if (call.Needs(0))
        {
            Give(call, 0, quotient);
        }

        if (call.Needs(1))
        {
            Tensor product = Product(quotient, call.Saved[1]);
            Give(call, 1, Broadcasting.Expand(product, product.Shape, -1.0));
        }
    }

    /// <inheritdoc/>
    public override KeptValues Keeps(OperatorShapes shapes) => new([1], Output: true);
}

/// <summary>The larger (or smaller) of a and b, element by element. Where both are equal each gets half of the
/// gradient.</summary>
internal sealed class Extreme(bool larger) : BinaryOperator
{
    /// <inheritdoc/>
    public override string Name => larger ? "Maximum" : "Minimum";

    /// <inheritdoc/>
    protected override Tensor Compute(OperatorCall call, Tensor a, Tensor b)
    {
        call.Save(a, b);
        return larger
            ? Broadcasting.Compute<MaximumFunction>(a, b, call.OutputShape)
            : Broadcasting.Compute<MinimumFunction>(a, b, call.OutputShape);
    }

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        for (int i = 0; i < 2; i++)
        {
            if (call.Needs(i))
            {
                (Tensor preferred, Tensor other) =
                    larger == (i == 0) ? (call.Saved[0], call.Saved[1]) : (call.Saved[1], call.Saved[0]);
                Give(
                    call,
                    i,
                    Product(gradient, Broadcasting.Compute<PreferenceFunction>(preferred, other, gradient.Shape))
                );
            }
        }
    }
}
