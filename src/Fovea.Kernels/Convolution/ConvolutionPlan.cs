namespace Fovea.Kernels;

/// <summary>How a convolution is computed.</summary>
public enum ConvolutionAlgorithm
{
    /// <summary>The definition, seven loops with sums in double:
    /// <c>docs/kernels/reference-convolution.md</c>.</summary>
    Reference,

    /// <summary>Shifted planes of the padded image times packed filters:
    /// <c>docs/kernels/direct-convolution.md</c>.</summary>
    Direct,
}

/// <summary>What was decided for one geometry, and the tables that follow from it. Immutable; reused while the geometry
/// stays the same.</summary>
internal sealed class ConvolutionPlan
{
    private readonly Lazy<PhaseLayout> _layout;
    private readonly Lazy<int[]> _inputOffsets;
    private readonly Lazy<GradientPhase[]> _gradientPhases;

    public ConvolutionPlan(ConvolutionGeometry geometry, ConvolutionAlgorithm algorithm, string reason)
    {
        Geometry = geometry;
        Algorithm = algorithm;
        Reason = reason;
        _layout = new(() => new PhaseLayout(Geometry));
        _inputOffsets = new(() => Layout.Offsets(Geometry.InPerGroup, Layout.ChannelSize, Geometry));
        _gradientPhases = new(() => GradientPhase.All(Geometry));
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>The algorithm.</summary>
    public ConvolutionAlgorithm Algorithm { get; }

    /// <summary>Why this one, in words.</summary>
    public string Reason { get; }

    /// <summary>The layout of the padded image.</summary>
    public PhaseLayout Layout => _layout.Value;

    /// <summary>The offsets of one group's channels and taps in <see cref="Layout"/>.</summary>
    public int[] InputOffsets => _inputOffsets.Value;

    /// <summary>The products that make the gradient of the input.</summary>
    public GradientPhase[] GradientPhases => _gradientPhases.Value;
}

/// <summary>Chooses the algorithm. Pure: geometry in, decision out.</summary>
internal static class ConvolutionPlanner
{
    /// <summary>The plan for float tensors.</summary>
    public static ConvolutionPlan Plan(in ConvolutionGeometry g)
    {
        if (g.InputCount == 0 || g.OutputCount == 0 || g.WeightCount == 0)
        {
            return new ConvolutionPlan(g, ConvolutionAlgorithm.Reference, "nothing to multiply: an empty tensor");
        }

        long padded =
            (long)(g.Depth.Padded + g.Depth.Stride)
            * (g.Height.Padded + g.Height.Stride)
            * (g.Width.Padded + g.Width.Stride);
        long largest = Math.Max(g.InPerGroup, g.OutPerGroup) * padded;
        return largest > int.MaxValue
            ? new ConvolutionPlan(
                g,
                ConvolutionAlgorithm.Reference,
                $"a padded group of {largest:N0} values is beyond the 32-bit offsets of the direct kernel"
            )
            : new ConvolutionPlan(
                g,
                ConvolutionAlgorithm.Direct,
                "any stride, dilation, padding and group count, without copying windows"
            );
    }
}
