namespace Fovea;

/// <summary>The values that flow into a network and out of it.</summary>
internal static class GraphEnds
{
    /// <summary>The inputs of a network.</summary>
    public static IReadOnlyList<Value> InputsOf(Graph graph) => [graph.Input];

    /// <summary>The outputs of a network.</summary>
    public static IReadOnlyList<Value> OutputsOf(Graph graph) => [graph.Output];
}
