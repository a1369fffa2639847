using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution with its algorithm chosen and its weights packed.</summary>
internal sealed unsafe class ConvolutionKernel
{
    private readonly WinogradConvolution? _winograd;
    private readonly DepthwiseConvolution? _depthwise;
    private readonly BlockedConvolution? _direct;
    private readonly PackedWeights _packed;

    /// <summary>The same weights for another number of items.</summary>
    private ConvolutionKernel(WinogradConvolution winograd, PackedWeights packed) => (_winograd, _packed) = (winograd, packed);

    private ConvolutionKernel(WinogradConvolution? winograd, DepthwiseConvolution? depthwise, BlockedConvolution? direct, FusedStep step)
    {
        (_winograd, _depthwise, _direct) = (winograd, depthwise, direct);
        ConvolutionGeometry g = winograd?.Geometry ?? depthwise?.Geometry ?? direct!.Geometry;
        _packed = new PackedWeights(winograd?.PackedSize ?? depthwise?.PackedSize ?? direct!.PackedSize, g.OutChannels);
        float[] folded = _packed.Fold(step, g.OutChannels);
        fixed (float* weights = folded)
        {
            winograd?.Pack(weights, _packed.Weights);
            depthwise?.Pack(weights, _packed.Weights);
            direct?.Pack(weights, _packed.Weights);
        }
    }

    /// <summary>Bytes of the packed weights.</summary>
    public long Bytes => _packed.Bytes;

    /// <summary>This kernel for another number of items; the packed weights are shared.</summary>
    public ConvolutionKernel ForItems(int items) => _winograd is null
        ? this
        : new ConvolutionKernel(new WinogradConvolution(_winograd.Geometry, _winograd.Source, _winograd.Destination, CpuTier.Bits, items: items), _packed);

    /// <summary>Which algorithm a convolution takes.</summary>
    /// <param name="g">Its sizes.</param>
    /// <param name="lanes">Lanes of the input's layout.</param>
    /// <param name="precision">What is allowed.</param>
    /// <param name="items">Items that are computed together.</param>
    public static string? Algorithm(ConvolutionGeometry g, int lanes, Precision precision, int items = 1) =>
        DepthwiseConvolution.Supports(g) && lanes == TileCall.Block ? "depthwise"
        : precision == Precision.Default && lanes == TileCall.Block && WinogradPays(g, items) ? "Winograd F(4x4, 3x3)"
        : BlockedConvolution.Supports(g, lanes) ? "direct"
        : null;

    /// <summary>The layout that the algorithms for any number of items want of the input.</summary>
    public static BlockedLayout Halo(ConvolutionGeometry g, int lanes, Precision precision) => Algorithm(g, lanes, precision, int.MaxValue / 2) is "Winograd F(4x4, 3x3)"
        ? WinogradConvolution.Halo(g)
        : BlockedConvolution.Halo(g, lanes);

    /// <summary>Chooses the algorithm and packs the weights.</summary>
    public static ConvolutionKernel For(ConvolutionGeometry g, FusedStep step, BlockedLayout source, BlockedLayout destination, Precision precision, int items) =>
        Algorithm(g, source.Lanes, precision, items) switch
        {
            "depthwise" => new(null, new DepthwiseConvolution(g, source, destination, CpuTier.Bits), null, step),
            "direct" => new(null, null, new BlockedConvolution(g, source, destination, CpuTier.Bits), step),
            _ => new(new WinogradConvolution(g, source, destination, CpuTier.Bits, items: items), null, null, step),
        };

    /// <summary>A matrix product as a pointwise convolution of a row of pixels, one an item.</summary>
    public static ConvolutionKernel ForLinear(FusedStep step, int inFeatures, int outFeatures, int items)
    {
        WindowAxis width = new(items, 1, 1, 1, 0, 0);
        ConvolutionGeometry g = new(1, inFeatures, outFeatures, 1, WindowAxis.None, WindowAxis.None, width, PaddingMode.Zeros);
        BlockedLayout source = new(inFeatures, 1, 1, items, PlaneStride: items * TileCall.Block), destination = new(outFeatures, 1, 1, items, PlaneStride: items * TileCall.Block);
        return new(null, null, new BlockedConvolution(g, source, destination, CpuTier.Bits, widest: true), step);
    }

    /// <summary>Multiply-adds of an item by direct sums; for a matrix product of the batch.</summary>
    public long MultiplyAdds => (_winograd?.Geometry ?? _depthwise?.Geometry ?? _direct!.Geometry).MultiplyAdds;

    /// <summary>Whether all items are computed in one call.</summary>
    public bool TakesBatch => _winograd is not null;

    /// <summary>Computes a part of an item, or of all where it <see cref="TakesBatch"/>.</summary>
    public void Run(float* x, float* add, float* y, float low, float high, int part, int parts)
    {
        if (_winograd is not null)
        {
            using Scratch workspace = new(_winograd.WorkspaceSize);
            _winograd.Run(x, _packed.Weights, _packed.Bias, add, y, low, high, workspace.Pointer, part, parts);
        }
        else if (_depthwise is not null)
        {
            _depthwise.Run(x, _packed.Weights, _packed.Bias, y, low, high, part, parts);
        }
        else
        {
            _direct!.Run(x, _packed.Weights, _packed.Bias, add, y, low, high, part, parts);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Applies a function to what a part wrote.</summary>
    public void Map(ElementMap map, float* y, int part, int parts)
    {
        if (_winograd is not null)
        {
            _winograd.Map(map, y, part, parts);
        }
        else if (_depthwise is not null)
        {
            _depthwise.Map(map, y, part, parts);
        }
        else
        {
            _direct!.Map(map, y, part, parts);
        }
    }

    /// <summary>Algorithm and tiles.</summary>
    public override string ToString() => _winograd is not null ? $"Winograd F(4x4, 3x3), {_winograd}" : _depthwise is not null ? "depthwise" : $"direct, {_direct}";

    /// <summary>
    /// By a model of both times: products at the rate the tiles reach (a quarter of them, at 1.6 times their time for the transforms), but not faster than the weights, four times as many,
    /// come from memory.
    /// </summary>
    private static bool WinogradPays(ConvolutionGeometry g, int items)
    {
        if (!WinogradConvolution.Supports(g) || g.InChannels < 32 || g.OutChannels < 32)
        {
            return false;
        }

        double productsPerFloat = 58.0 * CpuTier.Bits / 512; // multiply-adds in the time that a weight takes to come from far memory: 88e9 and 1.5e9 a second on one thread
        double patches = (g.Height.Out + 3) / 4 * ((g.Width.Out + 3) / 4) * (double)items, filters = (double)g.InChannels * g.OutChannels;
        double direct = Math.Max(9.0 * g.OutPlane * items * filters, 9.0 * filters * productsPerFloat);
        double winograd = Math.Max(36.0 * patches * filters * 1.6, 36.0 * filters * productsPerFloat);
        return winograd < 0.9 * direct;
    }
}

/// <summary>Which algorithms compiled execution may choose from.</summary>
public enum Precision
{
    /// <summary>All; Winograd's, with the error that docs/numerics.md states, where it is quicker.</summary>
    Default,

    /// <summary>Direct sums only.</summary>
    Strict,
}
