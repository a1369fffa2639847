namespace Fovea;

/// <summary>A rule by which a step and the one before it are done together, so that what lies between them has no
/// buffer.</summary>
internal abstract class Join : LoweringRule
{
    /// <inheritdoc/>
    public sealed override LoweringPhase Phase => LoweringPhase.Stages;

    /// <inheritdoc/>
    public sealed override bool Concerns(RuleSite site) =>
        site.Before is { } before && Joins(before, site.Step, site.Draft.Layouts!);

    /// <inheritdoc/>
    public sealed override void Apply(RuleSite site) => site.Draft.Join(site.Before!, site.Step, this);

    /// <summary>Whether the rule is about two steps.</summary>
    protected abstract bool Joins(FusedStep before, FusedStep step, LayoutPlan layouts);

    /// <summary>The conditions besides those of all rules of this kind.</summary>
    protected abstract IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before, LayoutPlan layouts);

    /// <inheritdoc/>
    protected sealed override IEnumerable<Condition> Conditions(RuleSite site)
    {
        FusedStep before = site.Before!;
        LayoutPlan layouts = site.Draft.Layouts!;
        yield return site.IsReadOnce;
        yield return new(
            site.Draft.DoneBefore(before) is null,
            $"{before.Node.Name} is done together with the step before it"
        );
        foreach (Condition condition in OwnConditions(site, before, layouts))
        {
            yield return condition;
        }
    }
}
