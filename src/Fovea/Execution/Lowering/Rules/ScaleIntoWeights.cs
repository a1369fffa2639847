namespace Fovea;

/// <summary>Factors and terms by channel, as a normalization in evaluation has them, go into the weights and biases of
/// the convolution or matrix product before.</summary>
internal sealed class ScaleIntoWeights : TakeIn
{
    /// <inheritdoc/>
    public override string Name => "scale into weights";

    /// <inheritdoc/>
    protected override bool TakesForm(ExecutionForm? form) => form is ScaleShiftForm;

    /// <inheritdoc/>
    protected override IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before)
    {
        yield return new(before.Form is ConvolutionForm or LinearForm, $"{before.Node.Name} has no weights");
        yield return new(!before.IsClamped, $"{before.Node.Name} clamps its results first");
        yield return new(before.Inputs.Count == 1, $"{before.Node.Name} adds another value first");
    }

    /// <inheritdoc/>
    protected override FusedStep Taken(RuleSite site, FusedStep before)
    {
        ScaleShiftForm affine = (ScaleShiftForm)site.Step.Form!;
        return before with
        {
            Shift = [.. affine.Shift.Select((shift, c) => shift + (affine.Scale[c] * (before.Shift?[c] ?? 0.0)))],
            Scale = [.. affine.Scale.Select((scale, c) => scale * (before.Scale?[c] ?? 1.0))],
        };
    }
}
