namespace Fovea;

/// <summary>A step of a compiled network, or two that are done together so that what lies between them has no
/// buffer.</summary>
/// <param name="Step">The step.</param>
/// <param name="Before">What only it reads the output of, and which is done with it: a convolution before a depthwise
/// one, or the product with a gate before a convolution; null for none.</param>
/// <param name="SumsRows">Whether it leaves the sums of the rows that it writes, for the mean of them.</param>
internal sealed record NetworkStage(FusedStep Step, FusedStep? Before, bool SumsRows)
{
    /// <summary>The values read.</summary>
    public IEnumerable<Value> Inputs => Before is null ? Step.Inputs : Before.Inputs.Concat(Step.Inputs.Skip(1));

    /// <summary>The stages of a network.</summary>
    public static List<NetworkStage> Of(Graph graph, List<FusedStep> steps, NetworkLayouts layouts)
    {
        ILookup<Value, FusedStep> readers = steps
            .SelectMany(s => s.Inputs.Select(i => (Value: i, Step: s)))
            .ToLookup(r => r.Value, r => r.Step);
        Dictionary<FusedStep, FusedStep> before = [];
        foreach (FusedStep first in steps.Where(s => s.Output != graph.Output && readers[s.Output].Count() == 1))
        {
            FusedStep second = readers[first.Output].Single();
            if (!before.ContainsKey(first) && (layouts.IsPair(first, second) || layouts.TakesGate(first, second)))
            {
                before[second] = first;
            }
        }

        HashSet<FusedStep> taken = [.. before.Values];
        return
        [
            .. steps
                .Where(s => !taken.Contains(s))
                .Select(s => new NetworkStage(
                    s,
                    before.GetValueOrDefault(s),
                    SumsRowsOf(s, before.GetValueOrDefault(s), readers)
                )),
        ];
    }

    private static bool SumsRowsOf(FusedStep step, FusedStep? before, ILookup<Value, FusedStep> readers) =>
        before?.Form is ConvolutionForm
        && readers[step.Output].Any(r => r.Form is PoolForm { Mean: true, Windows.IsGlobal: true });
}
