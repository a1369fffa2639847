namespace Fovea.Workbench;

/// <summary>A layer that an edit would have been about, and left as it is.</summary>
/// <param name="Layer">Its name.</param>
/// <param name="Why">What stands against it.</param>
public sealed record KeptLayer(string Layer, string Why);

/// <summary>An edited network.</summary>
/// <param name="Graph">The network after the edit.</param>
/// <param name="Replaced">Names of the layers that were replaced.</param>
/// <param name="Kept">Layers that were left, and why.</param>
public sealed record EditResult(Graph Graph, IReadOnlyList<string> Replaced, IReadOnlyList<KeptLayer> Kept);

/// <summary>A change of all convolutions of a kind: what would the network be if ... Structure alone; new weights have
/// first values.</summary>
public abstract class GraphEdit
{
    /// <summary>All edits.</summary>
    public static IReadOnlyList<GraphEdit> All { get; } = [new DepthwiseEdit(), new StackedKernelsEdit()];

    /// <summary>As on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, and what it leaves.</summary>
    public abstract string Rule { get; }

    /// <summary>The edit of a name.</summary>
    /// <param name="name">E.g. <c>depthwise</c>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static GraphEdit Parse(string name) =>
        All.FirstOrDefault(e => e.Name == name)
        ?? throw new ArgumentException(
            $"Edit '{name}' is not known; there are {string.Join(", ", All.Select(e => e.Name))}."
        );

    /// <summary>Edits a network.</summary>
    /// <param name="graph">The network; it stays as it is.</param>
    public EditResult Apply(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Dictionary<Node, ConvolutionUse> replaced = [];
        Dictionary<Tensor, Module> modules = new(ReferenceEqualityComparer.Instance); // a layer used twice is replaced by one used twice
        List<KeptLayer> kept = [];
        ConvolutionUse[] uses = [.. graph.Nodes.Select(ConvolutionUse.Of).OfType<ConvolutionUse>().Where(Concerns)];
        Dictionary<Tensor, (string Layer, string Why)> refused = Refused(uses);
        foreach (ConvolutionUse use in uses)
        {
            if (refused.TryGetValue(use.Weight, out (string Layer, string Why) refusal))
            {
                string why = Refusal(use) ?? $"shares its weights with {refusal.Layer}: {refusal.Why}";
                kept.Add(new KeptLayer(use.Node.Name, use.Node.Name == refusal.Layer ? refusal.Why : why));
                continue;
            }

            replaced.Add(use.Node, use);
            if (!modules.ContainsKey(use.Weight))
            {
                Module module = Replacement(use);
                _ = (module.NamedParameters(), module.NamedBuffers()); // gives them their paths
                modules.Add(use.Weight, module);
            }
        }

        Graph edited =
            replaced.Count == 0
                ? graph
                : graph.Rewrite(
                    replace: (node, inputs) =>
                        replaced.TryGetValue(node, out ConvolutionUse? use)
                            ? modules[use.Weight].Forward(inputs[0])
                            : null
                );
        return new EditResult(edited, [.. replaced.Keys.OrderBy(n => n.Index).Select(n => n.Name)], kept);
    }

    /// <summary>The layers that cannot be replaced, by their weights, with the first use that stands against it: one
    /// whose uses need different replacements would have its weights doubled.</summary>
    private Dictionary<Tensor, (string Layer, string Why)> Refused(ConvolutionUse[] uses)
    {
        Dictionary<Tensor, (string Layer, string Why)> refused = new(ReferenceEqualityComparer.Instance);
        Dictionary<Tensor, ConvolutionUse> first = new(ReferenceEqualityComparer.Instance);
        foreach (ConvolutionUse use in uses)
        {
            first.TryAdd(use.Weight, use);
            string? why =
                Refusal(use)
                ?? (
                    use.SlidesAs(first[use.Weight])
                        ? null
                        : "is used with another stride, padding or dilation elsewhere"
                );
            if (why is not null)
            {
                refused.TryAdd(use.Weight, (use.Node.Name, why));
            }
        }

        return refused;
    }

    /// <summary>Whether the edit is about a convolution.</summary>
    internal abstract bool Concerns(ConvolutionUse use);

    /// <summary>Why the convolution cannot be replaced; null where it can.</summary>
    internal abstract string? Refusal(ConvolutionUse use);

    /// <summary>What takes its place: reads what it read, writes the shape it wrote.</summary>
    internal abstract Module Replacement(ConvolutionUse use);
}
