namespace Fovea;

public abstract partial class Optimizer
{
    private const string StepsKey = "steps";

    /// <summary>Everything needed to continue to the same bits: <c>steps</c>, and for each updated parameter
    /// <c>path/steps</c> and the tensors of the rule, e.g. <c>layer1.conv.weight/momentum</c>.</summary>
    /// <remarks>
    /// Steps are Int64 scalars. The other tensors are the optimizer's own, not copies. The learning rate is not in it:
    /// a schedule gives it by the step.
    /// Paths are those the parameters had when the optimizer was made; a parameter without a path of its own is called
    /// by its place, e.g. <c>group0.3</c>.
    /// </remarks>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        Dictionary<string, Tensor> state = new() { [StepsKey] = Tensor.Scalar(Steps, DType.Int64) };
        foreach (ParameterSlot slot in _slots.Where(s => s.State is not null))
        {
            state.Add($"{slot.Name}/{StepsKey}", Tensor.Scalar(slot.Updates, DType.Int64));
            for (int i = 0; i < StateNames.Count; i++)
            {
                state.Add($"{slot.Name}/{StateNames[i]}", slot.State![i]);
            }
        }

        return state;
    }

    /// <summary>Copies a state that <see cref="StateDict"/> gave, of this rule over the same parameters.</summary>
    /// <param name="state">For each parameter all of its entries or none; none means that it was never updated.</param>
    /// <exception cref="ShapeException">Entries are missing, unknown, or have another shape; all of them are listed and
    /// nothing was changed.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        RequireFit(state);
        Steps = ReadCount(state[StepsKey]);
        foreach (ParameterSlot slot in _slots)
        {
            bool updated = state.TryGetValue($"{slot.Name}/{StepsKey}", out Tensor? steps);
            slot.Updates = updated ? ReadCount(steps!) : 0;
            slot.State = updated
                ? [.. StateNames.Select(name => state[$"{slot.Name}/{name}"].To(slot.Parameter.DType))]
                : null;
        }
    }

    private static long ReadCount(Tensor tensor) => tensor.ToArray<long>()[0];

    private void RequireFit(IReadOnlyDictionary<string, Tensor> state)
    {
        Dictionary<string, Shape> wanted = new() { [StepsKey] = [] };
        foreach (ParameterSlot slot in _slots)
        {
            string[] names = [StepsKey, .. StateNames];
            if (names.Any(n => state.ContainsKey($"{slot.Name}/{n}")))
            {
                foreach (string name in names)
                {
                    wanted.Add($"{slot.Name}/{name}", name == StepsKey ? [] : slot.Parameter.Shape);
                }
            }
        }

        List<string> problems = [];
        problems.AddRange(wanted.Keys.Where(k => !state.ContainsKey(k)).Select(k => $"'{k}' is missing"));
        problems.AddRange(state.Keys.Where(k => !wanted.ContainsKey(k)).Select(k => $"'{k}' is not of this optimizer"));
        problems.AddRange(
            wanted
                .Where(w => state.TryGetValue(w.Key, out Tensor? t) && t.Shape != w.Value)
                .Select(w => $"'{w.Key}' has shape {state[w.Key].Shape}, must be {w.Value}")
        );
        if (problems.Count > 0)
        {
            throw new ShapeException($"{GetType().Name}.LoadStateDict: {string.Join("; ", problems)}.");
        }
    }
}
