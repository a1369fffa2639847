using System.Globalization;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The gate of squeeze-and-excitation multiplies the weights of the pointwise convolution behind it instead of
/// the map that the convolution reads (docs/decisions/0011-what-is-read-once-has-no-buffer.md).</summary>
internal sealed class GateIntoWeights : Join
{
    private const double FewestPixels = 1.5; // an output channel, an estimate: with fewer, the weights take longer than the map

    /// <inheritdoc/>
    public override string Name => "gate into weights";

    /// <inheritdoc/>
    protected override bool Joins(FusedStep before, FusedStep step, LayoutPlan layouts) =>
        before.Form is ProductForm && step.Form is ConvolutionForm;

    /// <inheritdoc/>
    protected override IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before, LayoutPlan layouts)
    {
        FusedStep step = site.Step;
        ConvolutionGeometry g = ((ConvolutionForm)step.Form!).Geometry;
        yield return new(
            before is { Map: null, IsClamped: false },
            $"{before.Node.Name} clamps or maps its results before they are read"
        );
        yield return new(site.Position == 0, $"{step.Node.Name} adds the product and convolves another value");
        yield return new(g is { Groups: 1, Taps: 1 }, $"{step.Node.Name} has groups, or more than one tap");
        yield return new(
            layouts[site.Value]!.LiesAs(layouts[before.Inputs[0]]!),
            $"{before.Inputs[0].Name} has another halo than the product"
        );
        yield return new(
            g.InPlane >= FewestPixels * g.OutChannels,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{step.Node.Name} reads {g.InPlane} pixels, fewer than {FewestPixels} for each of its {g.OutChannels} output channels"
            )
        );
        yield return new(
            layouts.ChoiceOf(step, 1).Algorithm == ConvolutionAlgorithm.Direct,
            $"{step.Node.Name} is not computed by direct sums"
        );
    }
}
