namespace Fovea.Workbench;

/// <summary>Which operations a tool counts, by the tool's name.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Description">What it counts, in a line.</param>
public sealed record CountingConvention(string Name, string Description)
{
    /// <summary>torchvision's column of that name counts multiply-adds of convolutions and matrix products alone, and
    /// calls them GFLOPS.</summary>
    public static CountingConvention Torchvision { get; } =
        new(
            "torchvision",
            "multiply-adds of convolutions and matrix products; no bias, normalization, activation or pooling"
        );

    /// <summary>fvcore adds normalizations, adaptive pools and up-sampling.</summary>
    public static CountingConvention Fvcore { get; } =
        new(
            "fvcore",
            "torchvision's, and 2 an element of an affine batch normalization, 1 an input of an adaptive pool, 1 or 4 an output of up-sampling"
        );

    /// <summary>Keras counts running statistics among the parameters; multiply-adds it does not count.</summary>
    public static CountingConvention Keras { get; } =
        new(
            "keras",
            "parameters with the running statistics of normalizations (trainable ones apart); multiply-adds as torchvision"
        );

    /// <summary>A multiplication and an addition are two operations.</summary>
    public static CountingConvention Flops { get; } =
        new("flops", "floating-point operations: two for each multiply-add of torchvision's count");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CountingConvention> All { get; } = [Torchvision, Fvcore, Keras, Flops];

    /// <summary>The convention of a name.</summary>
    /// <param name="name">E.g. <c>fvcore</c>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static CountingConvention Parse(string name) =>
        All.FirstOrDefault(c => c.Name == name)
        ?? throw new ArgumentException(
            $"Convention '{name}' is not known; there are {string.Join(", ", All.Select(c => c.Name))}."
        );

    /// <summary>Operations for one item.</summary>
    /// <param name="cost">What an operator or network costs.</param>
    public long Operations(OperatorCost cost) =>
        Name switch
        {
            "fvcore" => cost.MultiplyAdds + cost.Other,
            "flops" => 2 * cost.MultiplyAdds,
            _ => cost.MultiplyAdds,
        };

    /// <summary>Parameters of a network.</summary>
    /// <param name="cost">The network's counts.</param>
    public long Parameters(CostSummary cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        return cost.Parameters + (Name == "keras" ? cost.StateValues : 0);
    }

    /// <summary>What one of the operations is called.</summary>
    public string Unit =>
        Name switch
        {
            "flops" => "FLOPs",
            "fvcore" => "operations",
            _ => "MACs",
        };

    /// <summary>Parameters of a node, state included where the convention counts it; each once, at the first node that
    /// reads it.</summary>
    /// <param name="cost">The node's counts.</param>
    /// <param name="seen">State that was counted before.</param>
    internal long Parameters(NodeCost cost, HashSet<Value> seen) =>
        cost.Parameters
        + (
            Name == "keras"
                ? cost
                    .Node.Inputs.Where(i => i.Kind == ValueKind.State && i.Shape.Rank > 0 && seen.Add(i))
                    .Sum(i => i.Shape.Single.Count)
                : 0
        );
}
