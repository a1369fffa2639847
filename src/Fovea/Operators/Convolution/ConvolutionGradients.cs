using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution and the gradients of its two inputs: three products, each linear in both of its inputs. The
/// gradient of one is made of the two others, so the three are closed under differentiation.</summary>
/// <param name="sizes">The convolution.</param>
internal abstract class ConvolutionProduct(ConvolutionSizes sizes) : Operator
{
    /// <summary>The convolution.</summary>
    internal ConvolutionSizes Sizes => sizes;

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => sizes.Options;

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => ProductReads.Of(needs);

    /// <summary>Gives those of two gradients that are wanted.</summary>
    protected static void Give(GradientCall call, Func<Tensor> first, Func<Tensor> second)
    {
        if (call.Needs(0))
        {
            call.Give(0, first());
        }

        if (call.Needs(1))
        {
            call.Give(1, second());
        }
    }
}

/// <summary>y of x and weight: the convolution, without a bias.</summary>
/// <param name="sizes">The convolution.</param>
internal sealed class ConvolutionForward(ConvolutionSizes sizes) : ConvolutionProduct(sizes)
{
    /// <inheritdoc/>
    public override string Name => $"Conv{Sizes.Rank}dForward";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Sizes.Output(inputs[0]);

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes) => Sizes.Cost(shapes.Output);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        ConvolutionKernelCalls.Forward(
            Sizes.PlanFor(call.OutputShape),
            call.Inputs[0],
            call.Inputs[1],
            null,
            call.OutputShape
        );

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor dy = call.Gradient();
        Give(call, () => Sizes.BackwardData(dy, call.Input(1)), () => Sizes.BackwardWeights(call.Input(0), dy));
    }
}

/// <summary>The gradient of x, from the gradient of y and the weight.</summary>
/// <param name="sizes">The convolution.</param>
internal sealed class ConvolutionBackwardData(ConvolutionSizes sizes) : ConvolutionProduct(sizes)
{
    /// <inheritdoc/>
    public override string Name => $"Conv{Sizes.Rank}dBackwardData";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Sizes.Input(inputs[0]);

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes) => Sizes.Cost(shapes.Inputs[0]);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        ConvolutionKernelCalls.Data(
            Sizes.PlanFor(call.OutputShape),
            call.Inputs[0],
            call.Inputs[1],
            null,
            call.OutputShape
        );

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor x = call.Gradient();
        Give(call, () => Sizes.Forward(x, call.Input(1)), () => Sizes.BackwardWeights(x, call.Input(0)));
    }

    internal override TrainingForm? FormInTraining(Node node) => TrainedDataGradient.Of(node, Sizes.Item);
}

/// <summary>The gradient of the weight, from x and the gradient of y.</summary>
/// <param name="sizes">The convolution.</param>
internal sealed class ConvolutionBackwardWeights(ConvolutionSizes sizes) : ConvolutionProduct(sizes)
{
    /// <inheritdoc/>
    public override string Name => $"Conv{Sizes.Rank}dBackwardWeights";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        Sizes.Output(inputs[0]) == inputs[1]
            ? Sizes.Weight
            : throw new ShapeException($"{Subject}: the gradient of y does not fit x, {inputs[1]} and {inputs[0]}.");

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes) => Sizes.Cost(shapes.Inputs[1]);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        ConvolutionKernelCalls.Weights(
            Sizes.PlanFor(call.InputShapes[0]),
            call.Inputs[0],
            call.Inputs[1],
            call.OutputShape
        );

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor weight = call.Gradient();
        Give(call, () => Sizes.BackwardData(call.Input(1), weight), () => Sizes.Forward(call.Input(0), weight));
    }

    internal override TrainingForm? FormInTraining(Node node) => TrainedWeightsGradient.Of(node, Sizes.Item);
}
