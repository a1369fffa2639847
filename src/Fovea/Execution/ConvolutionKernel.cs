using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution with its algorithm chosen and its weights packed.</summary>
internal sealed unsafe class ConvolutionKernel
{
    private const string LinearReason = "a matrix product, items as pixels";

    private readonly WinogradConvolution? _winograd;
    private readonly DepthwiseConvolution? _depthwise;
    private readonly BlockedConvolution? _direct;
    private readonly PackedWeights _packed;
    private readonly string _reason;

    /// <summary>The same weights for another number of items.</summary>
    private ConvolutionKernel(
        WinogradConvolution? winograd,
        BlockedConvolution? direct,
        PackedWeights packed,
        string reason
    ) => (_winograd, _direct, _packed, _reason) = (winograd, direct, packed, reason);

    private ConvolutionKernel(
        WinogradConvolution? winograd,
        DepthwiseConvolution? depthwise,
        BlockedConvolution? direct,
        FusedStep step,
        string reason
    )
    {
        (_winograd, _depthwise, _direct, _reason) = (winograd, depthwise, direct, reason);
        ConvolutionGeometry g = winograd?.Geometry ?? depthwise?.Geometry ?? direct!.Geometry;
        _packed = new PackedWeights(winograd?.PackedSize ?? depthwise?.PackedSize ?? direct!.PackedSize, g.OutChannels);
        _packed.WriteBiases(step, g.OutChannels);
        Tensor own = step.Node.Inputs[1].Tensor!;
        Tensor weights = own.DType == DType.Float32 ? own.View(own.Shape) : own.To(DType.Float32); // a view keeps the memory, though another network gives it up
        winograd?.Pack(weights.Pointer<float>(), _packed.Weights, step.Scale);
        depthwise?.Pack(weights.Pointer<float>(), _packed.Weights, step.Scale);
        direct?.Pack(weights.Pointer<float>(), _packed.Weights, step.Scale);
        GC.KeepAlive(weights);
    }

    /// <summary>Bytes of the packed weights.</summary>
    public long Bytes => _packed.Bytes;

    /// <summary>Where the packed weights begin; what runs before may ask for them.</summary>
    public float* Weights => _packed.Weights;

    /// <summary>This kernel for another number of items; the packed weights are shared.</summary>
    public ConvolutionKernel ForItems(int items, string reason) =>
        _depthwise is not null
            ? this
            : new ConvolutionKernel(
                _winograd is null
                    ? null
                    : new WinogradConvolution(
                        _winograd.Geometry,
                        _winograd.Source,
                        _winograd.Destination,
                        CpuTier.Bits,
                        _winograd.Side,
                        items: items
                    ),
                _direct,
                _packed,
                reason
            );

    /// <summary>The layout that the algorithms for any number of items want of the input.</summary>
    /// <param name="g">Sizes of the convolution of an item.</param>
    /// <param name="lanes">Lanes of the input's layout.</param>
    /// <param name="precision">What is allowed.</param>
    /// <param name="bits">Vector width.</param>
    /// <param name="isMeasured">Whether measuring chooses, which may find any that is possible, or the model.</param>
    public static BlockedLayout Halo(
        ConvolutionGeometry g,
        int lanes,
        Precision precision,
        int bits,
        bool isMeasured = false
    )
    {
        // The more items, the larger the patches that pay; the halo of large patches holds that of small ones.
        bool mayBeWinograd = isMeasured
            ? AlgorithmChoice.IsOpen(g, lanes, precision)
            : AlgorithmChoice.For(g, lanes, precision, int.MaxValue / 2, bits).IsWinograd;
        return mayBeWinograd ? WinogradConvolution.Halo(g) : BlockedConvolution.Halo(g, lanes);
    }

    /// <summary>Packs the weights for an algorithm.</summary>
    public static ConvolutionKernel For(
        ConvolutionGeometry g,
        FusedStep step,
        BlockedLayout source,
        BlockedLayout destination,
        AlgorithmChoice choice
    ) =>
        choice.Algorithm switch
        {
            ConvolutionAlgorithm.Depthwise => new(
                null,
                new DepthwiseConvolution(g, source, destination, CpuTier.Bits),
                null,
                step,
                choice.Reason
            ),
            ConvolutionAlgorithm.Direct => new(
                null,
                null,
                new BlockedConvolution(g, source, destination, CpuTier.Bits),
                step,
                choice.Reason
            ),
            _ => new(
                new WinogradConvolution(g, source, destination, CpuTier.Bits, choice.Side),
                null,
                null,
                step,
                choice.Reason
            ),
        };

    /// <summary>A matrix product as a pointwise convolution of a row of pixels, one an item.</summary>
    public static ConvolutionKernel ForLinear(FusedStep step, int inFeatures, int outFeatures, int items) =>
        new(null, null, Linear(inFeatures, outFeatures, items), step, LinearReason);

    /// <summary>This matrix product for another number of items; the packed weights are shared.</summary>
    public ConvolutionKernel ForRows(int items) =>
        new(null, Linear(_direct!.Geometry.InChannels, _direct.Geometry.OutChannels, items), _packed, LinearReason);

    private static BlockedConvolution Linear(int inFeatures, int outFeatures, int items)
    {
        WindowAxis width = new(items, 1, 1, 1, 0, 0);
        ConvolutionGeometry g = new(
            1,
            inFeatures,
            outFeatures,
            1,
            WindowAxis.None,
            WindowAxis.None,
            width,
            PaddingMode.Zeros
        );
        BlockedLayout source = new(inFeatures, 1, 1, items, planeStride: items * TileCall.Block),
            destination = new(outFeatures, 1, 1, items, planeStride: items * TileCall.Block);
        return new BlockedConvolution(g, source, destination, CpuTier.Bits, widest: true);
    }

    /// <summary>Multiply-adds of an item by direct sums; for a matrix product of the batch.</summary>
    public long MultiplyAdds => (_winograd?.Geometry ?? _depthwise?.Geometry ?? _direct!.Geometry).MultiplyAdds;

    /// <summary>Floats of working memory that each part needs.</summary>
    public long WorkspaceFloats => _winograd?.WorkspaceSize ?? 0;

    /// <summary>Floats of the packed weights, of which a gated run needs a copy.</summary>
    public long GateFloats => _direct!.PackedSize;

    /// <summary>Computes a part of an item whose input is multiplied by a factor for each channel: the weights are,
    /// which are fewer.</summary>
    /// <param name="call">What it is run on, one item.</param>
    /// <param name="factors">One an input channel.</param>
    /// <param name="workspace">Of <see cref="GateFloats"/>, of this part alone.</param>
    public void RunGated(ConvolutionCall call, float* factors, float* workspace)
    {
        _direct!.ScaleInputs(_packed.Weights, factors, workspace);
        call = WithWeights(call);
        call.Weights = workspace;
        _direct.Run(call);
        GC.KeepAlive(this);
    }

    /// <summary>Computes a part of a batch.</summary>
    /// <param name="call">What it is run on; weights and biases are filled in here.</param>
    /// <param name="workspace">Of <see cref="WorkspaceFloats"/>, of this part alone, on a boundary of 64 bytes.</param>
    public void Run(ConvolutionCall call, float* workspace)
    {
        call = WithWeights(call);
        if (_depthwise is not null)
        {
            _depthwise.Run(call);
        }
        else if (_winograd is not null)
        {
            _winograd.Run(call, workspace);
        }
        else
        {
            _direct!.Run(call);
        }

        GC.KeepAlive(this);
    }

    /// <summary>A call with this kernel's weights and biases, which live as long as the kernel.</summary>
    public ConvolutionCall WithWeights(ConvolutionCall call)
    {
        call.Weights = _packed.Weights;
        call.Bias = _packed.Bias;
        return call;
    }

    /// <summary>This convolution together with the depthwise one that alone reads its output.</summary>
    public DepthwisePair Before(ConvolutionKernel depthwise) => new(_direct!, depthwise._depthwise!, CpuTier.Bits);

    /// <summary>Algorithm, tiles, and why.</summary>
    public override string ToString() =>
        _winograd is not null ? $"Winograd F({_winograd.Side}x{_winograd.Side}, 3x3), {_winograd} ({_reason})"
        : _depthwise is not null ? $"depthwise ({_reason})"
        : $"direct, {_direct} ({_reason})";
}

/// <summary>Which algorithms compiled execution may choose from.</summary>
public enum Precision
{
    /// <summary>All; Winograd's, with the error that docs/numerics.md states, where it is quicker.</summary>
    Default,

    /// <summary>Direct sums only.</summary>
    Strict,
}
