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
        yield return new(IsByItems(from), $"the first axis of the input {from} is not the batch");
        yield return new(IsByItems(to), $"the first axis of the output {to} is not the batch");
        yield return new(
            from.Item.Count == to.Item.Count,
            $"an item of the input {from} has other elements than one of the output {to}"
        );
    }

    private static bool IsByItems(SymbolicShape shape) => shape.Rank > 0 && shape.ScalesWithBatch(0);
}
