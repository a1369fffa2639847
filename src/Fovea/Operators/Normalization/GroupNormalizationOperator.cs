using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Group normalization; with as many groups as channels, instance normalization. Outputs: y, the moments of every group
/// [N, groups, 2] that the gradient reads, and the next running statistics where there are any.</summary>
/// <param name="name">Name in messages.</param>
/// <param name="groups">Groups; divides the channels.</param>
/// <param name="channels">Size of axis 1.</param>
/// <param name="layouts">The inputs accepted, by their number of axes.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="affine">Whether weight and bias are inputs 1 and 2.</param>
/// <param name="refuseSingle">Whether planes of a single value are refused, as in instance normalization, where every
/// output would be the bias.</param>
/// <param name="running">Whether running mean, running variance and the number of batches follow.</param>
/// <param name="momentum">Weight of the newest batch in the running statistics; null for the plain average.</param>
internal sealed class GroupNormalizationOperator(
    string name,
    int groups,
    int channels,
    IReadOnlyDictionary<int, string> layouts,
    double epsilon,
    bool affine,
    bool refuseSingle = false,
    bool running = false,
    double? momentum = null
) : Operator
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        BatchNormalization.RequireChannels(Subject, x, channels, layouts);
        if (refuseSingle && x.Count > 0 && ChannelLayout.GeometryOf(x).Plane == 1)
        {
            throw new ShapeException(
                $"{Subject}: expected more than 1 spatial value when training, got 1, which has no variance. x {x}. Use a larger input."
            );
        }

        return x;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        Shape x = OutputShape(ShapesOf(inputs));
        return
        [
            new(x, inputs[0].DType),
            new([x[0], groups, SavedStatistics.MomentNumbers], DType.Float64, OutputRole.Saved, "moments"),
            .. running ? RunningStatistics.Outputs(inputs, RunningIndex) : [],
        ];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        (affine ? GradientReads.Inputs(0, 1) : GradientReads.Inputs(0)) | GradientReads.Outputs(1);

    /// <inheritdoc/>
    public override Operator InEvaluation() =>
        running
            ? new BatchNormalization(
                new BatchNormOptions(name, channels, layouts, epsilon, momentum, affine, Running: true),
                training: false
            )
            {
                Owner = Owner,
            }
            : this;

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Inputs[0].DType == DType.Float64)
        {
            Run<double>(call);
        }
        else
        {
            Run<float>(call);
        }
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        NormalizationRules.Apply(new GroupNormGradient(name, groups, channels, epsilon, affine), call, affine);
    }

    private int RunningIndex => affine ? 3 : 1;

    private unsafe void Run<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        T* weight = affine ? call.Inputs[1].Pointer<T>() : null,
            bias = affine ? call.Inputs[2].Pointer<T>() : null;
        GroupNormalization<T> kernel = new(ChannelLayout.GeometryOf(x.Shape), groups);
        Moments[] moments = kernel.Forward(epsilon, x.Pointer<T>(), weight, bias, y.Pointer<T>());
        call.SetOutput(0, y);
        if (call.Wants(1))
        {
            call.SetOutput(1, SavedStatistics.Of(moments, call.Outputs[1].Shape));
        }

        if (running)
        {
            RunningStatistics.SetNext<T>(
                call,
                RunningIndex,
                2,
                momentum,
                moments.Length == 0 ? null : OfBatch(moments)
            );
        }
    }

    /// <summary>The means over the images of their means and unbiased variances.</summary>
    private (double Mean, double Variance)[] OfBatch(Moments[] moments)
    {
        int images = moments.Length / channels;
        (double Mean, double Variance)[] result = new (double, double)[channels];
        for (int c = 0; c < channels; c++)
        {
            for (int image = 0; image < images; image++)
            {
                result[c].Mean += moments[(image * channels) + c].Mean / images;
                result[c].Variance += moments[(image * channels) + c].UnbiasedVariance / images;
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        IsInstance
            ? NormalizationRules.Options(epsilon, running ? momentum : 0.1, affine, running, usual: false)
            : [new("groups", $"{groups}"), .. NormalizationRules.Options(epsilon, 0.1, affine, true)];

    private bool IsInstance => refuseSingle;

    /// <inheritdoc/>
    public override OperatorTraits Traits =>
        OperatorTraits.Normalizes
        | OperatorTraits.UsesItemStatistics
        | (groups == channels ? OperatorTraits.RemovesChannelMean : OperatorTraits.None);

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(0, shapes.Output.Count * (affine ? 5 : 4));
    }

    /// <summary>By position: every output also depends on the whole item, through two numbers a group.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">Its axis.</param>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        (axis, AxisMap.Identity(shapes.Inputs[0][axis]));

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) =>
        NormalizationRules.WithinItem(use, epsilon, affine, byChannel: groups == channels);

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) =>
        input == 0 ? NormalizationRules.Gain(use, epsilon, affine, byChannel: groups == channels) : null;
}
