using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Group normalization; with as many groups as channels, instance normalization.</summary>
/// <param name="name">Name in messages.</param>
/// <param name="groups">Groups; divides the channels.</param>
/// <param name="channels">Size of axis 1.</param>
/// <param name="layouts">The inputs accepted, by their number of axes.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="affine">Whether weight and bias are inputs 1 and 2.</param>
/// <param name="refuseSingle">Whether planes of a single value are refused, as in instance normalization, where every
/// output would be the bias.</param>
/// <param name="running">Whether running mean, running variance and the number of batches follow, to be
/// updated.</param>
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
        if (refuseSingle && x.Count > 0 && BatchNormalization.Geometry(x).Plane == 1)
        {
            throw new ShapeException(
                $"{Subject}: expected more than 1 spatial value when training, got 1, which has no variance. x {x}. Use a larger input."
            );
        }

        return x;
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
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        T* weight = affine ? call.Inputs[1].Pointer<T>() : null,
            bias = affine ? call.Inputs[2].Pointer<T>() : null;
        GroupNormalization<T> kernel = new(BatchNormalization.Geometry(x.Shape), groups);
        Moments[] moments = kernel.Forward(epsilon, x.Pointer<T>(), weight, bias, y.Pointer<T>());
        if (running && moments.Length > 0)
        {
            UpdateRunning<T>(call, moments);
        }

        call.State = moments;
        call.Save(affine ? [x, call.Inputs[1]] : [x]);
        GC.KeepAlive(y);
        return y;
    }

    private unsafe void UpdateRunning<T>(OperatorCall call, Moments[] moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int first = affine ? 3 : 1,
            images = moments.Length / channels;
        Tensor mean = call.Inputs[first],
            variance = call.Inputs[first + 1],
            batches = call.Inputs[first + 2];
        T* means = mean.Pointer<T>(),
            variances = variance.Pointer<T>();
        double count = batches.Item() + 1.0;
        batches.Fill(count);
        double share = momentum ?? (1.0 / count);
        for (int c = 0; c < channels; c++)
        {
            (double m, double v) = (0.0, 0.0);
            for (int image = 0; image < images; image++)
            {
                m += moments[(image * channels) + c].Mean / images;
                v += moments[(image * channels) + c].UnbiasedVariance / images;
            }

            means[c] = T.CreateTruncating(((1.0 - share) * double.CreateTruncating(means[c])) + (share * m));
            variances[c] = T.CreateTruncating(((1.0 - share) * double.CreateTruncating(variances[c])) + (share * v));
        }

        mean.Storage.Changed();
        variance.Storage.Changed();
    }

    private unsafe void Backward<T>(OperatorCall call, Tensor gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor x = call.Saved[0];
        T* weight = affine ? call.Saved[1].Pointer<T>() : null;
        Tensor? dx = call.Needs(0) ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        GroupNormalization<T> kernel = new(BatchNormalization.Geometry(x.Shape), groups);
        (double Sum, double Product)[] sums = kernel.Backward(
            epsilon,
            (Moments[])call.State!,
            x.Pointer<T>(),
            weight,
            gradient.Pointer<T>(),
            dx is null ? null : dx.Pointer<T>()
        );
        GC.KeepAlive(x);
        if (dx is not null)
        {
            call.Accumulate(0, dx);
        }

        if (affine)
        {
            Tensor dweight = Tensor.Uninitialized([channels], x.DType),
                dbias = Tensor.Uninitialized([channels], x.DType);
            kernel.ParameterGradients(sums, dweight.Pointer<T>(), dbias.Pointer<T>());
            call.Accumulate(1, dweight);
            call.Accumulate(2, dbias);
        }
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
    public override KeptValues Keeps(OperatorShapes shapes) => KeptValues.Input;

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
