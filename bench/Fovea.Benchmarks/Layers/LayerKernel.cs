using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>One way to compute a convolution, on one thread, with the layouts that compiled networks give it.</summary>
internal abstract unsafe class LayerKernel(
    ConvolutionGeometry geometry,
    BlockedLayout source,
    BlockedLayout destination
)
{
    /// <summary>Smallest result: a ReLU is part of what is measured, as it is of most layers.</summary>
    protected const float Low = 0f;

    /// <summary>Largest result.</summary>
    protected const float High = float.PositiveInfinity;

    /// <summary>The sizes.</summary>
    protected ConvolutionGeometry Geometry => geometry;

    /// <summary>Layout of the input.</summary>
    protected BlockedLayout Source => source;

    /// <summary>Layout of the output: without a halo.</summary>
    protected BlockedLayout Destination => destination;

    /// <summary>Floats of the input.</summary>
    public long SourceSize => source.Item * geometry.Batch;

    /// <summary>Floats of the output.</summary>
    public long DestinationSize => destination.Item * geometry.Batch;

    /// <summary>Floats of the weights as the kernel reads them.</summary>
    public abstract long PackedSize { get; }

    /// <summary>Packs [Cout, Cin / groups, kernel...].</summary>
    public abstract void Pack(float* weights, float* packed);

    /// <summary>Computes the batch.</summary>
    public abstract void Run(float* x, float* packed, float* bias, float* y);

    /// <summary>The whole batch in one part.</summary>
    private ConvolutionCall Call(float* x, float* packed, float* bias, float* y) =>
        new()
        {
            X = x,
            XItem = source.Item,
            Weights = packed,
            Bias = bias,
            Y = y,
            YItem = destination.Item,
            Items = geometry.Batch,
            Low = Low,
            High = High,
            Next = packed,
            Parts = 1,
        };

    /// <summary>The ways to compute a convolution, the one that compiled networks choose first.</summary>
    public static IEnumerable<LayerKernel> For(ConvolutionGeometry g)
    {
        int lanes = g.InChannels < 8 ? 1 : TileCall.Block; // an image comes in planes
        ConvolutionQuestion question = new(
            ConvolutionPass.Forward,
            g,
            lanes == 1 ? MapLayout.Planes : MapLayout.Blocked,
            Items: g.Batch
        );
        AlgorithmChoice choice = ConvolutionPlanner.Choose(question, CpuProfile.Current);
        BlockedLayout source = ConvolutionPlanner.Halo(question, CpuProfile.Current),
            destination = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
        if (choice.IsEager)
        {
            return [new PlaneKernel(g)];
        }

        if (choice.Algorithm == ConvolutionAlgorithm.Depthwise)
        {
            return [new DepthwiseKernel(g, source, destination)];
        }

        LayerKernel direct = new DirectKernel(g, source, destination);
        if (lanes == 1 || !WinogradConvolution.Supports(g))
        {
            return [direct];
        }

        LayerKernel winograd = new WinogradKernel(
            g,
            WinogradConvolution.Halo(g),
            destination,
            choice.Algorithm == ConvolutionAlgorithm.Winograd2 ? 2 : 4
        );
        return choice.IsWinograd ? [winograd, direct] : [direct, winograd];
    }

    private sealed class DirectKernel(ConvolutionGeometry g, BlockedLayout source, BlockedLayout destination)
        : LayerKernel(g, source, destination)
    {
        private readonly BlockedConvolution _convolution = new(g, source, destination, CpuProfile.Current);

        public override long PackedSize => _convolution.PackedSize;

        public override void Pack(float* weights, float* packed) => _convolution.Pack(weights, packed);

        public override void Run(float* x, float* packed, float* bias, float* y) =>
            _convolution.Run(Call(x, packed, bias, y));

        public override string ToString() => $"direct, {_convolution}";
    }

    private sealed class DepthwiseKernel(ConvolutionGeometry g, BlockedLayout source, BlockedLayout destination)
        : LayerKernel(g, source, destination)
    {
        private readonly DepthwiseConvolution _convolution = new(g, source, destination, CpuProfile.Current);

        public override long PackedSize => _convolution.PackedSize;

        public override void Pack(float* weights, float* packed) => _convolution.Pack(weights, packed);

        public override void Run(float* x, float* packed, float* bias, float* y) =>
            _convolution.Run(Call(x, packed, bias, y));

        public override string ToString() => "depthwise";
    }

    private sealed class WinogradKernel(
        ConvolutionGeometry g,
        BlockedLayout source,
        BlockedLayout destination,
        int side
    ) : LayerKernel(g, source, destination)
    {
        private readonly WinogradConvolution _convolution = new(
            g,
            source,
            destination,
            CpuProfile.Current,
            side,
            items: g.Batch
        );

        public override long PackedSize => _convolution.PackedSize;

        public override void Pack(float* weights, float* packed) => _convolution.Pack(weights, packed);

        public override void Run(float* x, float* packed, float* bias, float* y)
        {
            using Scratch workspace = new(_convolution.WorkspaceSize);
            _convolution.Run(Call(x, packed, bias, y), workspace.Pointer);
        }

        public override string ToString() => $"Winograd F({_convolution.Side}x{_convolution.Side}), {_convolution}";
    }

    /// <summary>What blocked kernels do not take runs eagerly, on plain planes; the ReLU is a pass of its own there and
    /// left out, as are the copies from and to blocked maps.</summary>
    private sealed class PlaneKernel(ConvolutionGeometry g)
        : LayerKernel(
            g,
            new(g.InChannels, g.Depth.In, g.Height.In, g.Width.In, lanes: 1),
            new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out, lanes: 1)
        )
    {
        private readonly ConvolutionPlan _plan = ConvolutionPlan.For(g);

        public override long PackedSize => Geometry.WeightCount;

        public override void Pack(float* weights, float* packed) =>
            Buffer.MemoryCopy(weights, packed, PackedSize * sizeof(float), PackedSize * sizeof(float));

        public override void Run(float* x, float* packed, float* bias, float* y) =>
            ConvolutionKernels.Forward(_plan, x, packed, bias, y);

        public override string ToString() => "eager, on planes";
    }
}
