namespace Fovea;

/// <summary>1-D transposed convolution over length: the adjoint of a convolution, used to enlarge.</summary>
/// <remarks>
/// <para>Shapes: x [N, Cin, L] or [Cin, L] -> y [N, Cout, Lo], weight [Cin, Cout / groups, K], bias [Cout].
/// Each output size is (in - 1) * stride - padding before - after + (kernel - 1) * dilation + 1 + outputPadding, or in
/// * stride with a padding rule by name.</para>
/// <para>First values: weight and bias uniform in +-1 / sqrt(f), variance 1 / (3 f), with f = Cout / groups * taps, as
/// PyTorch, which takes the weight's second axis for its fan in.</para>
/// </remarks>
public sealed class ConvTranspose1d : ConvolutionLayer
{
    private readonly TransposedConvolution _operator;

    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="inChannels">Channels of x, 1 or more.</param>
    /// <param name="outChannels">Channels of y, 1 or more.</param>
    /// <param name="kernelSize">Taps per axis, 1 or more.</param>
    /// <param name="stride">Factor of enlargement, 1 or more; 1 where left out.</param>
    /// <param name="padding">What is cut off at the borders; nothing where left out.</param>
    /// <param name="outputPadding">Added at the end of each axis, less than stride or dilation; 0 where left
    /// out.</param>
    /// <param name="groups">Channel groups; divides both channel counts.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="dilation">Step between taps, 1 or more; 1 where left out.</param>
    /// <param name="rng">Where the weights come from; see <see cref="Parameter"/> and <see cref="Module.Initialize"/>
    /// for without.</param>
    /// <exception cref="ArgumentException">A count or size is out of range, or groups does not divide both channel
    /// counts.</exception>
    public ConvTranspose1d(
        int inChannels,
        int outChannels,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? outputPadding = null,
        int groups = 1,
        bool bias = true,
        PerAxis? dilation = null,
        Rng? rng = null
    )
        : this(
            FilterShape("ConvTranspose1d", 1, inChannels, outChannels, kernelSize, groups),
            outChannels,
            stride,
            padding,
            outputPadding,
            groups,
            bias,
            dilation,
            rng
        ) { }

    private ConvTranspose1d(
        Shape filters,
        int outChannels,
        PerAxis? stride,
        Padding padding,
        PerAxis? outputPadding,
        int groups,
        bool bias,
        PerAxis? dilation,
        Rng? rng
    )
        : base(filters, FanIn(filters), outChannels, bias, rng) =>
        _operator = new TransposedConvolution(1, stride, padding, outputPadding, dilation, groups) { Owner = this };

    private protected override Operator Operator => _operator;
}
