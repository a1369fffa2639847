using System.Numerics;

namespace Fovea.Workbench;

/// <summary>How many paths lead from the inputs to each value, by the number of layers with filters on them.</summary>
/// <remarks>
/// By dynamic programming along the graph's order: the paths to a node are those to its inputs, one longer where it has
/// filters. Veit, Wilber, Belongie 2016,
/// https://arxiv.org/abs/1605.06431: n residual blocks have 2^n paths of binomial lengths. The gate of a squeeze-excite block scales what flows and is no path of its own.
/// </remarks>
internal sealed class PathLengths
{
    private readonly Dictionary<Value, SortedDictionary<int, BigInteger>> _counts = [];

    private PathLengths(Graph graph)
    {
        foreach (Value input in graph.Inputs)
        {
            _counts[input] = new() { [0] = BigInteger.One };
        }

        foreach (Node node in graph.Nodes.Where(n => n.Output.IsActivation))
        {
            int own = node.HasFilters() ? 1 : 0;
            SortedDictionary<int, BigInteger> sum = [];
            foreach ((int index, Value value) in node.Activations)
            {
                if (Wiring.IsGate(node, index))
                {
                    continue;
                }

                foreach ((int length, BigInteger count) in _counts[value])
                {
                    sum[length + own] = sum.GetValueOrDefault(length + own) + count;
                }
            }

            foreach (Value output in node.Outputs)
            {
                _counts[output] = sum;
            }
        }

        SortedDictionary<int, BigInteger> all = [];
        foreach ((int length, BigInteger count) in graph.Outputs.Distinct().SelectMany(o => _counts[o]))
        {
            all[length] = all.GetValueOrDefault(length) + count;
        }

        Output = all;
    }

    /// <summary>Number of paths to the outputs by length, shortest first.</summary>
    public IReadOnlyDictionary<int, BigInteger> Output { get; }

    /// <summary>All paths to the outputs.</summary>
    public BigInteger Total => Output.Values.Aggregate(BigInteger.Zero, (a, b) => a + b);

    /// <summary>Layers on the shortest path.</summary>
    public int Shortest => Output.Keys.Min();

    /// <summary>Layers on the longest path.</summary>
    public int Longest => Output.Keys.Max();

    /// <summary>The length that half of all paths do not exceed.</summary>
    public int Median
    {
        get
        {
            BigInteger total = Total,
                sum = BigInteger.Zero;
            return Output.First(p => 2 * (sum += p.Value) >= total).Key;
        }
    }

    /// <summary>Layers on the longest path to a value.</summary>
    public int LongestTo(Value value) => _counts[value].Keys.Last();

    /// <summary>Counts the paths of a network.</summary>
    public static PathLengths Of(Graph graph) => new(graph);
}
