using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Batch normalization. Outputs: y, the scales of the channels [C, 4] that the gradient reads, and, in training with
/// running statistics, the next ones.</summary>
/// <param name="options">What it does.</param>
internal sealed class BatchNormalization(BatchNormAttributes options) : Operator
{
    private readonly bool _useBatch = options.UsesBatch;
    private readonly IReadOnlyDictionary<int, string> _layouts = options.Layouts;

    /// <inheritdoc/>
    public override BatchNormAttributes Attributes => options;

    /// <inheritdoc/>
    public override string Name => options.Name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        RequireChannels(Subject, x, options.Channels, _layouts);
        if (_useBatch && ChannelLayout.GeometryOf(x).PerChannel == 1)
        {
            throw new ShapeException(
                $"{Subject}: expected more than 1 value per channel when training, got 1, which has no variance. x {x}. Use a larger batch or input, or Eval()."
            );
        }

        if (options.Residual && inputs[options.ResidualIndex] != x)
        {
            throw new ShapeException(
                $"{Subject}: the residual must have the input's shape, got {inputs[options.ResidualIndex]}. x {x}."
            );
        }

        return x;
    }

    /// <summary>Checks the number of axes and of channels of a normalization's input.</summary>
    internal static void RequireChannels(
        string subject,
        Shape x,
        int channels,
        IReadOnlyDictionary<int, string> layouts
    )
    {
        if (!layouts.ContainsKey(x.Rank))
        {
            throw new ShapeException(
                $"{subject}: the input must be {string.Join(" or ", layouts.Values.Distinct())}, got {x.Rank} axes. x {x}."
            );
        }

        if (x[1] != channels)
        {
            throw new ShapeException(
                $"{subject}: the input must have {channels} channels on axis 1, got {x[1]}. x {x}. Is x channels-last?"
            );
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [
            new(OutputShape(ShapesOf(inputs)), inputs[0].DType),
            new([options.Channels, SavedStatistics.ScaleNumbers], DType.Float64, OutputRole.Saved, "scales"),
            .. Updates ? RunningStatistics.Outputs(inputs, options.RunningIndex) : [],
        ];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        (options.Affine ? GradientReads.Inputs(0, 1) : GradientReads.Inputs(0))
        | (options.Residual ? GradientReads.Outputs(0, 1) : GradientReads.Outputs(1));

    /// <inheritdoc/>
    public override Operator InEvaluation() =>
        options.Training ? new BatchNormalization(options with { Training = false }) { Owner = Owner } : this;

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
        BatchNormGradient gradient = new(options);
        List<Tensor> inputs = [call.Input(0), call.Gradient(), call.Output(1)];
        inputs.AddRange(options.Affine ? [call.Input(1)] : []);
        inputs.AddRange(options.Residual ? [call.Output(0)] : []);
        int[] targets = [0, .. options.Affine ? [1, 2] : Array.Empty<int>(), .. Residuals];
        Tensor?[] results = gradient.ApplyTo([.. inputs], Array.ConvertAll(targets, call.Needs));
        for (int j = 0; j < targets.Length; j++)
        {
            if (call.Needs(targets[j]))
            {
                call.Give(targets[j], results[j]!);
            }
        }
    }

    private bool Updates => options.Training && options.Running;

    private int[] Residuals => options.Residual ? [options.ResidualIndex] : [];

    private unsafe void Run<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ChannelLayout layout = ChannelLayout.Of(call.OutputShape);
        Tensor x = layout.Turn<T>(call.Inputs[0]);
        Moments[]? moments = _useBatch
            ? ChannelNormalization<T>.Statistics(layout.Geometry, x.Pointer<T>(), options.Epsilon)
            : null;
        ChannelScale[] scales = Scales<T>(call, moments);
        if (call.Wants(0))
        {
            Tensor y = Tensor.Uninitialized(x.Shape, x.DType);
            Tensor? residual = options.Residual ? layout.Turn<T>(call.Inputs[options.ResidualIndex]) : null;
            ChannelNormalization<T>.Forward(
                layout.Geometry,
                scales,
                options.Relu,
                x.Pointer<T>(),
                residual is null ? null : residual.Pointer<T>(),
                y.Pointer<T>()
            );
            GC.KeepAlive(residual);
            call.SetOutput(0, layout.Turn<T>(y));
        }

        GC.KeepAlive(x);
        if (call.Wants(1))
        {
            call.SetOutput(1, SavedStatistics.Of(scales));
        }

        if (Updates)
        {
            RunningStatistics.SetNext<T>(
                call,
                options.RunningIndex,
                2,
                options.Momentum,
                layout.Geometry.PerChannel == 0 ? null : Array.ConvertAll(moments!, m => (m.Mean, m.UnbiasedVariance))
            );
        }
    }

    private unsafe ChannelScale[] Scales<T>(OperatorCall call, Moments[]? moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ChannelScale[] scales = new ChannelScale[options.Channels];
        T* weight = options.Affine ? call.Inputs[1].Pointer<T>() : null,
            bias = options.Affine ? call.Inputs[2].Pointer<T>() : null;
        T* mean = options.Running ? call.Inputs[options.RunningIndex].Pointer<T>() : null,
            variance = options.Running ? call.Inputs[options.RunningIndex + 1].Pointer<T>() : null;
        for (int c = 0; c < scales.Length; c++)
        {
            (double m, double v) = moments is not null
                ? (moments[c].Mean, moments[c].BiasedVariance)
                : (double.CreateTruncating(mean[c]), double.CreateTruncating(variance[c]));
            scales[c] = ChannelScale.From(
                m,
                v,
                options.Epsilon,
                weight is null ? 1.0 : double.CreateTruncating(weight[c]),
                bias is null ? 0.0 : double.CreateTruncating(bias[c])
            );
        }

        return scales;
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits =>
        OperatorTraits.RemovesChannelMean
        | OperatorTraits.Normalizes
        | OperatorTraits.UsesBatchStatistics
        | (options.Relu ? OperatorTraits.Activation : OperatorTraits.Linear);

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(0, shapes.Output.Count * (options.Affine ? 2 : 1));
    }

    /// <summary>By position, as in evaluation: in training every output also depends on the whole batch, through two
    /// numbers a channel.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">Its axis.</param>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        (axis, AxisMap.Identity(shapes.Inputs[0][axis]));

    /// <summary>Each channel gets mean 0 and variance 1, then the first scale and shift.</summary>
    /// <param name="use">Statistics of the input.</param>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (use.X is not { } x || options.Relu)
        {
            return null;
        }

        double scale = options.Affine ? use.MeanSquare(1) : 1.0;
        Signal? shift = options.Affine ? use.Inputs[2] : null;
        return new Signal(
            shift?.Mean ?? 0.0,
            shift?.Variance ?? 0.0,
            scale * x.Variance / (x.Variance + options.Epsilon)
        );
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return input == 0 && use.X is { } x && !options.Relu
            ? (options.Affine ? use.MeanSquare(1) : 1.0) / (x.Variance + options.Epsilon)
            : null;
    }

    internal override ExecutionForm? Form(Node node)
    {
        if (_useBatch || options.Relu)
        {
            return null;
        }

        double[] mean = node.Inputs[options.RunningIndex].Tensor!.ToArray<double>(),
            variance = node.Inputs[options.RunningIndex + 1].Tensor!.ToArray<double>();
        double[]? weight = options.Affine ? node.Inputs[1].Tensor!.ToArray<double>() : null,
            bias = options.Affine ? node.Inputs[2].Tensor!.ToArray<double>() : null;
        double[] scale = [.. variance.Select((v, c) => (weight?[c] ?? 1.0) / Math.Sqrt(v + options.Epsilon))];
        return new ScaleShiftForm(scale, [.. mean.Select((m, c) => (bias?[c] ?? 0.0) - (m * scale[c]))]);
    }

    internal override TrainingForm? FormInTraining(Node node) => TrainedNormalization.Of(node, options);
}
