namespace Fovea;

/// <summary>A network while rules are applied: its steps so far, which of them are done together, and where
/// concatenations lie. Rules read it, and change it by the methods here.</summary>
internal sealed class LoweringDraft
{
    private readonly HashSet<Value> _outputs;
    private readonly Dictionary<Value, FusedStep> _writers;
    private readonly Dictionary<FusedStep, FusedStep> _before = [];
    private readonly HashSet<FusedStep> _summing = [];
    private readonly Dictionary<FusedStep, List<string>> _fired = [];

    /// <summary>A draft of a network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="steps">Its steps so far.</param>
    public LoweringDraft(Graph graph, IEnumerable<FusedStep> steps)
    {
        _outputs = [.. graph.Outputs];
        _writers = steps.ToDictionary(s => s.Output);
    }

    /// <summary>The steps in order. One that took in a sum comes where the sum was, behind both of what it
    /// adds.</summary>
    public IEnumerable<FusedStep> Steps => _writers.Values.OrderBy(s => s.Output.Producer!.Index);

    /// <summary>How values lie; null before layouts are chosen.</summary>
    public LayoutPlan? Layouts { get; init; }

    /// <summary>Where concatenations and their pieces lie; null before that is asked.</summary>
    public Concatenations? Places { get; init; }

    /// <summary>The step that writes a value; null for an input of the network.</summary>
    public FusedStep? WriterOf(Value value) => _writers.GetValueOrDefault(value);

    /// <summary>Whether a value is an output of the network.</summary>
    public bool IsOutput(Value value) => _outputs.Contains(value);

    /// <summary>The step that is done together with a step, before it; null for none.</summary>
    public FusedStep? DoneBefore(FusedStep step) => _before.GetValueOrDefault(step);

    /// <summary>Adds a step.</summary>
    public void Add(FusedStep step) => _writers.Add(step.Output, step);

    /// <summary>Leaves a step out: another does its work.</summary>
    public void Remove(FusedStep step) => _writers.Remove(step.Output);

    /// <summary>Puts a step in the place of another, by a rule.</summary>
    public void Replace(FusedStep old, FusedStep changed, LoweringRule rule)
    {
        _writers.Remove(old.Output);
        Add(changed with { Rules = [.. old.Rules, rule.Name] });
    }

    /// <summary>Lets two steps be done together, by a rule.</summary>
    public void Join(FusedStep before, FusedStep step, LoweringRule rule)
    {
        _before.Add(step, before);
        Note(step, rule);
    }

    /// <summary>Lets a step leave the sums of the rows that it writes, by a rule.</summary>
    /// <param name="step">The step.</param>
    /// <param name="reader">The step that reads the sums.</param>
    /// <param name="rule">The rule.</param>
    public void SumRows(FusedStep step, FusedStep reader, LoweringRule rule)
    {
        _summing.Add(step);
        Note(reader, rule);
    }

    /// <summary>The stages that the steps make.</summary>
    public List<NetworkStage> Stages()
    {
        HashSet<FusedStep> taken = [.. _before.Values];
        return
        [
            .. Steps
                .Where(s => !taken.Contains(s))
                .Select(s =>
                {
                    FusedStep? before = DoneBefore(s);
                    return new NetworkStage(s, before, _summing.Contains(s), RulesOf(s, before));
                }),
        ];
    }

    private string[] RulesOf(FusedStep step, FusedStep? before) =>
        [
            .. before?.Rules ?? [],
            .. step.Rules,
            .. _fired.GetValueOrDefault(step) ?? [],
            .. Layouts?.Concatenations.RuleOf(step.Output) is { } rule ? [rule] : Array.Empty<string>(),
        ];

    private void Note(FusedStep step, LoweringRule rule)
    {
        if (!_fired.TryGetValue(step, out List<string>? names))
        {
            _fired[step] = names = [];
        }

        names.Add(rule.Name);
    }
}
