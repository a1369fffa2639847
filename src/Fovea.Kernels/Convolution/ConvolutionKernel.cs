namespace Fovea.Kernels;

/// <summary>A convolution with its algorithm chosen and its weights packed: what compiled execution calls.</summary>
internal sealed unsafe class ConvolutionKernel
{
    private const string LinearReason = "a matrix product, items as pixels";

    private readonly IBlockedKernel _kernel;
    private readonly PackedWeights _packed;
    private readonly AlgorithmChoice _choice;
    private readonly CpuProfile _cpu;

    private ConvolutionKernel(IBlockedKernel kernel, PackedWeights packed, AlgorithmChoice choice, CpuProfile cpu) =>
        (_kernel, _packed, _choice, _cpu) = (kernel, packed, choice, cpu);

    /// <summary>Bytes of the packed weights.</summary>
    public long Bytes => _packed.Bytes;

    /// <summary>Where the packed weights begin; what runs before may ask for them.</summary>
    public float* Weights => _packed.Weights;

    /// <summary>Multiply-adds of an item by direct sums; for a matrix product of the batch.</summary>
    public long MultiplyAdds => _kernel.Geometry.MultiplyAdds;

    /// <summary>Floats of working memory that each part needs.</summary>
    public long WorkspaceFloats => _kernel.WorkspaceSize;

    /// <summary>Floats of the packed weights, of which a gated run needs a copy.</summary>
    public long GateFloats => _kernel.PackedSize;

    /// <summary>Packs the weights for an algorithm.</summary>
    /// <param name="g">Sizes of the convolution of an item.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="source">Layout of the input.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="choice">One of the algorithms on blocked maps.</param>
    /// <param name="cpu">The processor.</param>
    public static ConvolutionKernel For(
        ConvolutionGeometry g,
        FoldedWeights weights,
        BlockedLayout source,
        BlockedLayout destination,
        AlgorithmChoice choice,
        CpuProfile cpu
    )
    {
        IBlockedKernel kernel = KernelOf(g, source, destination, choice, cpu);
        return new(kernel, new PackedWeights(kernel, weights), choice, cpu);
    }

    /// <summary>The kernel of an algorithm on blocked maps, without weights.</summary>
    /// <param name="g">Sizes of the convolution of an item.</param>
    /// <param name="source">Layout of the input.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="choice">One of the algorithms on blocked maps.</param>
    /// <param name="cpu">The processor.</param>
    public static IBlockedKernel KernelOf(
        ConvolutionGeometry g,
        BlockedLayout source,
        BlockedLayout destination,
        AlgorithmChoice choice,
        CpuProfile cpu
    ) =>
        choice.Algorithm switch
        {
            ConvolutionAlgorithm.Depthwise => new DepthwiseConvolution(g, source, destination, cpu),
            ConvolutionAlgorithm.Direct => new BlockedConvolution(g, source, destination, cpu),
            ConvolutionAlgorithm.Winograd2 or ConvolutionAlgorithm.Winograd4 => new WinogradConvolution(
                g,
                source,
                destination,
                cpu,
                choice.Side
            ),
            _ => throw new ArgumentException($"ConvolutionKernel: {choice.Algorithm} has no packed weights."),
        };

    /// <summary>A matrix product as a pointwise convolution of a row of pixels, one an item.</summary>
    public static ConvolutionKernel ForLinear(
        FoldedWeights weights,
        int inFeatures,
        int outFeatures,
        int items,
        CpuProfile cpu
    )
    {
        BlockedConvolution kernel = Linear(inFeatures, outFeatures, items, cpu);
        return new(
            kernel,
            new PackedWeights(kernel, weights),
            new(ConvolutionAlgorithm.Direct, LinearReason, kernel.Cycles),
            cpu
        );
    }

    /// <summary>This kernel for another number of items; the packed weights are shared.</summary>
    public ConvolutionKernel ForItems(int items, string reason) =>
        new(_kernel.ForItems(items), _packed, _choice with { Reason = reason }, _cpu);

    /// <summary>This matrix product for another number of items; the packed weights are shared.</summary>
    public ConvolutionKernel ForRows(int items) =>
        new(Linear(_kernel.Geometry.InChannels, _kernel.Geometry.OutChannels, items, _cpu), _packed, _choice, _cpu);

    /// <summary>This convolution together with the depthwise one that alone reads its output.</summary>
    public DepthwisePair Before(ConvolutionKernel depthwise) =>
        new((BlockedConvolution)_kernel, (DepthwiseConvolution)depthwise._kernel, _cpu);

    /// <summary>Computes a part of an item whose input is multiplied by a factor for each channel: the weights are,
    /// which are fewer.</summary>
    /// <param name="call">What it is run on, one item.</param>
    /// <param name="factors">One an input channel.</param>
    /// <param name="workspace">Of <see cref="GateFloats"/>, of this part alone.</param>
    public void RunGated(ConvolutionCall call, float* factors, float* workspace)
    {
        BlockedConvolution direct = (BlockedConvolution)_kernel;
        direct.ScaleInputs(_packed.Weights, factors, workspace);
        call = WithWeights(call);
        call.Weights = workspace;
        direct.Run(call);
        GC.KeepAlive(this);
    }

    /// <summary>Computes a part of a batch.</summary>
    /// <param name="call">What it is run on; weights and biases are filled in here.</param>
    /// <param name="workspace">Of <see cref="WorkspaceFloats"/>, of this part alone, on a boundary of 64 bytes.</param>
    public void Run(ConvolutionCall call, float* workspace)
    {
        _kernel.Run(WithWeights(call), workspace);
        GC.KeepAlive(this);
    }

    /// <summary>A call with this kernel's weights and biases, which live as long as the kernel.</summary>
    public ConvolutionCall WithWeights(ConvolutionCall call)
    {
        call.Weights = _packed.Weights;
        call.Bias = _packed.Bias;
        return call;
    }

    /// <summary>The algorithm, how its work is cut, and why it was chosen.</summary>
    public override string ToString() =>
        _choice.Algorithm == ConvolutionAlgorithm.Depthwise
            ? $"{_choice.Name} ({_choice.Reason})"
            : $"{_choice.Name}, {_kernel} ({_choice.Reason})";

    private static BlockedConvolution Linear(int inFeatures, int outFeatures, int items, CpuProfile cpu)
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
        return new BlockedConvolution(g, source, destination, cpu, widest: true);
    }
}
