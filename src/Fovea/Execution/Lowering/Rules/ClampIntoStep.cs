namespace Fovea;

/// <summary>A step clamps its results before it writes them.</summary>
internal sealed class ClampIntoStep : TakeIn
{
    /// <inheritdoc/>
    public override string Name => "clamp into step";

    /// <inheritdoc/>
    protected override bool TakesForm(ExecutionForm? form) => form is ClampForm;

    /// <inheritdoc/>
    protected override IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before)
    {
        yield return new(
            before.Form is ConvolutionForm or LinearForm or SumForm or ScaleShiftForm,
            $"{before.Node.Name} cannot clamp its results"
        );
    }

    /// <inheritdoc/>
    protected override FusedStep Taken(RuleSite site, FusedStep before)
    {
        ClampForm clamp = (ClampForm)site.Step.Form!;
        return before with
        {
            Low = Math.Clamp(before.Low, clamp.Low, clamp.High),
            High = Math.Clamp(before.High, clamp.Low, clamp.High),
        };
    }
}
