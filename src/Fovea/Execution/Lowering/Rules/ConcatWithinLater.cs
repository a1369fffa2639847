namespace Fovea;

/// <summary>A concatenation whose inputs lie behind one another in the memory of a later one lies there itself: the
/// chains of a dense block lie in the memory of its last.</summary>
internal sealed class ConcatWithinLater : LoweringRule
{
    /// <inheritdoc/>
    public override string Name => "concat within a later one";

    /// <inheritdoc/>
    public override LoweringPhase Phase => LoweringPhase.Places;

    /// <inheritdoc/>
    public override bool Concerns(RuleSite site) => site.Step.Form is ConcatForm && site.Position == 0;

    /// <inheritdoc/>
    public override void Apply(RuleSite site)
    {
        Concatenations places = site.Draft.Places!;
        (Value whole, int block) = places[site.Value]!.Value;
        places.Lay(site.Step.Output, whole, block, this);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Condition> Conditions(RuleSite site)
    {
        Concatenations places = site.Draft.Places!;
        yield return new(
            places[site.Step.Output] is null,
            $"{site.Step.Output.Name} lies in the memory of {places[site.Step.Output]?.Whole.Name} already"
        );
        yield return new(
            site.Step.Inputs.All(places.IsBlocked),
            $"an input of {site.Step.Node.Name} is no map in blocks of channels"
        );
        yield return new(places[site.Value] is not null, $"{site.Value.Name} is no piece of a later concatenation");
        (Value whole, int block) = places[site.Value]!.Value;
        yield return new(
            places.AreInRow(site.Step, whole, block),
            $"the inputs of {site.Step.Node.Name} do not lie behind one another in {whole.Name}"
        );
    }
}
