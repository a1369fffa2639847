using Fovea.Kernels;

namespace Fovea;

/// <summary>The sum of each channel over everything else: the gradient of a bias. [N, C, spatial...] or [C, spatial...]
/// -> [C]; without spatial axes [..., C] -> [C].</summary>
/// <param name="spatial">Axes behind the channels, 0 to 3.</param>
internal sealed class ChannelSum(int spatial) : Operator
{
    /// <inheritdoc/>
    public override string Name => "ChannelSum";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => [inputs[0][-spatial - 1]];

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => [new("spatial-axes", $"{spatial}")];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        (int before, int channels, int plane) = (1, call.OutputShape[0], 1);
        for (int axis = 0; axis < x.Rank; axis++)
        {
            int channelAxis = x.Rank - spatial - 1;
            before = checked(axis < channelAxis ? before * x.Shape[axis] : before);
            plane = checked(axis > channelAxis ? plane * x.Shape[axis] : plane);
        }

        if (spatial == 0)
        {
            return AxisSum.Compute(x.View([before, channels]), [true, false], call.OutputShape);
        }

        Tensor sums = Tensor.Uninitialized(call.OutputShape, x.DType);
        if (x.DType == DType.Float64)
        {
            ReferenceConvolution<double>.BackwardBias(
                before,
                channels,
                plane,
                x.Pointer<double>(),
                sums.Pointer<double>()
            );
        }
        else
        {
            ConvolutionKernels.BackwardBias(before, channels, plane, x.Pointer<float>(), sums.Pointer<float>());
        }

        return sums;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(
            0,
            new ChannelExpand(spatial, GradientCall.Open(call.InputShape(0))) { Owner = Owner }.Apply(call.Gradient())
        );

    internal override TrainingForm? FormInTraining(Node node) =>
        TrainingForm.IsMap(node.Inputs[0]) && node.Inputs[0].Shape.Rank == spatial + 2
            ? new TrainedChannelSum(node)
            : null;
}

/// <summary>One value a channel repeated over everything else: the adjoint of <see cref="ChannelSum"/>.</summary>
/// <param name="spatial">Axes behind the channels, 0 to 3.</param>
/// <param name="shape">The result.</param>
internal sealed class ChannelExpand(int spatial, SymbolicShape shape) : Operator
{
    /// <inheritdoc/>
    public override string Name => "ChannelExpand";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        shape.HasBatch ? new ChannelExpand(spatial, SymbolicShape.Fixed(shape.At(batch))) { Owner = Owner } : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => shape.Single;

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [new("spatial-axes", $"{spatial}"), new("shape", $"{shape}")];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        int[] sizes = new int[spatial + 1];
        Array.Fill(sizes, 1);
        sizes[0] = call.InputShapes[0][0];
        return Broadcasting.Expand(call.Inputs[0].View(Shape.Create(sizes)), call.OutputShape);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, new ChannelSum(spatial) { Owner = Owner }.Apply(call.Gradient()));
}
