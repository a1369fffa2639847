namespace Fovea;

/// <summary>A clamp that no step took in runs as a scale by 1 that clamps its results.</summary>
internal sealed class ClampAsScale : LoweringRule
{
    /// <inheritdoc/>
    public override string Name => "clamp as scale";

    /// <inheritdoc/>
    public override LoweringPhase Phase => LoweringPhase.Steps;

    /// <inheritdoc/>
    public override bool Concerns(RuleSite site) => site.Step.Form is ClampForm;

    /// <inheritdoc/>
    public override void Apply(RuleSite site)
    {
        ClampForm clamp = (ClampForm)site.Step.Form!;
        site.Draft.Replace(site.Step, site.Step with { Low = clamp.Low, High = clamp.High }, this);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Condition> Conditions(RuleSite site) => [];
}
