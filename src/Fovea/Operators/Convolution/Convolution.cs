using Fovea.Kernels;

namespace Fovea;

/// <summary>Convolution in one to three dimensions: y = conv(x, weight) + bias. Cross-correlation, as the field calls
/// it: the kernel is not flipped.</summary>
/// <remarks>
/// Inputs: x [N, Cin, spatial...] or [Cin, spatial...], weight [Cout, Cin / groups, kernel...], bias [Cout] or left
/// out.
/// Output [N, Cout, out...] with out = floor((in + before + after - ((kernel - 1) * dilation + 1)) / stride) + 1 per
/// axis.
/// An x with no channels gives the bias; an empty batch gives an empty output and zero gradients of weight and bias.
/// </remarks>
public sealed partial class Convolution : Operator
{
    private readonly int _rank;
    private readonly PerAxis _stride;
    private readonly Padding _padding;
    private readonly PerAxis _dilation;
    private readonly int _groups;
    private readonly PaddingMode _mode;

    /// <summary>Creates the operator from its options.</summary>
    /// <param name="rank">Spatial axes, 1 to 3.</param>
    /// <param name="stride">Step between windows, 1 or more; 1 where left out.</param>
    /// <param name="padding">How much padding; none where left out.</param>
    /// <param name="dilation">Step between taps, 1 or more; 1 where left out.</param>
    /// <param name="groups">Channel groups, 1 or more; divides both channel counts.</param>
    /// <param name="mode">What the padding holds.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Convolution(
        int rank,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        int groups = 1,
        PaddingMode mode = PaddingMode.Zeros
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, 3);
        _rank = rank;
        _stride = stride ?? 1;
        _padding = padding;
        _dilation = dilation ?? 1;
        _groups = groups;
        _mode = mode;
        if (groups < 1)
        {
            throw new ArgumentException($"{Name}: groups must be 1 or more, got {groups}.", nameof(groups));
        }

        Window(1).Validate(Name, rank);
    }

    /// <inheritdoc/>
    public override string Name => $"Conv{_rank}d";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        ConvolutionGeometry g = Geometry(inputs);
        int[] spatial = [g.Depth.Out, g.Height.Out, g.Width.Out];
        int[] sizes = [g.Batch, g.OutChannels, .. spatial[(3 - _rank)..]];
        return Shape.Create(inputs[0].Rank == _rank + 1 ? sizes.AsSpan(1) : sizes);
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => ProductReads.Of(needs);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        ConvolutionKernelCalls.Forward(
            ConvolutionPlan.For(Geometry([.. call.InputShapes])),
            call.Inputs[0],
            call.Inputs[1],
            call.Inputs.Count > 2 ? call.Inputs[2] : null,
            call.OutputShape
        );

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor dy = call.Gradient();
        ConvolutionSizes sizes = new(
            _rank,
            Geometry([call.InputShape(0), call.InputShape(1)]) with
            {
                Batch = 1,
            },
            Owner
        );
        if (call.Needs(0))
        {
            call.Give(0, sizes.BackwardData(dy, call.Input(1)));
        }

        if (call.Needs(1))
        {
            call.Give(1, sizes.BackwardWeights(call.Input(0), dy));
        }

        if (call.Needs(2))
        {
            call.Give(2, new ChannelSum(_rank) { Owner = Owner }.Apply(dy));
        }
    }

    private SlidingWindow Window(PerAxis kernel) => new(kernel, _stride, _padding, _dilation, _mode);

    private ConvolutionGeometry Geometry(ReadOnlySpan<Shape> inputs)
    {
        (Shape x, Shape weight) = (inputs[0], inputs[1]);
        Shape? bias = inputs.Length > 2 ? inputs[2] : null;
        ConvolutionShapes shapes = new(Subject, _rank, x, weight, bias);
        shapes.RequireRanks("[N, C, spatial...] or [C, spatial...]");
        int batch = x.Rank == _rank + 1 ? 1 : x[0],
            channels = x[-_rank - 1];
        if ((long)weight[1] * _groups != channels)
        {
            string nhwc = x[-1] == weight[1] * _groups ? " Is x NHWC?" : "";
            throw new ShapeException(
                $"{Subject}: input channels must equal weight channels x groups, got {channels} and {weight[1]} x {_groups}. {shapes}{nhwc}"
            );
        }

        if (weight[0] < 1 || weight[0] % _groups != 0)
        {
            throw new ShapeException(
                $"{Subject}: output channels must be a positive multiple of groups, got {weight[0]} and {_groups} groups. {shapes}"
            );
        }

        shapes.RequireBias(weight[0]);
        int[] kernel = weight.Sizes[2..].ToArray();
        SlidingWindow window = Window(PerAxis.Create(kernel));
        window.Validate(Subject, _rank);
        (WindowAxis depth, WindowAxis height, WindowAxis width) = window.Resolve(
            Subject,
            x.Sizes[^_rank..],
            shapes.ToString
        );
        return new ConvolutionGeometry(batch, channels, weight[0], _groups, depth, height, width, _mode);
    }

    internal override ExecutionForm? Form(Node node) =>
        node.Inputs[0].Shape.Rank == _rank + 2 && node.Inputs.Skip(1).All(i => !i.IsActivation)
            ? new ConvolutionForm(Geometry([.. node.Shapes.Inputs]))
            : null;

    internal override TrainingForm? FormInTraining(Node node) =>
        node.Inputs[0].Shape.Rank == _rank + 2
            ? TrainedConvolution.Of(node, Geometry([.. node.Shapes.Inputs]) with { Batch = 1 })
            : null;
}
