namespace Fovea;

/// <summary>A reshape that keeps the elements of each item copies items from one layout to the other.</summary>
internal sealed class ViewByItems : LoweringRule
{
    /// <inheritdoc/>
    public override string Name => "view by items";

    /// <inheritdoc/>
    public override LoweringPhase Phase => LoweringPhase.Steps;

    /// <inheritdoc/>
    public override bool Concerns(RuleSite site) => site.Step.Form is ViewForm { ByItems: false };

    /// <inheritdoc/>
    public override void Apply(RuleSite site) =>
        site.Draft.Replace(site.Step, site.Step with { Form = new ViewForm(ByItems: true) }, this);

    /// <inheritdoc/>
    protected override IEnumerable<Condition> Conditions(RuleSite site)
    {
        SymbolicShape from = site.Value.Shape,
            to = site.Step.Output.Shape;
        yield return new(BatchAxis.IsByItems(from), $"the input {from} is not made of items");
        yield return new(BatchAxis.IsByItems(to), $"the output {to} is not made of items");
    }
}
