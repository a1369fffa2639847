namespace Fovea;

/// <summary>3-D convolution (cross-correlation: the kernel is not flipped) over depth, height and width.</summary>
/// <remarks>
/// <para>Shapes: x [N, Cin, D, H, W] or [Cin, D, H, W] -> y [N, Cout, Do, Ho, Wo], weight [Cout, Cin / groups, KD, KH,
/// KW], bias [Cout].
/// Each output size is floor((in + padding before + after - ((kernel - 1) * dilation + 1)) / stride) + 1.</para>
/// <para>First values: weight and bias uniform in +-1 / sqrt(fan in), variance 1 / (3 fan in), as PyTorch
/// (<see cref="LayerDefault"/>).</para>
/// <para>Beyond PyTorch: <see cref="Padding"/> by rule with any stride, asymmetric padding, and every padding mode with
/// every rule.</para>
/// </remarks>
public sealed class Conv3d : ConvolutionLayer
{
    private readonly Convolution _operator;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="inChannels">Channels of x, 1 or more.</param>
    /// <param name="outChannels">Channels of y, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis, 1 or more.</param>
    /// <param name="stride">Step between windows, 1 or more; 1 where left out.</param>
    /// <param name="padding">A number, one an axis, or a rule such as <see cref="Padding.Same"/>; none where left
    /// out.</param>
    /// <param name="dilation">Step between taps, 1 or more; 1 where left out.</param>
    /// <param name="groups">Channel groups; divides both channel counts. Cin groups make a depthwise
    /// convolution.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="rng">Where the weights come from; see <see cref="Parameter"/> and <see cref="Module.Initialize"/>
    /// for without.</param>
    /// <exception cref="ArgumentException">A count or size is out of range, or groups does not divide both channel
    /// counts.</exception>
    public Conv3d(
        int inChannels,
        int outChannels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        int groups = 1,
        bool bias = true,
        PaddingMode paddingMode = PaddingMode.Zeros,
        Rng? rng = null
    )
        : this(
            FilterShape("Conv3d", 3, outChannels, inChannels, kernelSize, groups),
            stride,
            padding,
            dilation,
            groups,
            bias,
            paddingMode,
            rng
        ) { }

    private Conv3d(
        Shape filters,
        PerAxis? stride,
        Padding padding,
        PerAxis? dilation,
        int groups,
        bool bias,
        PaddingMode mode,
        Rng? rng
    )
        : base(filters, FanIn(filters), filters[0], bias, rng) =>
        _operator = new Convolution(3, stride, padding, dilation, groups, mode) { Owner = this };

    private protected override Operator Operator => _operator;
}
