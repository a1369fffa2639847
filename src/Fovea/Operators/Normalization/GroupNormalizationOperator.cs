using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Group normalization; with as many groups as channels, instance normalization. Outputs: y, the moments of every group
/// [N, groups, 2] that the gradient reads, and the next running statistics where there are any.</summary>
internal sealed class GroupNormalizationOperator : Operator
{
    private readonly GroupNormAttributes _groups;
    private readonly BatchNormAttributes? _instance;
    private readonly IReadOnlyDictionary<int, string> _layouts;

    /// <summary>Group normalization.</summary>
    /// <param name="attributes">What it does.</param>
    public GroupNormalizationOperator(GroupNormAttributes attributes) =>
        (_groups, _layouts, Name) = (attributes, NormalizationLayouts.Any, "GroupNorm");

    /// <summary>Instance normalization. Planes of a single value are refused, as every output would be the bias.</summary>
    /// <param name="instance">What it does.</param>
    public GroupNormalizationOperator(BatchNormAttributes instance)
    {
        _groups = new GroupNormAttributes(instance.Channels, instance.Channels, instance.Epsilon, instance.Affine);
        (_instance, _layouts, Name) = (instance, instance.Layouts, instance.Name);
    }

    /// <inheritdoc/>
    public override OperatorAttributes Attributes => _instance ?? (OperatorAttributes)_groups;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        BatchNormalization.RequireChannels(Subject, x, _groups.Channels, _layouts);
        if (_instance is not null && x.Count > 0 && ChannelLayout.GeometryOf(x).Plane == 1)
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
            new([x[0], _groups.Groups, SavedStatistics.MomentNumbers], DType.Float64, OutputRole.Saved, "moments"),
            .. Updates ? RunningStatistics.Outputs(inputs, RunningIndex) : [],
        ];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        (_groups.Affine ? GradientReads.Inputs(0, 1) : GradientReads.Inputs(0)) | GradientReads.Outputs(1);

    /// <inheritdoc/>
    public override Operator InEvaluation() =>
        Updates ? new BatchNormalization(_instance! with { Training = false }) { Owner = Owner } : this;

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
        NormalizationRules.Apply(new GroupNormGradient(Name, _groups), call, _groups.Affine);
    }

    private bool Updates => _instance is { Running: true };

    private int RunningIndex => _groups.Affine ? 3 : 1;

    private unsafe void Run<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        T* weight = _groups.Affine ? call.Inputs[1].Pointer<T>() : null,
            bias = _groups.Affine ? call.Inputs[2].Pointer<T>() : null;
        GroupNormalization<T> kernel = new(ChannelLayout.GeometryOf(x.Shape), _groups.Groups);
        Moments[] moments = kernel.Forward(_groups.Epsilon, x.Pointer<T>(), weight, bias, y.Pointer<T>());
        call.SetOutput(0, y);
        if (call.Wants(1))
        {
            call.SetOutput(1, SavedStatistics.Of(moments, call.Outputs[1].Shape));
        }

        if (Updates)
        {
            RunningStatistics.SetNext<T>(
                call,
                RunningIndex,
                2,
                _instance!.Momentum,
                moments.Length == 0 ? null : OfBatch(moments)
            );
        }
    }

    /// <summary>The means over the images of their means and unbiased variances.</summary>
    private (double Mean, double Variance)[] OfBatch(Moments[] moments)
    {
        int images = moments.Length / _groups.Channels;
        (double Mean, double Variance)[] result = new (double, double)[_groups.Channels];
        for (int c = 0; c < _groups.Channels; c++)
        {
            for (int image = 0; image < images; image++)
            {
                result[c].Mean += moments[(image * _groups.Channels) + c].Mean / images;
                result[c].Variance += moments[(image * _groups.Channels) + c].UnbiasedVariance / images;
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits =>
        OperatorTraits.Normalizes
        | OperatorTraits.UsesItemStatistics
        | (_groups.Groups == _groups.Channels ? OperatorTraits.RemovesChannelMean : OperatorTraits.None);

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(0, shapes.Output.Count * (_groups.Affine ? 5 : 4));
    }

    /// <summary>By position: every output also depends on the whole item, through two numbers a group.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">Its axis.</param>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        (axis, AxisMap.Identity(shapes.Inputs[0][axis]));

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) =>
        NormalizationRules.WithinItem(
            use,
            _groups.Epsilon,
            _groups.Affine,
            byChannel: _groups.Groups == _groups.Channels
        );

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) =>
        input == 0
            ? NormalizationRules.Gain(
                use,
                _groups.Epsilon,
                _groups.Affine,
                byChannel: _groups.Groups == _groups.Channels
            )
            : null;
}

/// <summary>What a group normalization does.</summary>
/// <param name="Groups">Groups; divides the channels.</param>
/// <param name="Channels">Size of axis 1.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Affine">Whether weight and bias are inputs 1 and 2.</param>
public sealed record GroupNormAttributes(int Groups, int Channels, double Epsilon = 1e-5, bool Affine = true)
    : OperatorAttributes;
