namespace Fovea;

/// <summary>Applies the rules of <see cref="LoweringRules"/>: from nodes to steps, and, when layouts are known, from
/// steps to stages.</summary>
internal static class Lowering
{
    /// <summary>The steps of a network traced in evaluation.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="answered">Told what every rule says; null for nobody.</param>
    public static List<FusedStep> StepsOf(Graph graph, Action<RuleAnswer>? answered = null)
    {
        LoweringDraft draft = new(graph, []);
        foreach (Node node in graph.Nodes)
        {
            FusedStep step = FusedStep.Of(node, graph.Outputs);
            if (!FireOnce(draft, step, LoweringPhase.Nodes, answered))
            {
                draft.Add(step);
            }
        }

        foreach (FusedStep step in draft.Steps.ToArray())
        {
            FireOnce(draft, step, LoweringPhase.Steps, answered);
        }

        return [.. draft.Steps];
    }

    /// <summary>Where the concatenations of a network and their pieces lie.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="isBlocked">Whether a value is a map whose channels lie in blocks.</param>
    /// <param name="answered">Told what every rule says; null for nobody.</param>
    public static Concatenations PlacesOf(
        Graph graph,
        IReadOnlyList<FusedStep> steps,
        Func<Value, bool> isBlocked,
        Action<RuleAnswer>? answered = null
    )
    {
        LoweringDraft draft = new(graph, steps) { Places = new Concatenations(isBlocked) };
        foreach (FusedStep step in steps.Where(s => s.Form is ConcatForm).Reverse())
        {
            foreach (LoweringRule rule in LoweringRules.Of(LoweringPhase.Places))
            {
                for (int i = 0; i < step.Inputs.Count; i++)
                {
                    rule.TryApply(new RuleSite(draft, step, i), answered);
                }
            }
        }

        return draft.Places;
    }

    /// <summary>The stages of a network whose layouts are known.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="layouts">How its values lie.</param>
    /// <param name="answered">Told what every rule says; null for nobody.</param>
    public static List<NetworkStage> StagesOf(
        Graph graph,
        IReadOnlyList<FusedStep> steps,
        LayoutPlan layouts,
        Action<RuleAnswer>? answered = null
    )
    {
        LoweringDraft draft = new(graph, steps) { Layouts = layouts };
        foreach (FusedStep step in steps)
        {
            FireOnce(draft, step, LoweringPhase.Stages, answered);
        }

        return draft.Stages();
    }

    /// <summary>Asks the rules of a phase about each input of a step, until one fires.</summary>
    private static bool FireOnce(LoweringDraft draft, FusedStep step, LoweringPhase phase, Action<RuleAnswer>? answered)
    {
        for (int i = 0; i < step.Inputs.Count; i++)
        {
            foreach (LoweringRule rule in LoweringRules.Of(phase))
            {
                if (rule.TryApply(new RuleSite(draft, step, i), answered))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
