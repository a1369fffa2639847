using System.Text;

namespace Fovea.Graphs;

/// <summary>A graph as text, a line a value or node.</summary>
internal static class GraphListing
{
    /// <summary>The listing.</summary>
    public static string Of(Graph graph)
    {
        StringBuilder text = new();
        foreach (Value value in graph.Inputs.Concat(graph.Keys))
        {
            text.Append($"{value.Kind.ToString().ToLowerInvariant()} {value.Name} {Type(value)}\n");
        }

        foreach (Value value in graph.Parameters.Concat(graph.State))
        {
            text.Append($"{value.Kind.ToString().ToLowerInvariant()} {value.Name} {Type(value)}\n");
        }

        NodeOrigin part = NodeOrigin.Forward;
        foreach (Node node in graph.Nodes)
        {
            if (node.Origin != part && node.Origin == NodeOrigin.Gradient && part == NodeOrigin.Forward)
            {
                text.Append('\n');
                part = node.Origin;
            }

            text.Append(Line(node)).Append('\n');
        }

        foreach (StateUpdate update in graph.Updates)
        {
            text.Append($"update {update.State.Name} <- {update.Next.Name}\n");
        }

        foreach (Value output in graph.Outputs)
        {
            text.Append($"output {output.Name} {output.Shape}\n");
        }

        return text.ToString();
    }

    private static string Line(Node node)
    {
        IEnumerable<Value> outputs = node.Outputs.Where(
            (o, j) => j == 0 || o.Uses.Count > 0 || o.Role == OutputRole.NextState
        );
        IEnumerable<string> options = node.Operator.Options.Select(o => $"{o.Name}={o.Value}");
        string arguments = string.Join(", ", node.Inputs.Select(i => i.Name).Concat(options));
        return $"{string.Join(", ", outputs.Select(o => o.Name))} = {node.Operator.Name}({arguments}) {string.Join(", ", outputs.Select(Type))}";
    }

    private static string Type(Value value) =>
        value.DType == DType.Float32 ? $"{value.Shape}" : $"{value.Shape} {value.DType}";
}
