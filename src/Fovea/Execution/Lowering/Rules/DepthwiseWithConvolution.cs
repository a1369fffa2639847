using Fovea.Kernels;

namespace Fovea;

/// <summary>A depthwise convolution is done together with the convolution that writes its input, a few rows at a time
/// (docs/decisions/0011-what-is-read-once-has-no-buffer.md).</summary>
internal sealed class DepthwiseWithConvolution : Join
{
    /// <inheritdoc/>
    public override string Name => "depthwise with convolution";

    /// <inheritdoc/>
    protected override bool Joins(FusedStep before, FusedStep step, LayoutPlan layouts) =>
        before.Form is ConvolutionForm
        && step.Form is ConvolutionForm
        && layouts.ChoiceOf(step, 1).Algorithm == ConvolutionAlgorithm.Depthwise;

    /// <inheritdoc/>
    protected override IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before, LayoutPlan layouts)
    {
        yield return new(before.Inputs.Count == 1, $"{before.Node.Name} adds another value to its results");
        yield return new(site.Step.Inputs.Count == 1, $"{site.Step.Node.Name} adds another value to its results");
        yield return new(
            DepthwisePair.Supports(
                ((ConvolutionForm)before.Form!).Geometry,
                ((ConvolutionForm)site.Step.Form!).Geometry
            ),
            $"{before.Node.Name} has groups, one row, or several slices, or may take Winograd's algorithm"
        );
        yield return new(
            layouts.ChoiceOf(before, 1).Algorithm == ConvolutionAlgorithm.Direct,
            $"{before.Node.Name} is not computed by direct sums"
        );
    }
}
