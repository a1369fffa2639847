namespace Fovea.Workbench;

/// <summary>A network up to one of its values.</summary>
internal static class GraphCut
{
    /// <summary>The network that ends where a value is computed.</summary>
    /// <param name="graph">A network traced in evaluation.</param>
    /// <param name="value">An output of one of its nodes.</param>
    /// <returns>The network, and the place of the value among its outputs; null where the value comes behind all of the
    /// outputs, or is not the first output of its node.</returns>
    public static (GraphModule Module, int Output)? Until(Graph graph, Value value)
    {
        int output = graph
            .Outputs.ToList()
            .FindIndex(o => o.Producer is { } last && last.Index >= value.Producer?.Index);
        if (output < 0 || value.OutputIndex != 0)
        {
            return null;
        }

        Node ends = graph.Outputs[output].Producer!;
        if (ends == value.Producer)
        {
            return (new GraphModule(graph), output);
        }

        Tensor? found = null;
        Graph cut = graph.Rewrite(
            replace: (node, inputs) =>
            {
                if (node == value.Producer)
                {
                    found = node.Operator.Apply([.. inputs]);
                    return found;
                }

                return node == ends && ends.Outputs.Count == 1 ? found : null;
            }
        );
        return ends.Outputs.Count == 1 ? (new GraphModule(cut), output) : null;
    }
}
