namespace Fovea;

/// <summary>When a rule is asked.</summary>
internal enum LoweringPhase
{
    /// <summary>As each node comes, in the graph's order: whether a step before it takes it in.</summary>
    Nodes,

    /// <summary>Of each step by itself, when all nodes are in steps.</summary>
    Steps,

    /// <summary>Of each concatenation, before halos are chosen: whose memory its pieces lie in.</summary>
    Places,

    /// <summary>Of each step and the step before it, when layouts are known.</summary>
    Stages,
}

/// <summary>One fusion of compiled execution: where it applies, on which conditions, and what it changes.</summary>
internal abstract class LoweringRule
{
    /// <summary>What plans call it.</summary>
    public abstract string Name { get; }

    /// <summary>When it is asked.</summary>
    public abstract LoweringPhase Phase { get; }

    /// <summary>Whether it is about a site at all. Where not, nobody asks why it did not fire.</summary>
    public abstract bool Concerns(RuleSite site);

    /// <summary>Why it does not fire at a site that it concerns: the first condition that does not hold, in words. Null
    /// where it fires.</summary>
    public string? Refusal(RuleSite site)
    {
        foreach (Condition condition in Conditions(site))
        {
            if (!condition.Holds)
            {
                return condition.Otherwise;
            }
        }

        return null;
    }

    /// <summary>Changes the draft, at a site where it fires.</summary>
    public abstract void Apply(RuleSite site);

    /// <summary>Fires where it may.</summary>
    /// <param name="site">The site.</param>
    /// <param name="answered">Told what the rule says to a site that it concerns; null for nobody.</param>
    /// <returns>Whether it fired.</returns>
    public bool TryApply(RuleSite site, Action<RuleAnswer>? answered)
    {
        if (!Concerns(site))
        {
            return false;
        }

        string? refusal = Refusal(site);
        answered?.Invoke(new RuleAnswer(Name, site.Step.Node.Name, site.Value.Name, refusal));
        if (refusal is not null)
        {
            return false;
        }

        Apply(site);
        return true;
    }

    /// <summary>The conditions in order. Each is only computed where those before it hold.</summary>
    protected abstract IEnumerable<Condition> Conditions(RuleSite site);
}

/// <summary>A condition of a rule at a site.</summary>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Otherwise">Where it does not: why the rule does not fire.</param>
internal readonly record struct Condition(bool Holds, string Otherwise);

/// <summary>What a rule said to a site that it concerns.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Step">The name of the step's first node.</param>
/// <param name="Value">The name of the value read.</param>
/// <param name="Refusal">Why it did not fire; null where it fired.</param>
internal readonly record struct RuleAnswer(string Rule, string Step, string Value, string? Refusal);

/// <summary>Where a rule is asked: a step, one of the values it reads, and the step that writes that value.</summary>
/// <param name="Draft">What is known so far.</param>
/// <param name="Step">The step.</param>
/// <param name="Position">Which of its inputs.</param>
internal readonly record struct RuleSite(LoweringDraft Draft, FusedStep Step, int Position)
{
    /// <summary>The value read.</summary>
    public Value Value => Step.Inputs[Position];

    /// <summary>The step that writes the value; null for an input of the network.</summary>
    public FusedStep? Before => Draft.WriterOf(Value);

    /// <summary>That nothing else needs the value: it has one reader and is no output of the network.</summary>
    public Condition IsReadOnce =>
        new(
            Value.Consumers.Count == 1 && !Draft.IsOutput(Value),
            $"{Value.Name} is read elsewhere too, or is an output of the network"
        );
}
