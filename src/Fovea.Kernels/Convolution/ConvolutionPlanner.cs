using System.Globalization;

namespace Fovea.Kernels;

/// <summary>What is asked of the planner.</summary>
/// <param name="Pass">Which product.</param>
/// <param name="Geometry">Sizes of the convolution of an item; in tensors, of the batch.</param>
/// <param name="Layout">How the maps lie.</param>
/// <param name="Precision">What is allowed, on blocked maps.</param>
/// <param name="Items">Items that are computed together, on blocked maps.</param>
/// <param name="IsPackedAnew">Whether weights are packed for every run, as in training.</param>
internal readonly record struct ConvolutionQuestion(
    ConvolutionPass Pass,
    ConvolutionGeometry Geometry,
    MapLayout Layout,
    Precision Precision = Precision.Default,
    int Items = 1,
    bool IsPackedAnew = false
);

/// <summary>Chooses how a convolution is computed. Pure: a question and a processor in, an answer with its reason
/// out.</summary>
internal static class ConvolutionPlanner
{
    /// <summary>An input of fewer channels may lie in planes.</summary>
    public const int PlaneChannels = 8;

    private const int FewestChannels = 16; // a block: below, half of the products are with nothing
    private const double Reached = 0.92; // of the peak of multiply-adds, by tiles
    private const double Unhidden = 0.2; // of the lesser of computing and reading
    private const double Worthwhile = 0.92; // of the direct time: a model is not exact, and direct sums are
    private const double CyclesOfPacking = 4.0; // a weight as it is read: 36 of 512 x 512 filters took 15 ms
    private const double TransformSums = 12.0; // operations of a vector of a point of a patch, by the units that multiply and add
    private const double DepthwiseSlowness = 3.0; // of multiply-adds that each need a load

    /// <summary>Chooses.</summary>
    public static AlgorithmChoice Choose(ConvolutionQuestion question, CpuProfile cpu) =>
        question.Layout == MapLayout.Tensor ? OnTensors(question.Geometry, cpu)
        : question.Pass != ConvolutionPass.Forward
            ? OnTensors(question.Geometry, cpu) with
            {
                Reason = "no blocked kernel for gradients",
            }
        : OnMaps(question, cpu);

    /// <summary>Whether direct sums and both of Winograd's algorithms may compute a convolution, so that measuring can
    /// decide.</summary>
    public static bool IsOpen(ConvolutionQuestion question) =>
        question is { Pass: ConvolutionPass.Forward, Layout: MapLayout.Blocked, Precision: not Precision.Strict }
        && !DepthwiseConvolution.Supports(question.Geometry)
        && BlockedConvolution.Supports(question.Geometry, TileCall.Block)
        && WinogradConvolution.Supports(question.Geometry);

    /// <summary>Whether a kernel takes the maps of a compiled network as they lie: in blocks, or the network's input in
    /// planes.</summary>
    /// <param name="geometry">The convolution.</param>
    /// <param name="isFirst">Whether it alone reads the network's input.</param>
    public static bool HasMapKernel(ConvolutionGeometry geometry, bool isFirst) =>
        DepthwiseConvolution.Supports(geometry)
        || BlockedConvolution.Supports(geometry, TileCall.Block)
        || (isFirst && geometry.InChannels < PlaneChannels && BlockedConvolution.Supports(geometry, lanes: 1));

    /// <summary>The layout that the algorithms for any number of items want of the input.</summary>
    /// <param name="question">The convolution; items do not count.</param>
    /// <param name="cpu">The processor.</param>
    /// <param name="isMeasured">Whether measuring chooses, which may find any that is possible, or the model.</param>
    public static BlockedLayout Halo(ConvolutionQuestion question, CpuProfile cpu, bool isMeasured = false)
    {
        // The more items, the larger the patches that pay; the halo of large patches holds that of small ones.
        bool mayBeWinograd = isMeasured
            ? IsOpen(question)
            : Choose(question with { Items = int.MaxValue / 2 }, cpu).IsWinograd;
        return mayBeWinograd
            ? WinogradConvolution.Halo(question.Geometry)
            : BlockedConvolution.Halo(question.Geometry, LanesOf(question.Layout));
    }

    /// <summary>Channels of a pixel that lie together.</summary>
    public static int LanesOf(MapLayout layout) => layout == MapLayout.Blocked ? TileCall.Block : 1;

    /// <summary>Cycles of products with weights read once: computing hides most of the reading, or reading most of the
    /// computing.</summary>
    /// <param name="products">Multiply-adds.</param>
    /// <param name="weights">Floats of the weights.</param>
    /// <param name="cpu">The processor.</param>
    public static double Time(double products, double weights, CpuProfile cpu)
    {
        double compute = products / (cpu.ProductsPerCycle * cpu.Lanes * Reached),
            read = weights / cpu.FloatsPerCycle;
        return Math.Max(compute, read) + (Unhidden * Math.Min(compute, read));
    }

    /// <summary>Cycles of Winograd's transforms for a vector of a point of a patch, there and back.</summary>
    public static double TransformCycles(CpuProfile cpu) => TransformSums / cpu.ProductsPerCycle;

    private static AlgorithmChoice OnTensors(in ConvolutionGeometry g, CpuProfile cpu)
    {
        if (g.InputCount == 0 || g.OutputCount == 0 || g.WeightCount == 0)
        {
            return new(ConvolutionAlgorithm.Reference, "nothing to multiply: an empty tensor", 0);
        }

        long padded =
            (long)(g.Depth.Padded + g.Depth.Stride)
            * (g.Height.Padded + g.Height.Stride)
            * (g.Width.Padded + g.Width.Stride);
        long largest = Math.Max(g.InPerGroup, g.OutPerGroup) * padded;
        return largest > int.MaxValue
            ? new(
                ConvolutionAlgorithm.Reference,
                $"a padded group of {largest:N0} values is beyond the 32-bit offsets of the direct kernel",
                g.MultiplyAdds
            )
            : new(
                ConvolutionAlgorithm.Planes,
                "any stride, dilation, padding and group count, without copying windows",
                Time(g.MultiplyAdds, g.WeightCount, cpu)
            );
    }

    private static AlgorithmChoice OnMaps(in ConvolutionQuestion question, CpuProfile cpu)
    {
        ConvolutionGeometry g = question.Geometry;
        bool isBlocked = question.Layout == MapLayout.Blocked;
        double time = Time(g.MultiplyAdds * (double)question.Items, g.WeightCount, cpu);
        return isBlocked && DepthwiseConvolution.Supports(g)
                ? new(ConvolutionAlgorithm.Depthwise, "one filter a channel", DepthwiseSlowness * time)
            : !BlockedConvolution.Supports(g, LanesOf(question.Layout))
                ? OnTensors(g, cpu) with
                {
                    Reason = "no blocked kernel for its stride, groups or padding",
                    Cycles = time,
                }
            : !isBlocked || !WinogradConvolution.Supports(g)
                ? new(ConvolutionAlgorithm.Direct, "not a dense 3x3 of stride 1", time)
            : question.Precision == Precision.Strict ? new(ConvolutionAlgorithm.Direct, "strict", time)
            : Math.Min(g.InChannels, g.OutChannels) < FewestChannels
                ? new(ConvolutionAlgorithm.Direct, $"fewer than {FewestChannels} channels", time)
            : Quickest(g, question.Items, time, question.IsPackedAnew ? CyclesOfPacking : 0, cpu);
    }

    /// <summary>Direct sums, or one of Winograd's algorithms where the model finds it quicker.</summary>
    private static AlgorithmChoice Quickest(
        in ConvolutionGeometry g,
        int items,
        double direct,
        double packing,
        CpuProfile cpu
    )
    {
        double filters = packing * g.InChannels * g.OutChannels;
        direct += 9 * filters;
        double two = Winograd(g, items, 2, cpu) + (16 * filters),
            four = Winograd(g, items, 4, cpu) + (36 * filters),
            best = Math.Min(two, four);
        string reason = string.Create(
            CultureInfo.InvariantCulture,
            $"million cycles by the model: direct {direct / 1e6:F2}, F(2x2) {two / 1e6:F2}, F(4x4) {four / 1e6:F2}"
        );
        return best > Worthwhile * direct ? new(ConvolutionAlgorithm.Direct, reason, direct)
            : four <= two
                ? new(ConvolutionAlgorithm.Winograd4, reason, best, WinogradConvolution.WorkspaceOf(g, items, 4, cpu))
            : new(ConvolutionAlgorithm.Winograd2, reason, best, WinogradConvolution.WorkspaceOf(g, items, 2, cpu));
    }

    /// <summary>Products, the transformed weights, and the transforms, which read and write every value
    /// twice.</summary>
    private static double Winograd(in ConvolutionGeometry g, int items, int side, CpuProfile cpu)
    {
        int points = (side + 2) * (side + 2),
            across = (g.Width.Out + side - 1) / side,
            down = (g.Height.Out + side - 1) / side;
        double patches = (double)across * down * items,
            filters = (double)g.InChannels * g.OutChannels;
        double blocks =
            ((g.InChannels + TileCall.Block - 1) / TileCall.Block)
            + ((g.OutChannels + TileCall.Block - 1) / TileCall.Block);
        return Time(points * patches * filters, points * filters, cpu)
            + (patches * blocks * points * TransformCycles(cpu) * TileCall.Block / cpu.Lanes);
    }
}
