namespace Fovea.Graphs;

/// <summary>Outputs of layers by name.</summary>
internal static class FeatureMaps
{
    private const int NamesInMessage = 12;

    /// <summary>Runs a network and gives the outputs of some layers.</summary>
    /// <exception cref="ArgumentException">No layer has a name.</exception>
    public static IReadOnlyDictionary<string, Tensor> Of(
        Module module,
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<string> names
    )
    {
        GraphInput[] specs = [.. inputs.Select((x, i) => GraphInput.OfItems($"input{i}", Item(module, x), x.DType))];
        Graph graph = Graph.Trace(module, specs, module.IsTraining);
        Dictionary<Value, List<string>> wanted = [];
        foreach (string name in names)
        {
            Value value = Find(graph, name);
            if (!wanted.TryGetValue(value, out List<string>? known))
            {
                wanted[value] = known = [];
            }

            known.Add(name);
        }

        Dictionary<string, Tensor> found = [];
        new Interpreter(graph) { AppliesUpdates = false }.Run(
            inputs,
            (value, tensor) => wanted.GetValueOrDefault(value)?.ForEach(name => found[name] = tensor)
        );
        return found;
    }

    private static Shape Item(Module module, Tensor x) =>
        x.Rank > 0
            ? Shape.Create(x.Shape.Sizes[1..])
            : throw new ShapeException($"{module.GetType().Name}: Features takes a batch of items, got a scalar.");

    /// <summary>The output of a layer, of a further use of one (<c>name#2</c>), or of a module: its last node's.</summary>
    private static Value Find(Graph graph, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Node? node =
            graph.Nodes.FirstOrDefault(n => n.Name == name)
            ?? graph.Nodes.LastOrDefault(n => n.Name.StartsWith(name + ".", StringComparison.Ordinal));
        if (node is not null)
        {
            return node.Output;
        }

        string[] parts = [.. graph.Nodes.Select(n => n.Name.Split('.')[0]).Distinct()];
        string more = parts.Length > NamesInMessage ? ", ..." : "";
        throw new ArgumentException(
            $"{graph.Name}: there is no layer '{name}'. There are {string.Join(", ", parts.Take(NamesInMessage))}{more}; parts of them are named with a dot, such as {graph.Nodes.FirstOrDefault(n => n.Name.Contains('.', StringComparison.Ordinal))?.Name ?? "layer1.conv1"}.",
            nameof(name)
        );
    }
}
