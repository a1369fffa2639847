using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution adds another value to its results, as at the end of a residual block.</summary>
internal sealed class SumIntoConvolution : TakeIn
{
    /// <inheritdoc/>
    public override string Name => "sum into convolution";

    /// <inheritdoc/>
    protected override bool TakesForm(ExecutionForm? form) => form is SumForm;

    /// <inheritdoc/>
    protected override IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before)
    {
        yield return new(before.Form is ConvolutionForm, $"{before.Node.Name} is no convolution");
        yield return new(!before.IsClamped, $"{before.Node.Name} clamps its results first");
        yield return new(before.Inputs.Count == 1, $"{before.Node.Name} adds another value already");
        yield return new(
            !DepthwiseConvolution.Supports(((ConvolutionForm)before.Form!).Geometry),
            $"{before.Node.Name} is depthwise, and its kernel adds nothing"
        );
        Value other = Other(site);
        yield return new(
            site.Draft.WriterOf(other) is not { } writer || writer.Output.Producer!.Index <= site.Value.Producer!.Index,
            $"{other.Name} is computed later; the step that computes it can take the sum in"
        );
    }

    /// <inheritdoc/>
    protected override FusedStep Taken(RuleSite site, FusedStep before) =>
        before with
        {
            Inputs = [.. before.Inputs, Other(site)],
        };

    private static Value Other(RuleSite site) => site.Step.Inputs[1 - site.Position];
}
