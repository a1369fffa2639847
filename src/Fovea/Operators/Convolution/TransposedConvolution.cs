using Fovea.Kernels;

namespace Fovea;

/// <summary>Transposed convolution in one to three dimensions: the gradient of a convolution's input, used as a layer
/// that enlarges.</summary>
/// <remarks>
/// Inputs: x [N, Cin, spatial...] or [Cin, spatial...], weight [Cin, Cout / groups, kernel...], bias [Cout] or left
/// out.
/// Output per axis: (in - 1) * stride - before - after + (kernel - 1) * dilation + 1 + outputPadding with numbers for
/// padding,
/// in * stride with a rule by name. Padding here cuts off; it is that of the convolution whose adjoint this is, and
/// holds zeros.
/// </remarks>
public sealed partial class TransposedConvolution : Operator
{
    private readonly int _rank;
    private readonly PerAxis _stride;
    private readonly Padding _padding;
    private readonly PerAxis _outputPadding;
    private readonly PerAxis _dilation;
    private readonly int _groups;

    /// <summary>Creates the operator from its options.</summary>
    /// <param name="rank">Spatial axes, 1 to 3.</param>
    /// <param name="stride">Factor of enlargement, 1 or more; 1 where left out.</param>
    /// <param name="padding">What is cut off at the borders.</param>
    /// <param name="outputPadding">Added to the output size at the end, less than stride or dilation; 0 where left
    /// out.</param>
    /// <param name="dilation">Step between taps, 1 or more; 1 where left out.</param>
    /// <param name="groups">Channel groups, 1 or more; divides both channel counts.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TransposedConvolution(
        int rank,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? outputPadding = null,
        PerAxis? dilation = null,
        int groups = 1
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, 3);
        _rank = rank;
        _stride = stride ?? 1;
        _padding = padding;
        _outputPadding = outputPadding ?? 0;
        _dilation = dilation ?? 1;
        _groups = groups;
        if (groups < 1)
        {
            throw new ArgumentException($"{Name}: groups must be 1 or more, got {groups}.", nameof(groups));
        }

        Window(1).Validate(Name, rank);
        RequireOutputPadding();
    }

    /// <inheritdoc/>
    public override string Name => $"ConvTranspose{_rank}d";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        ConvolutionGeometry g = Geometry(inputs);
        int[] spatial = [g.Depth.In, g.Height.In, g.Width.In];
        int[] sizes = [g.Batch, g.InChannels, .. spatial[(3 - _rank)..]];
        return Shape.Create(inputs[0].Rank == _rank + 1 ? sizes.AsSpan(1) : sizes);
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => ProductReads.Of(needs);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) =>
        ConvolutionKernelCalls.Data(
            ConvolutionPlan.For(Geometry([.. call.InputShapes])),
            call.Inputs[0],
            call.Inputs[1],
            call.Inputs.Count > 2 ? call.Inputs[2] : null,
            call.OutputShape
        );

    /// <summary>Forward is the gradient of a convolution's input, so the gradients are those of that.</summary>
    /// <param name="call">The call.</param>
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
            call.Give(0, sizes.Forward(dy, call.Input(1)));
        }

        if (call.Needs(1))
        {
            call.Give(1, sizes.BackwardWeights(dy, call.Input(0)));
        }

        if (call.Needs(2))
        {
            call.Give(2, new ChannelSum(_rank) { Owner = Owner }.Apply(dy));
        }
    }

    private SlidingWindow Window(PerAxis kernel) => new(kernel, _stride, _padding, _dilation, PaddingMode.Zeros);

    private void RequireOutputPadding()
    {
        for (int axis = 0; axis < _rank; axis++)
        {
            int value = _outputPadding.At(axis, _rank);
            if (value < 0 || value >= Math.Max(_stride.At(axis, _rank), _dilation.At(axis, _rank)))
            {
                throw new ArgumentException(
                    $"{Name}: output padding must be 0 or more and less than stride or dilation, got {_outputPadding} with stride {_stride} and dilation {_dilation}."
                );
            }
        }
    }

    /// <summary>The geometry of the convolution this is the adjoint of: its input is our output.</summary>
    private ConvolutionGeometry Geometry(ReadOnlySpan<Shape> inputs)
    {
        (Shape x, Shape weight) = (inputs[0], inputs[1]);
        ConvolutionShapes shapes = new(Subject, _rank, x, weight, inputs.Length > 2 ? inputs[2] : null);
        shapes.RequireRanks("[N, C, spatial...] or [C, spatial...]");
        int batch = x.Rank == _rank + 1 ? 1 : x[0],
            channels = x[-_rank - 1];
        if (weight[0] != channels)
        {
            throw new ShapeException(
                $"{Subject}: input channels must equal the weight's first axis, got {channels} and {weight[0]}. {shapes}"
            );
        }

        if (channels % _groups != 0 || weight[1] < 1)
        {
            throw new ShapeException(
                $"{Subject}: groups must divide the input channels and give output channels, got {channels} channels, {_groups} groups, {weight[1]} outputs a group. {shapes}"
            );
        }

        shapes.RequireBias(weight[1] * _groups);
        Window(PerAxis.Create(weight.Sizes[2..].ToArray())).Validate(Subject, _rank);
        Span<WindowAxis> axes = [WindowAxis.None, WindowAxis.None, WindowAxis.None];
        for (int i = 0; i < _rank; i++)
        {
            axes[3 - _rank + i] = Axis(i, x.Sizes[^_rank..][i], weight[2 + i], shapes);
        }

        return new ConvolutionGeometry(
            batch,
            weight[1] * _groups,
            channels,
            _groups,
            axes[0],
            axes[1],
            axes[2],
            PaddingMode.Zeros
        );
    }

    private WindowAxis Axis(int axis, int size, int kernel, ConvolutionShapes shapes)
    {
        int stride = _stride.At(axis, _rank),
            dilation = _dilation.At(axis, _rank),
            extra = _outputPadding.At(axis, _rank);
        long extent = ((kernel - 1L) * dilation) + 1,
            byRule = (long)size * stride;
        (long before, long after) = _padding.Resolve(
            axis,
            _rank,
            (int)Math.Min(byRule, int.MaxValue),
            kernel,
            stride,
            dilation
        );
        long output = _padding.IsExplicit ? ((size - 1L) * stride) - before - after + extent + extra : byRule;
        if (size < 1 || output < 1 || output > int.MaxValue / 2)
        {
            throw new ShapeException(
                $"{Subject}: the output size must be 1 or more and below 2^30, got {output} from ({size} - 1) x {stride} - {before} - {after} + {extent} + {extra}. {shapes}"
            );
        }

        int behind = (int)(((size - 1L) * stride) + extent - output - before);
        return new WindowAxis((int)output, kernel, stride, dilation, (int)before, behind);
    }
}
