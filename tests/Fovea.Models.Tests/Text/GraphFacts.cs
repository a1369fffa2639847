namespace Fovea.Models.Tests;

/// <summary>A graph as lines, for comparisons whose failure says where two differ.</summary>
internal static class GraphFacts
{
    /// <summary>Everything that a trace tells: nodes with operators, options, edges and shapes; then parameters and
    /// state.</summary>
    public static string[] Of(Graph graph) =>
        [
            .. graph.Inputs.Select(i => $"{i.Name} {i.Shape}"),
            .. graph.Nodes.Select(n =>
                $"{n.Name}: {n.Operator.Name} [{string.Join(' ', n.Operator.Options.Select(o => $"{o.Name}={o.Value}"))}] ({string.Join(", ", n.Inputs.Select(i => $"{i.Name} {i.Shape}"))}) -> {n.Output.Shape}"
            ),
            .. graph.Parameters.Select(p => $"{p.Name} {p.Shape} {p.Parameter!.Kind}"),
            .. graph.State.Select(s => $"{s.Name} {s.Shape}"),
            $"output {string.Join(", ", graph.Outputs.Select(o => o.Name))}",
        ];

    /// <summary>Prints a network, reads it back, and compares the traces in training and in evaluation.</summary>
    /// <returns>The text.</returns>
    public static string RequireRoundTrip(Module module, Shape item) =>
        RequireRoundTrip(module, [GraphInput.OfItems("input", item)]);

    /// <summary>As the other, for several inputs.</summary>
    public static string RequireRoundTrip(Module module, IReadOnlyList<GraphInput> inputs)
    {
        Graph graph = Graph.Trace(module, inputs, training: true);
        string text = NetworkText.Print(graph);
        TextNetwork network = NetworkText.ParseAll(text);
        Assert.Equal(inputs, network.Inputs);
        RequireSame(Of(graph), Of(Graph.Trace(network, inputs, training: true)));
        RequireSame(WithoutNames(Graph.Trace(module, inputs)), WithoutNames(Graph.Trace(network, inputs)));
        Assert.Equal(
            module.NamedParameters().Select(p => p.Path).Order(StringComparer.Ordinal),
            network.NamedParameters().Select(p => p.Path).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            module.NamedBuffers().Select(b => b.Path).Order(StringComparer.Ordinal),
            network.NamedBuffers().Select(b => b.Path).Order(StringComparer.Ordinal)
        );
        return text;
    }

    /// <summary>The same with node numbers for names: an operation of no layer is named by the layer before it, which
    /// in evaluation may be another one.</summary>
    private static string[] WithoutNames(Graph graph) =>
        [
            .. graph.Nodes.Select(n =>
                $"{n.Index}: {n.Operator.Name} ({string.Join(", ", n.Inputs.Select(i => i.Producer is { } from ? $"{from.Index}" : i.Name))}) -> {n.Output.Shape}"
            ),
        ];

    private static void RequireSame(string[] lines, string[] others)
    {
        for (int i = 0; i < Math.Min(lines.Length, others.Length); i++)
        {
            Assert.Equal(lines[i], others[i]);
        }

        Assert.Equal(lines.Length, others.Length);
    }
}
