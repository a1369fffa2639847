namespace Fovea.Graphs;

/// <summary>The receptive fields of all values of a network.</summary>
/// <remarks>
/// A field is the stretch from the first to the last input position that a position sees. Stretches are carried forward
/// through every operator, exactly for every position of a period, and joined over paths by the smaller low and the larger
/// high end; misaligned paths are therefore no special case. Without up-sampling the period is 1, and a chain's fields are
/// those of Araujo, Norris, Sim 2019, https://distill.pub/2019/computing-receptive-fields. Which pixels within the stretch
/// are really read, holes of dilation and strides included, <see cref="Mask"/> says.
/// </remarks>
public sealed class ReceptiveFields
{
    private readonly Graph _graph;
    private readonly Dictionary<Value, ReceptiveField?> _fields = [];
    private readonly Dictionary<(Node, int, int), (int OutputAxis, AxisMap Map)?> _maps = [];

    private ReceptiveFields(Graph graph)
    {
        _graph = graph;
        _fields[graph.Input] = new ReceptiveField([
            .. Enumerable.Range(2, graph.SpatialRank).Select(axis => OfInput(axis, graph.Input.Shape.Single[axis])),
        ]);
        foreach (Value other in graph.Inputs.Skip(1).Concat(graph.Nodes.SelectMany(n => n.Outputs.Skip(1))))
        {
            _fields[other] = null; // rules tell of the first input and of first outputs
        }

        foreach (Node node in graph.Nodes)
        {
            _fields[node.Output] = FieldOf(node);
        }
    }

    /// <summary>The field of a value; null where an operator on the way has no rule, or nothing of the input reaches
    /// it.</summary>
    /// <param name="value">A value of the graph.</param>
    public ReceptiveField? this[Value value] => _fields.GetValueOrDefault(value);

    /// <summary>Computes the fields.</summary>
    /// <param name="graph">The network.</param>
    public static ReceptiveFields Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new ReceptiveFields(graph);
    }

    /// <summary>How a node reads one spatial axis of the network's input through one of its inputs; null where that
    /// axis or a rule is missing.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Position of the input among the node's.</param>
    /// <param name="axis">0 is the outermost spatial axis.</param>
    public (int OutputAxis, AxisMap Map)? MapOf(Node node, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _fields[node.Inputs[input]]?.Axes[axis].Axis is >= 0 and int along ? Reads(node, input, along) : null;
    }

    /// <summary>The exact set of input positions that one position of a value reads, whatever the weights: true where a
    /// pixel can change it.</summary>
    /// <param name="value">A value of the graph.</param>
    /// <param name="position">Its position along each spatial axis of the input that it still has, outermost
    /// first.</param>
    /// <returns>One flag an input position, outermost axis first; null where an operator on the way has no
    /// rule.</returns>
    public bool[]? Mask(Value value, params ReadOnlySpan<int> position)
    {
        ArgumentNullException.ThrowIfNull(value);
        return _fields[value] is null ? null : new FieldMask(_graph, this).Of(value, position);
    }

    internal (int OutputAxis, AxisMap Map)? Reads(Node node, int input, int along)
    {
        if (!_maps.TryGetValue((node, input, along), out (int, AxisMap)? map))
        {
            _maps[(node, input, along)] = map = node.Operator.ReadsOf(node.Shapes, input, along);
        }

        return map;
    }

    private ReceptiveField? FieldOf(Node node)
    {
        AxisField?[] joined = new AxisField?[_graph.SpatialRank];
        foreach ((int index, Value value) in node.Activations)
        {
            if (_fields[value] is not { } field)
            {
                return null;
            }

            for (int axis = 0; axis < joined.Length; axis++)
            {
                if (Through(node, index, field.Axes[axis]) is not { } through)
                {
                    return null;
                }

                joined[axis] = joined[axis]?.Joined(through) ?? through;
            }
        }

        return joined.Contains(null) ? null : new ReceptiveField([.. joined.Select(f => f!)]);
    }

    private static AxisField OfInput(int axis, int size) =>
        new(axis, [FieldLine.Identity(size)], FieldLine.Identity(size), size);

    private AxisField? Through(Node node, int input, AxisField field)
    {
        if (field.Axis < 0)
        {
            return field;
        }

        return Reads(node, input, field.Axis) is (int axis, AxisMap map) ? field.Through(axis, map) : null;
    }
}
