using System.Collections.Concurrent;

namespace Fovea.Kernels;

/// <summary>What was decided for the three passes of one geometry on tensors, and the tables that follow from it.
/// Immutable.</summary>
internal sealed class ConvolutionPlan
{
    private const int MostKept = 128; // more geometries than a network has

    private static readonly ConcurrentDictionary<ConvolutionGeometry, ConvolutionPlan> Kept = new();

    private readonly Lazy<PhaseLayout> _layout;
    private readonly Lazy<int[]> _inputOffsets;
    private readonly Lazy<GradientPhase[]> _gradientPhases;

    /// <summary>A plan with given algorithms.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="forward">Of the forward pass.</param>
    /// <param name="backwardData">Of the gradient of x.</param>
    /// <param name="backwardWeights">Of the gradient of the weight.</param>
    public ConvolutionPlan(
        ConvolutionGeometry geometry,
        AlgorithmChoice forward,
        AlgorithmChoice backwardData,
        AlgorithmChoice backwardWeights
    )
    {
        (Geometry, Forward, BackwardData, BackwardWeights) = (geometry, forward, backwardData, backwardWeights);
        _layout = new(() => new PhaseLayout(Geometry));
        _inputOffsets = new(() => Layout.Offsets(Geometry.InPerGroup, Layout.ChannelSize, Geometry));
        _gradientPhases = new(() => GradientPhase.All(Geometry));
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>How the forward pass is computed.</summary>
    public AlgorithmChoice Forward { get; }

    /// <summary>How the gradient of x is computed.</summary>
    public AlgorithmChoice BackwardData { get; }

    /// <summary>How the gradient of the weight is computed.</summary>
    public AlgorithmChoice BackwardWeights { get; }

    /// <summary>The layout of the padded image.</summary>
    public PhaseLayout Layout => _layout.Value;

    /// <summary>The offsets of one group's channels and taps in <see cref="Layout"/>.</summary>
    public int[] InputOffsets => _inputOffsets.Value;

    /// <summary>The products that make the gradient of the input.</summary>
    public GradientPhase[] GradientPhases => _gradientPhases.Value;

    /// <summary>The plan for this processor. Plans of the last geometries are kept: layers run with the same ones over
    /// and over. Where there are too many all are dropped; a plan is made in microseconds.</summary>
    public static ConvolutionPlan For(in ConvolutionGeometry geometry)
    {
        if (Kept.TryGetValue(geometry, out ConvolutionPlan? kept))
        {
            return kept;
        }

        if (Kept.Count >= MostKept)
        {
            Kept.Clear();
        }

        return Kept.GetOrAdd(geometry, For(geometry, CpuProfile.Current));
    }

    /// <summary>The plan for a processor.</summary>
    public static ConvolutionPlan For(ConvolutionGeometry geometry, CpuProfile cpu)
    {
        AlgorithmChoice Of(ConvolutionPass pass) =>
            ConvolutionPlanner.Choose(new ConvolutionQuestion(pass, geometry, MapLayout.Tensor), cpu);
        return new(
            geometry,
            Of(ConvolutionPass.Forward),
            Of(ConvolutionPass.BackwardData),
            Of(ConvolutionPass.BackwardWeights)
        );
    }
}
