namespace Fovea.Graphs;

/// <summary>How the border of the input and of each map differs from the middle, one axis at a time: structure alone,
/// whatever the weights.</summary>
/// <remarks>
/// <para>Coverage: a constant input of 1 through kernels whose taps add up to 1, zero padding adding nothing. What
/// arrives at a position is the share of its taps, over all paths, that lay on the input, resampling with the weights it
/// has: 2/3 at the border after one 3-tap convolution with padding 1, and the product over the axes in a
/// corner.</para>
/// <para>Paths: the number of ways in which an input position reaches the output (Alsallakh et al. 2021, Mind the Pad,
/// https://arxiv.org/abs/2010.02178), relative to the largest.
/// Paths through a gate, such as squeeze-excite's, are the same for all positions and left out.</para>
/// </remarks>
public sealed class BorderProfile
{
    private readonly Graph _graph;
    private readonly ReceptiveFields _fields;
    private readonly int _axis;
    private readonly Dictionary<Value, double[]?> _coverage = [];

    private BorderProfile(Graph graph, ReceptiveFields fields, int axis)
    {
        (_graph, _fields, _axis) = (graph, fields, axis);
        _coverage[graph.Input] = Ones(graph.Input);
        foreach (Node node in graph.Nodes)
        {
            _coverage[node.Output] = CoverageOf(node);
        }
    }

    /// <summary>Computes the profile of one axis.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="fields">Its receptive fields.</param>
    /// <param name="axis">0 is the outermost spatial axis.</param>
    public static BorderProfile Of(Graph graph, ReceptiveFields fields, int axis)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(fields);
        return new BorderProfile(graph, fields, axis);
    }

    /// <summary>Coverage at each position of a value along the axis, 0 to 1; null where it has no positions left or a
    /// rule is missing.</summary>
    /// <param name="value">A value of the graph.</param>
    public IReadOnlyList<double>? Coverage(Value value) => _coverage.GetValueOrDefault(value);

    /// <summary>For each input position the number of paths on which it reaches a value, relative to the largest; null
    /// where a rule is missing.</summary>
    /// <param name="value">A value of the graph.</param>
    public IReadOnlyList<double>? Paths(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (_fields[value] is null)
        {
            return null;
        }

        Dictionary<Value, double[]> counts = new() { [value] = Ones(value)! };
        for (int i = value.Producer?.Index ?? -1; i >= 0; i--)
        {
            Node node = _graph.Nodes[i];
            if (counts.TryGetValue(node.Output, out double[]? count))
            {
                foreach ((int input, Value source) in node.Activations.Where(a => !IsGate(node, a.Index)))
                {
                    double[] own = Back(node, input, source, count);
                    counts[source] = counts.TryGetValue(source, out double[]? known)
                        ? [.. known.Zip(own, (a, b) => a + b)]
                        : own;
                }
            }
        }

        double[] result = counts.GetValueOrDefault(_graph.Input) ?? [];
        double most = result.DefaultIfEmpty(0.0).Max();
        return most > 0.0 ? [.. result.Select(r => r / most)] : result;
    }

    private double[]? Ones(Value value) =>
        _fields[value]?.Axes[_axis].Axis is { } axis
            ? [.. Enumerable.Repeat(1.0, axis >= 0 ? value.Shape.Single[axis] : 1)]
            : null;

    private double[]? CoverageOf(Node node)
    {
        if (_fields[node.Output]?.Axes[_axis] is not { } field || field.Axis < 0)
        {
            return null;
        }

        if (
            node.Activations.ToArray() is [(int only, Value before)]
            && _fields.MapOf(node, only, _axis) is (_, AxisMap same)
            && IsIdentity(same)
        )
        {
            return _coverage[before];
        }

        double[] sum = new double[node.Output.Shape.Single[field.Axis]];
        int branches = 0;
        foreach ((int input, Value source) in node.Activations)
        {
            // A branch without positions, such as a squeeze-excite gate, scales the whole map and changes no profile.
            if (
                _coverage[source] is { } own
                && _fields.MapOf(node, input, _axis) is (>= 0, AxisMap map)
                && (map.In > 1 || map.Out == 1)
            )
            {
                branches = node.Operator is Concatenate && map is WindowAxisMap ? 1 : branches + 1; // behind one another along the axis: no mixture
                for (int o = 0; o < sum.Length; o++)
                {
                    sum[o] += MeanOf(map, own, o);
                }
            }
        }

        return branches == 0 ? [.. Enumerable.Repeat(1.0, sum.Length)] : [.. sum.Select(s => s / branches)];
    }

    private static bool IsIdentity(AxisMap map) =>
        map is IdentityAxis or WindowAxisMap { Kernel: 1, Stride: 1, Before: 0, After: 0 };

    private static double MeanOf(AxisMap map, double[] from, int output)
    {
        if (IsIdentity(map))
        {
            return from[output];
        }

        if (map is TableAxisMap { Weights: { } weights })
        {
            return map.Taps(output).Zip(weights[output], (tap, weight) => weight * from[tap]).Sum();
        }

        double sum = 0.0;
        int taps = 0;
        foreach (int tap in map.Taps(output))
        {
            sum += tap >= 0 ? from[tap] : 0.0;
            taps++;
        }

        return taps == 0 ? 0.0 : sum / taps;
    }

    /// <summary>Whether an input without positions is spread over the positions of the output, as a squeeze-excite gate
    /// is.</summary>
    private bool IsGate(Node node, int input) =>
        _fields[node.Output]!.Axes[_axis].Axis >= 0
        && _fields.MapOf(node, input, _axis) is null or (_, AllAxis { In: 1, Out: > 1 });

    private double[] Back(Node node, int input, Value source, double[] counts)
    {
        (int, AxisMap Map)? reads = _fields.MapOf(node, input, _axis);
        if (reads is (_, AxisMap same) && IsIdentity(same))
        {
            return counts;
        }

        double[] result = new double[Ones(source)!.Length];
        if (reads?.Map is not { } map)
        {
            Array.Fill(result, counts.Sum()); // no positions on either side
            return result;
        }

        for (int o = 0; o < map.Out; o++)
        {
            foreach (int tap in map.Taps(o).Where(t => t >= 0))
            {
                result[tap] += counts[o];
            }
        }

        return result;
    }
}
