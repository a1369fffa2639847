namespace Fovea;

/// <summary>A step applies a function of each element to its results before it writes them.</summary>
internal sealed class FunctionIntoStep : TakeIn
{
    /// <inheritdoc/>
    public override string Name => "function into step";

    /// <inheritdoc/>
    protected override bool TakesForm(ExecutionForm? form) => form is MapForm;

    /// <inheritdoc/>
    protected override IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before)
    {
        yield return new(
            before.Form is ConvolutionForm or LinearForm or SumForm or ScaleShiftForm,
            $"{before.Node.Name} cannot apply a function to its results"
        );
        yield return new(!before.IsClamped, $"{before.Node.Name} clamps its results first");
    }

    /// <inheritdoc/>
    protected override FusedStep Taken(RuleSite site, FusedStep before) =>
        before with
        {
            Map = ((MapForm)site.Step.Form!).Map,
        };
}
