namespace Fovea.Workbench;

/// <summary>Finds the points of a network where signals are measured, and its parameters.</summary>
internal sealed class MeasuringPoints
{
    private readonly Evidence _evidence;
    private readonly Dictionary<Value, int> _places = [];
    private readonly List<MeasuredPoint> _points = [];

    private MeasuringPoints(Evidence evidence)
    {
        _evidence = evidence;
        Graph graph = evidence.Graph;
        HashSet<Value> outputs = [.. graph.Outputs];
        foreach (Value input in graph.Inputs)
        {
            Add(input, PointKind.Input, "input", outputs);
        }

        foreach (Node node in graph.Nodes.Where(n => n.Output.IsActivation))
        {
            if (KindOf(node, outputs) is { } kind)
            {
                Add(node.Output, kind, node.Operator.Name, outputs);
            }
        }
    }

    /// <summary>The points, in the order of execution.</summary>
    public IReadOnlyList<MeasuredPoint> Points => _points;

    /// <summary>The places of values in <see cref="Points"/>, by the values' names.</summary>
    public IReadOnlyDictionary<string, int> Places => _places.ToDictionary(p => p.Key.Name, p => p.Value);

    /// <summary>Finds them.</summary>
    /// <param name="evidence">The network, traced as in training.</param>
    public static MeasuringPoints Of(Evidence evidence) => new(evidence);

    /// <summary>The parameters of a network.</summary>
    /// <param name="module">The network.</param>
    /// <param name="optimizer">What updates them.</param>
    public IReadOnlyList<MeasuredParameter> Parameters(Module module, Optimizer optimizer)
    {
        Dictionary<Parameter, Node> readers = [];
        foreach (Node node in _evidence.Graph.Nodes)
        {
            foreach (Parameter parameter in node.Parameters)
            {
                readers.TryAdd(parameter, node);
            }
        }

        HashSet<Node> normalized =
        [
            .. FilterLayer.Of(_evidence).Where(l => l.Result != l.Node.Output).Select(l => l.Node),
        ];
        return
        [
            .. module
                .NamedParameters()
                .Select(p => Of(p.Path, p.Parameter, readers.GetValueOrDefault(p.Parameter), normalized, optimizer)),
        ];
    }

    /// <summary>Parameters of a network that cannot be traced.</summary>
    public static IReadOnlyList<MeasuredParameter> Untraced(Module module, Optimizer optimizer) =>
        [
            .. module
                .NamedParameters()
                .Select(p =>
                {
                    ParameterGroup? group = GroupOf(p.Parameter, optimizer);
                    return new MeasuredParameter(
                        p.Path,
                        -1,
                        p.Parameter.Count,
                        p.Parameter.Kind == ParameterKind.Weight,
                        p.Parameter.RequiresGrad,
                        group is not null,
                        IsReached: true,
                        IsNormalized: false,
                        group?.WeightDecay ?? 0.0,
                        group?.LearningRateScale ?? 0.0
                    );
                }),
        ];

    private MeasuredParameter Of(
        string path,
        Parameter parameter,
        Node? reader,
        HashSet<Node> normalized,
        Optimizer optimizer
    )
    {
        ParameterGroup? group = GroupOf(parameter, optimizer);
        return new MeasuredParameter(
            path,
            reader is not null && _places.TryGetValue(reader.Output, out int place) ? place : -1,
            parameter.Count,
            parameter.Kind == ParameterKind.Weight,
            parameter.RequiresGrad,
            group is not null,
            reader is not null,
            reader is not null && parameter.Kind == ParameterKind.Weight && normalized.Contains(reader),
            group?.WeightDecay ?? 0.0,
            group?.LearningRateScale ?? 0.0
        );
    }

    private static ParameterGroup? GroupOf(Parameter parameter, Optimizer optimizer) =>
        optimizer.Groups.FirstOrDefault(g => g.Parameters.Contains(parameter));

    private static PointKind? KindOf(Node node, HashSet<Value> outputs) =>
        node.HasFilters() ? PointKind.Filters
        : node.Has(OperatorTraits.Activation) ? PointKind.Activation
        : node.Has(OperatorTraits.Normalizes) ? PointKind.Normalization
        : node.Has(OperatorTraits.Sum) && node.Activations.Count() > 1 ? PointKind.Sum
        : outputs.Contains(node.Output) ? PointKind.Output
        : null;

    private void Add(Value value, PointKind kind, string op, HashSet<Value> outputs)
    {
        int place = _points.Count;
        Shape one = value.Shape.Single;
        int units = one.Rank > 1 ? one[1] : 1;
        int[] from = [.. Before(value).Distinct().Order()];
        _points.Add(
            new MeasuredPoint(
                value.Name,
                kind,
                op,
                kind == PointKind.Filters ? place
                    : from is [var first, ..] ? _points[first].Layer
                    : -1,
                units,
                (int)Math.Max(1, one.Count / Math.Max(1, units)),
                from,
                outputs.Contains(value),
                _evidence.Signals[value]?.MeanSquare,
                _evidence.Signals.Gradient(value)
            )
        );
        _places[value] = place;
    }

    /// <summary>The points that a value is computed from without others in between.</summary>
    private IEnumerable<int> Before(Value value)
    {
        Stack<Value> open = new(value.Producer?.Activations.Select(a => a.Value) ?? []);
        HashSet<Value> seen = [];
        while (open.TryPop(out Value? next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            if (_places.TryGetValue(next, out int place))
            {
                yield return place;
            }
            else
            {
                foreach ((_, Value before) in next.Producer?.Activations ?? [])
                {
                    open.Push(before);
                }
            }
        }
    }
}
