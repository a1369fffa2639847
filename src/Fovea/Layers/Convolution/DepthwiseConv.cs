namespace Fovea;

// The layers below are compositions of Conv1d, Conv2d and Conv3d; they hold no arithmetic of their own.

/// <summary>1-D depthwise convolution: each channel has filters of its own and sees no other. Conv1d with as many
/// groups as channels.</summary>
/// <remarks>Shapes: x [N, C, ...] -> y [N, C * multiplier, ...]; weight [C * multiplier, 1, kernel...]. First values as
/// of the convolution: variance 1 / (3 taps).</remarks>
public sealed class DepthwiseConv1d : Module
{
    private readonly Conv1d _depthwise;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="channels">Channels of x, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis, 1 or more.</param>
    /// <param name="stride">Step between windows; 1 where left out.</param>
    /// <param name="padding">A number, one an axis, or a rule; none where left out.</param>
    /// <param name="dilation">Step between taps; 1 where left out.</param>
    /// <param name="multiplier">Filters a channel, 1 or more.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="rng">Where the weights come from.</param>
    /// <exception cref="ArgumentException">A count or size is out of range.</exception>
    public DepthwiseConv1d(
        int channels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        int multiplier = 1,
        bool bias = true,
        PaddingMode paddingMode = PaddingMode.Zeros,
        Rng? rng = null
    ) =>
        _depthwise = new Conv1d(
            channels,
            channels * multiplier,
            kernelSize,
            stride,
            padding,
            dilation,
            channels,
            bias,
            paddingMode,
            rng
        );

    /// <summary>The filters, [C * multiplier, 1, kernel...].</summary>
    public Parameter Weight => _depthwise.Weight;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _depthwise.Forward(x);
}

/// <summary>1-D depthwise-separable convolution: a depthwise convolution, then a pointwise (1-tap) one that mixes the
/// channels.</summary>
/// <remarks>
/// Shapes: x [N, Cin, ...] -> y [N, Cout, ...]. Costs Cin * (taps + Cout) multiply-adds an output position instead of
/// Cin * Cout * taps
/// (Howard et al. 2017, MobileNets). First values as of the two convolutions: variance 1 / (3 taps) and 1 / (3 Cin).
/// </remarks>
public sealed class DepthwiseSeparableConv1d : Module
{
    private readonly Conv1d _depthwise;
    private readonly Conv1d _pointwise;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="inChannels">Channels of x, 1 or more.</param>
    /// <param name="outChannels">Channels of y, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis of the depthwise part, 1 or more.</param>
    /// <param name="stride">Step between windows of the depthwise part; 1 where left out.</param>
    /// <param name="padding">A number, one an axis, or a rule; none where left out.</param>
    /// <param name="dilation">Step between taps; 1 where left out.</param>
    /// <param name="bias">Whether each part adds a bias.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="rng">Where the weights come from.</param>
    /// <exception cref="ArgumentException">A count or size is out of range.</exception>
    public DepthwiseSeparableConv1d(
        int inChannels,
        int outChannels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        bool bias = true,
        PaddingMode paddingMode = PaddingMode.Zeros,
        Rng? rng = null
    )
    {
        _depthwise = new Conv1d(
            inChannels,
            inChannels,
            kernelSize,
            stride,
            padding,
            dilation,
            inChannels,
            bias,
            paddingMode,
            rng?.Split("depthwise")
        );
        _pointwise = new Conv1d(inChannels, outChannels, 1, bias: bias, rng: rng?.Split("pointwise"));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _pointwise.Forward(_depthwise.Forward(x));
}

/// <summary>2-D depthwise convolution: each channel has filters of its own and sees no other. Conv2d with as many
/// groups as channels.</summary>
/// <remarks>Shapes: x [N, C, ...] -> y [N, C * multiplier, ...]; weight [C * multiplier, 1, kernel...]. First values as
/// of the convolution: variance 1 / (3 taps).</remarks>
public sealed class DepthwiseConv2d : Module
{
    private readonly Conv2d _depthwise;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="channels">Channels of x, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis, 1 or more.</param>
    /// <param name="stride">Step between windows; 1 where left out.</param>
    /// <param name="padding">A number, one an axis, or a rule; none where left out.</param>
    /// <param name="dilation">Step between taps; 1 where left out.</param>
    /// <param name="multiplier">Filters a channel, 1 or more.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="rng">Where the weights come from.</param>
    /// <exception cref="ArgumentException">A count or size is out of range.</exception>
    public DepthwiseConv2d(
        int channels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        int multiplier = 1,
        bool bias = true,
        PaddingMode paddingMode = PaddingMode.Zeros,
        Rng? rng = null
    ) =>
        _depthwise = new Conv2d(
            channels,
            channels * multiplier,
            kernelSize,
            stride,
            padding,
            dilation,
            channels,
            bias,
            paddingMode,
            rng
        );

    /// <summary>The filters, [C * multiplier, 1, kernel...].</summary>
    public Parameter Weight => _depthwise.Weight;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _depthwise.Forward(x);
}

/// <summary>2-D depthwise-separable convolution: a depthwise convolution, then a pointwise (1-tap) one that mixes the
/// channels.</summary>
/// <remarks>
/// Shapes: x [N, Cin, ...] -> y [N, Cout, ...]. Costs Cin * (taps + Cout) multiply-adds an output position instead of
/// Cin * Cout * taps
/// (Howard et al. 2017, MobileNets). First values as of the two convolutions: variance 1 / (3 taps) and 1 / (3 Cin).
/// </remarks>
public sealed class DepthwiseSeparableConv2d : Module
{
    private readonly Conv2d _depthwise;
    private readonly Conv2d _pointwise;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="inChannels">Channels of x, 1 or more.</param>
    /// <param name="outChannels">Channels of y, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis of the depthwise part, 1 or more.</param>
    /// <param name="stride">Step between windows of the depthwise part; 1 where left out.</param>
    /// <param name="padding">A number, one an axis, or a rule; none where left out.</param>
    /// <param name="dilation">Step between taps; 1 where left out.</param>
    /// <param name="bias">Whether each part adds a bias.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="rng">Where the weights come from.</param>
    /// <exception cref="ArgumentException">A count or size is out of range.</exception>
    public DepthwiseSeparableConv2d(
        int inChannels,
        int outChannels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        bool bias = true,
        PaddingMode paddingMode = PaddingMode.Zeros,
        Rng? rng = null
    )
    {
        _depthwise = new Conv2d(
            inChannels,
            inChannels,
            kernelSize,
            stride,
            padding,
            dilation,
            inChannels,
            bias,
            paddingMode,
            rng?.Split("depthwise")
        );
        _pointwise = new Conv2d(inChannels, outChannels, 1, bias: bias, rng: rng?.Split("pointwise"));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _pointwise.Forward(_depthwise.Forward(x));
}

/// <summary>3-D depthwise convolution: each channel has filters of its own and sees no other. Conv3d with as many
/// groups as channels.</summary>
/// <remarks>Shapes: x [N, C, ...] -> y [N, C * multiplier, ...]; weight [C * multiplier, 1, kernel...]. First values as
/// of the convolution: variance 1 / (3 taps).</remarks>
public sealed class DepthwiseConv3d : Module
{
    private readonly Conv3d _depthwise;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="channels">Channels of x, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis, 1 or more.</param>
    /// <param name="stride">Step between windows; 1 where left out.</param>
    /// <param name="padding">A number, one an axis, or a rule; none where left out.</param>
    /// <param name="dilation">Step between taps; 1 where left out.</param>
    /// <param name="multiplier">Filters a channel, 1 or more.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="rng">Where the weights come from.</param>
    /// <exception cref="ArgumentException">A count or size is out of range.</exception>
    public DepthwiseConv3d(
        int channels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        int multiplier = 1,
        bool bias = true,
        PaddingMode paddingMode = PaddingMode.Zeros,
        Rng? rng = null
    ) =>
        _depthwise = new Conv3d(
            channels,
            channels * multiplier,
            kernelSize,
            stride,
            padding,
            dilation,
            channels,
            bias,
            paddingMode,
            rng
        );

    /// <summary>The filters, [C * multiplier, 1, kernel...].</summary>
    public Parameter Weight => _depthwise.Weight;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _depthwise.Forward(x);
}

/// <summary>3-D depthwise-separable convolution: a depthwise convolution, then a pointwise (1-tap) one that mixes the
/// channels.</summary>
/// <remarks>
/// Shapes: x [N, Cin, ...] -> y [N, Cout, ...]. Costs Cin * (taps + Cout) multiply-adds an output position instead of
/// Cin * Cout * taps
/// (Howard et al. 2017, MobileNets). First values as of the two convolutions: variance 1 / (3 taps) and 1 / (3 Cin).
/// </remarks>
public sealed class DepthwiseSeparableConv3d : Module
{
    private readonly Conv3d _depthwise;
    private readonly Conv3d _pointwise;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="inChannels">Channels of x, 1 or more.</param>
    /// <param name="outChannels">Channels of y, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis of the depthwise part, 1 or more.</param>
    /// <param name="stride">Step between windows of the depthwise part; 1 where left out.</param>
    /// <param name="padding">A number, one an axis, or a rule; none where left out.</param>
    /// <param name="dilation">Step between taps; 1 where left out.</param>
    /// <param name="bias">Whether each part adds a bias.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="rng">Where the weights come from.</param>
    /// <exception cref="ArgumentException">A count or size is out of range.</exception>
    public DepthwiseSeparableConv3d(
        int inChannels,
        int outChannels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        bool bias = true,
        PaddingMode paddingMode = PaddingMode.Zeros,
        Rng? rng = null
    )
    {
        _depthwise = new Conv3d(
            inChannels,
            inChannels,
            kernelSize,
            stride,
            padding,
            dilation,
            inChannels,
            bias,
            paddingMode,
            rng?.Split("depthwise")
        );
        _pointwise = new Conv3d(inChannels, outChannels, 1, bias: bias, rng: rng?.Split("pointwise"));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _pointwise.Forward(_depthwise.Forward(x));
}
