using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>What a batch normalization does besides normalizing.</summary>
/// <param name="Name">Name in messages, e.g. <c>BatchNorm2d</c>.</param>
/// <param name="Channels">Size of axis 1.</param>
/// <param name="Layouts">The inputs accepted, by their number of axes, e.g. <c>[N, C]</c>.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Momentum">Weight of the newest batch in the running statistics; null for the plain average over all
/// batches.</param>
/// <param name="Affine">Whether weight and bias are inputs 1 and 2.</param>
/// <param name="Running">Whether running mean, running variance and the number of batches follow as inputs.</param>
/// <param name="Relu">Whether the output is rectified.</param>
/// <param name="Residual">Whether the last input is added before the ReLU; needs <paramref name="Relu"/>.</param>
internal sealed record BatchNormOptions(
    string Name,
    int Channels,
    IReadOnlyDictionary<int, string> Layouts,
    double Epsilon,
    double? Momentum,
    bool Affine,
    bool Running,
    bool Relu = false,
    bool Residual = false
)
{
    /// <summary>Index of the running mean among the inputs.</summary>
    public int RunningIndex => Affine ? 3 : 1;

    /// <summary>Index of the tensor added before the ReLU.</summary>
    public int ResidualIndex => RunningIndex + (Running ? 3 : 0);
}

/// <summary>Batch normalization. In training the running statistics among its inputs are updated in place, in
/// evaluation they are read.</summary>
/// <param name="options">Options.</param>
/// <param name="training">Whether the statistics are the batch's. Without running statistics they are in either
/// case.</param>
internal sealed class BatchNormalization(BatchNormOptions options, bool training) : Operator
{
    private readonly bool _useBatch = training || !options.Running;

    /// <inheritdoc/>
    public override string Name => options.Name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        RequireChannels(Subject, x, options.Channels, options.Layouts);
        ChannelGeometry geometry = Geometry(x);
        if (_useBatch && geometry.PerChannel == 1)
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

    /// <summary>The sizes of an input that was accepted.</summary>
    internal static ChannelGeometry Geometry(Shape x)
    {
        int plane = 1;
        foreach (int size in x.Sizes[2..])
        {
            plane = checked(plane * size);
        }

        return new ChannelGeometry(x[0], x[1], plane);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        call.Inputs[0].DType == DType.Float64 ? Forward<double>(call) : Forward<float>(call);

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        if (gradient.DType == DType.Float64)
        {
            Backward<double>(call, gradient);
        }
        else
        {
            Backward<float>(call, gradient);
        }
    }

    private unsafe Tensor Forward<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool turn = Turns(call.OutputShape);
        Tensor x = turn ? Turned<T>(call.Inputs[0]) : call.Inputs[0],
            y = Tensor.Uninitialized(x.Shape, x.DType);
        ChannelGeometry geometry = turn ? new ChannelGeometry(1, x.Shape[0], x.Shape[1]) : Geometry(x.Shape);
        ChannelScale[] scales = new ChannelScale[geometry.Channels];
        T* weight = options.Affine ? call.Inputs[1].Pointer<T>() : null,
            bias = options.Affine ? call.Inputs[2].Pointer<T>() : null;
        T* mean = options.Running ? call.Inputs[options.RunningIndex].Pointer<T>() : null,
            variance = options.Running ? call.Inputs[options.RunningIndex + 1].Pointer<T>() : null;
        Moments[] moments = _useBatch
            ? ChannelNormalization<T>.Statistics(geometry, x.Pointer<T>(), options.Epsilon)
            : [];
        for (int c = 0; c < scales.Length; c++)
        {
            (double m, double v) = _useBatch
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

        if (_useBatch && options.Running && geometry.PerChannel > 0)
        {
            UpdateRunning<T>(call, moments);
        }

        T* residual = options.Residual ? call.Inputs[options.ResidualIndex].Pointer<T>() : null;
        ChannelNormalization<T>.Forward(geometry, scales, options.Relu, x.Pointer<T>(), residual, y.Pointer<T>());
        call.State = scales;
        call.Save(options.Residual ? [x, y] : [x]);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return turn ? Turned<T>(y) : y;
    }

    private unsafe void UpdateRunning<T>(OperatorCall call, Moments[] moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor mean = call.Inputs[options.RunningIndex],
            variance = call.Inputs[options.RunningIndex + 1],
            batches = call.Inputs[options.RunningIndex + 2];
        T* means = mean.Pointer<T>(),
            variances = variance.Pointer<T>();
        double count = batches.Item() + 1.0;
        batches.Fill(count);
        double share = options.Momentum ?? (1.0 / count);
        for (int c = 0; c < moments.Length; c++)
        {
            means[c] = T.CreateTruncating(
                ((1.0 - share) * double.CreateTruncating(means[c])) + (share * moments[c].Mean)
            );
            variances[c] = T.CreateTruncating(
                ((1.0 - share) * double.CreateTruncating(variances[c])) + (share * moments[c].UnbiasedVariance)
            );
        }

        mean.Storage.Changed();
        variance.Storage.Changed();
    }

    private unsafe void Backward<T>(OperatorCall call, Tensor gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor x = call.Saved[0];
        bool turn = Turns(call.OutputShape);
        ChannelGeometry geometry = turn ? new ChannelGeometry(1, x.Shape[0], x.Shape[1]) : Geometry(x.Shape);
        gradient = turn ? Turned<T>(gradient) : gradient;
        ChannelScale[] scales = (ChannelScale[])call.State!;
        Tensor? masked = options.Residual ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        bool anew = options.Relu && !options.Residual;
        bool wanted = (_useBatch && call.Needs(0)) || (options.Affine && (call.Needs(1) || call.Needs(2)));
        (double Sum, double Product)[]? sums =
            wanted || masked is not null
                ? ChannelNormalization<T>.Sums(
                    geometry,
                    scales,
                    anew,
                    x.Pointer<T>(),
                    masked is null ? null : call.Saved[1].Pointer<T>(),
                    gradient.Pointer<T>(),
                    masked is null ? null : masked.Pointer<T>()
                )
                : null;
        if (call.Needs(0))
        {
            Tensor dx = Tensor.Uninitialized(x.Shape, x.DType);
            ChannelNormalization<T>.BackwardData(
                geometry,
                scales,
                anew,
                _useBatch ? sums : null,
                x.Pointer<T>(),
                (masked ?? gradient).Pointer<T>(),
                dx.Pointer<T>()
            );
            call.Accumulate(0, turn ? Turned<T>(dx) : dx);
        }

        if (options.Affine && sums is not null)
        {
            call.Accumulate(1, PerChannel(scales, x.DType, c => sums[c].Product * scales[c].InverseDeviation));
            call.Accumulate(2, PerChannel(scales, x.DType, c => sums[c].Sum));
        }

        GC.KeepAlive(gradient);
        GC.KeepAlive(masked);
        GC.KeepAlive(x);
        if (masked is not null)
        {
            call.Accumulate(options.ResidualIndex, masked);
        }
    }

    /// <summary>Whether the work is done on [C, N] instead of [N, C]: the values of a channel then lie
    /// together.</summary>
    private bool Turns(Shape x) => x.Rank == 2 && x[0] > 1 && !options.Residual;

    private static unsafe Tensor Turned<T>(Tensor matrix)
        where T : unmanaged
    {
        Tensor result = Tensor.Uninitialized([matrix.Shape[1], matrix.Shape[0]], matrix.DType);
        Transposed.Copy(matrix.Pointer<T>(), matrix.Shape[0], matrix.Shape[1], result.Pointer<T>());
        GC.KeepAlive(matrix);
        GC.KeepAlive(result);
        return result;
    }

    private static Tensor PerChannel(ChannelScale[] scales, DType dtype, Func<int, double> value)
    {
        int next = 0;
        return Tensor.Generate([scales.Length], dtype, () => value(next++));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        NormalizationRules.Options(
            options.Epsilon,
            options.Momentum,
            options.Affine,
            options.Running,
            usual: !options.Name.StartsWith("Instance", StringComparison.Ordinal)
        );

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

    /// <summary>The input; of a matrix a turned copy of it.</summary>
    /// <param name="shapes">The shapes in use.</param>
    public override KeptValues Keeps(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return shapes.Inputs[0].Rank == 2 && !options.Residual
            ? new KeptValues([], Bytes: shapes.Output.Count * sizeof(float))
            : new KeptValues([0], Output: options.Residual);
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
}
