using System.Globalization;
using Fovea.Kernels;

namespace Fovea;

/// <summary>How a convolution of blocked maps is computed.</summary>
internal enum ConvolutionAlgorithm
{
    /// <summary>No blocked kernel: eagerly.</summary>
    None,

    /// <summary>Tiles of pixels by output channels, summed over all taps.</summary>
    Direct,

    /// <summary>One filter a channel.</summary>
    Depthwise,

    /// <summary>Winograd's F(2x2, 3x3).</summary>
    Winograd2,

    /// <summary>Winograd's F(4x4, 3x3).</summary>
    Winograd4,
}

/// <summary>Which algorithm a convolution takes, and why: by the model a pure function of its sizes, the vector width
/// and the precision, or as a <see cref="Tuning"/> knows.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Cycles">Its time by the model, for all items.</param>
internal readonly record struct AlgorithmChoice(ConvolutionAlgorithm Algorithm, string Reason, double Cycles)
{
    private const int FewestChannels = 32; // below, transforms outweigh what they save
    private const double Reached = 0.92; // of the peak of multiply-adds, by tiles
    private const double FloatsPerCycle = 2.2; // of weights that come from beyond the second cache: 25 GB/s at 2.8 GHz
    private const double Unhidden = 0.2; // of the lesser of computing and reading
    private const double Worthwhile = 0.92; // of the direct time: a model is not exact, and direct sums are

    /// <summary>Outputs along a side of a patch, where it is Winograd's algorithm.</summary>
    public int Side => Algorithm == ConvolutionAlgorithm.Winograd4 ? 4 : 2;

    /// <summary>Whether it is Winograd's algorithm.</summary>
    public bool IsWinograd => Algorithm is ConvolutionAlgorithm.Winograd2 or ConvolutionAlgorithm.Winograd4;

    /// <summary>The name people know it by.</summary>
    public string Name =>
        Algorithm switch
        {
            ConvolutionAlgorithm.Depthwise => "depthwise",
            ConvolutionAlgorithm.Direct => "direct",
            ConvolutionAlgorithm.None => "eager",
            _ => $"Winograd F({Side}x{Side}, 3x3)",
        };

    /// <summary>Whether direct sums and both of Winograd's algorithms may compute a convolution, so that measuring can
    /// decide.</summary>
    /// <param name="g">Its sizes.</param>
    /// <param name="lanes">Lanes of the input's layout.</param>
    /// <param name="precision">What is allowed.</param>
    public static bool IsOpen(ConvolutionGeometry g, int lanes, Precision precision) =>
        precision != Precision.Strict
        && lanes == TileCall.Block
        && !DepthwiseConvolution.Supports(g)
        && BlockedConvolution.Supports(g, lanes)
        && WinogradConvolution.Supports(g);

    /// <summary>Chooses.</summary>
    /// <param name="g">Sizes of the convolution of an item.</param>
    /// <param name="lanes">Lanes of the input's layout.</param>
    /// <param name="precision">What is allowed.</param>
    /// <param name="items">Items that are computed together.</param>
    /// <param name="bits">Vector width.</param>
    public static AlgorithmChoice For(ConvolutionGeometry g, int lanes, Precision precision, int items, int bits)
    {
        if (lanes == TileCall.Block && DepthwiseConvolution.Supports(g))
        {
            return new(
                ConvolutionAlgorithm.Depthwise,
                "one filter a channel",
                3 * Time(g.MultiplyAdds * (double)items, g.WeightCount, bits)
            );
        }

        if (!BlockedConvolution.Supports(g, lanes))
        {
            return new(
                ConvolutionAlgorithm.None,
                "no blocked kernel for its stride, groups or padding",
                Time(g.MultiplyAdds * (double)items, g.WeightCount, bits)
            );
        }

        if (lanes != TileCall.Block || !WinogradConvolution.Supports(g))
        {
            return new(
                ConvolutionAlgorithm.Direct,
                "not a dense 3x3 of stride 1",
                Time(g.MultiplyAdds * (double)items, g.WeightCount, bits)
            );
        }

        double direct = Time(
            9.0 * g.OutPlane * items * g.InChannels * g.OutChannels,
            9.0 * g.InChannels * g.OutChannels,
            bits
        );
        if (precision == Precision.Strict || Math.Min(g.InChannels, g.OutChannels) < FewestChannels)
        {
            return new(
                ConvolutionAlgorithm.Direct,
                precision == Precision.Strict ? "strict" : $"fewer than {FewestChannels} channels",
                direct
            );
        }

        double two = Winograd(g, items, 2, bits),
            four = Winograd(g, items, 4, bits),
            best = Math.Min(two, four);
        ConvolutionAlgorithm algorithm =
            best > Worthwhile * direct ? ConvolutionAlgorithm.Direct
            : four <= two ? ConvolutionAlgorithm.Winograd4
            : ConvolutionAlgorithm.Winograd2;
        double cycles = algorithm == ConvolutionAlgorithm.Direct ? direct : best;
        return new(
            algorithm,
            string.Create(
                CultureInfo.InvariantCulture,
                $"million cycles by the model: direct {direct / 1e6:F2}, F(2x2) {two / 1e6:F2}, F(4x4) {four / 1e6:F2}"
            ),
            cycles
        );
    }

    /// <summary>Products, the transformed weights, and the transforms, which read and write every value
    /// twice.</summary>
    private static double Winograd(ConvolutionGeometry g, int items, int side, int bits)
    {
        int points = (side + 2) * (side + 2),
            across = (g.Width.Out + side - 1) / side,
            down = (g.Height.Out + side - 1) / side;
        double patches = (double)across * down * items,
            filters = (double)g.InChannels * g.OutChannels;
        double blocks =
            ((g.InChannels + TileCall.Block - 1) / TileCall.Block)
            + ((g.OutChannels + TileCall.Block - 1) / TileCall.Block);
        return Time(points * patches * filters, points * filters, bits)
            + (patches * blocks * points * 6.0 * 512 / bits);
    }

    /// <summary>Cycles of products with weights read once: computing hides most of the reading, or reading most of the
    /// computing.</summary>
    /// <param name="products">Multiply-adds.</param>
    /// <param name="weights">Floats of the weights.</param>
    /// <param name="bits">Vector width.</param>
    public static double Time(double products, double weights, int bits)
    {
        double compute = products / (2 * bits / 32 * Reached),
            read = weights / FloatsPerCycle;
        return Math.Max(compute, read) + (Unhidden * Math.Min(compute, read));
    }
}
