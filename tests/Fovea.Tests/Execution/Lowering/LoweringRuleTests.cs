using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>Every rule of lowering fires where it should, and refuses each of its conditions in its words.</summary>
public sealed class LoweringRuleTests
{
    public static TheoryData<string> Cases => [.. RuleCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Answers_OfACase_HoldWhatTheRuleMustSay(string name)
    {
        RuleCase c = RuleCases.All[name];
        List<RuleAnswer> answers = Answers(c.Network, c.Item);
        RuleAnswer[] own = [.. answers.Where(a => a.Rule == c.Rule)];
        Assert.True(
            own.Any(a => Plain(a.Refusal) == c.Refusal),
            $"{name}: expected '{c.Refusal ?? "fires"}', the rule said\n  {string.Join("\n  ", own.Select(a => $"{a.Step} of {a.Value}: {Plain(a.Refusal) ?? "fires"}"))}"
        );
    }

    [Fact]
    public void Cases_OfEveryRule_Fire()
    {
        string[] firing = [.. RuleCases.All.Values.Where(c => c.Refusal is null).Select(c => c.Rule).Distinct()];
        Assert.Equal(LoweringRules.All.Select(r => r.Name).Order(), firing.Order());
    }

    /// <summary>Conditions that no network of today breaks, because other rules refuse before.</summary>
    [Fact]
    public void Refusal_OfStepsThatOtherRulesNeverMake_IsInWords()
    {
        Module pair = new Sequential(new Conv2d(16, 32, 1), new Conv2d(32, 32, 3, padding: 1, groups: 32)),
            gated = new Lambda(x => x * x.Mean([2, 3], keepDims: true)),
            gate = new Sequential(gated, new Conv2d(16, 32, 1));
        Assert.Equal(
            "1 adds another value to its results",
            Refusal(
                new DepthwiseWithConvolution(),
                pair,
                (before, step) => (before, step with { Inputs = [.. step.Inputs, before.Inputs[0]] })
            )
        );
        Assert.Equal(
            "multiply clamps or maps its results before they are read",
            Refusal(new GateIntoWeights(), gate, (before, step) => (before with { Low = 0f }, step))
        );
    }

    [Fact]
    public void Names_OfRules_AreDistinct() =>
        Assert.Equal(LoweringRules.All.Count, LoweringRules.All.Select(r => r.Name).Distinct().Count());

    /// <summary>What a rule says of the last step and the one before it, once both are changed.</summary>
    private static string? Refusal(
        LoweringRule rule,
        Module network,
        Func<FusedStep, FusedStep, (FusedStep Before, FusedStep Step)> change
    )
    {
        Graph graph = Graph.Trace(network, [16, 12, 12]);
        List<FusedStep> steps = Lowering.StepsOf(graph);
        LayoutPlan layouts = new(graph, steps, Precision.Strict, CpuProfiles.OfBits(512));
        (FusedStep before, FusedStep step) = change(steps[^2], steps[^1]);
        LoweringDraft draft = new(graph, [.. steps[..^2], before, step]) { Layouts = layouts };
        RuleSite site = new(draft, step, 0);
        Assert.True(rule.Concerns(site), $"{rule.Name} is not about {step.Node.Name}");
        return Plain(rule.Refusal(site));
    }

    private static List<RuleAnswer> Answers(Module network, Shape item)
    {
        List<RuleAnswer> answers = [];
        Graph graph = Graph.Trace(network, item);
        List<FusedStep> steps = Lowering.StepsOf(graph, answers.Add);
        LayoutPlan layouts = new(graph, steps, Precision.Strict, CpuProfiles.OfBits(512), answered: answers.Add);
        _ = Lowering.StagesOf(graph, steps, layouts, answers.Add);
        return answers;
    }

    /// <summary>Without the path of a wired network's layers.</summary>
    private static string? Plain(string? text) => text?.Replace("l.", "", StringComparison.Ordinal);
}
