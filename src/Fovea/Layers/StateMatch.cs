namespace Fovea;

/// <summary>How given values fit the parameters and state of a network.</summary>
/// <param name="Loaded">Paths that fit, in the network's order.</param>
/// <param name="Missing">Paths of the network for which nothing is given.</param>
/// <param name="Unexpected">Given paths that the network does not have.</param>
/// <param name="Mismatched">Paths with the shape that was given and the one that the network wants.</param>
public sealed record StateMatch(
    IReadOnlyList<string> Loaded,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unexpected,
    IReadOnlyList<(string Path, Shape Given, Shape Wanted)> Mismatched
)
{
    private const int MostNamed = 20;

    /// <summary>Whether all fits and nothing is missing or left over.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Mismatched.Count == 0;

    /// <summary>What does not fit, in words; of many the first.</summary>
    public override string ToString()
    {
        string[] problems =
        [
            .. Missing.Select(p => $"'{p}' is missing"),
            .. Unexpected.Select(p => $"'{p}' is not in the network"),
            .. Mismatched.Select(m => $"'{m.Path}' has shape {m.Given}, the network wants {m.Wanted}"),
        ];
        return problems.Length == 0 ? $"all {Loaded.Count} tensors fit"
            : problems.Length <= MostNamed ? string.Join("; ", problems)
            : $"{string.Join("; ", problems.Take(MostNamed))}; and {problems.Length - MostNamed} more";
    }

    internal static StateMatch Of(IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ILookup<bool?, string> found = own.Keys.ToLookup(k =>
            state.TryGetValue(k, out Tensor? given) ? given.Shape == own[k].Shape : (bool?)null
        );
        return new StateMatch(
            [.. found[true]],
            [.. found[null]],
            [.. state.Keys.Where(k => !own.ContainsKey(k))],
            [.. found[false].Select(k => (k, state[k].Shape, own[k].Shape))]
        );
    }
}
