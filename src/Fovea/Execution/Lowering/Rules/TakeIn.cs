using Fovea.Kernels;

namespace Fovea;

/// <summary>A rule by which a step does the work of the node behind it too.</summary>
internal abstract class TakeIn : LoweringRule
{
    /// <inheritdoc/>
    public sealed override LoweringPhase Phase => LoweringPhase.Nodes;

    /// <inheritdoc/>
    public sealed override bool Concerns(RuleSite site) => site.Before is not null && TakesForm(site.Step.Form);

    /// <inheritdoc/>
    public sealed override void Apply(RuleSite site)
    {
        FusedStep before = site.Before!;
        site.Draft.Replace(before, Taken(site, before) with { Output = site.Step.Output }, this);
    }

    /// <summary>Whether the rule takes in nodes of a form.</summary>
    protected abstract bool TakesForm(ExecutionForm? form);

    /// <summary>The step that does both, with the output still to be set.</summary>
    protected abstract FusedStep Taken(RuleSite site, FusedStep before);

    /// <summary>The conditions besides those of all rules of this kind.</summary>
    protected abstract IEnumerable<Condition> OwnConditions(RuleSite site, FusedStep before);

    /// <inheritdoc/>
    protected sealed override IEnumerable<Condition> Conditions(RuleSite site)
    {
        FusedStep before = site.Before!;
        yield return site.IsReadOnce;
        yield return new(before.Map is null, $"{before.Node.Name} ends with a function, which comes last in a step");
        yield return new(
            before.Form is not ConvolutionForm { Geometry: var geometry }
                || ConvolutionPlanner.HasMapKernel(geometry, IsFirst(before.Node)),
            $"{before.Node.Name} has no kernel for its stride, groups or padding, and an operator run eagerly takes nothing in"
        );
        foreach (Condition condition in OwnConditions(site, before))
        {
            yield return condition;
        }
    }

    /// <summary>Whether a node alone reads an input of the network, which may lie in planes.</summary>
    private static bool IsFirst(Node node) => node.Inputs[0] is { Producer: null, Consumers.Count: 1 };
}
