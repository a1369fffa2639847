namespace Fovea.Workbench;

/// <summary>How all sizes along one spatial axis follow from the input's. Operators are asked one by one, each size
/// once, so that a network can be tried at many sizes without tracing it again.</summary>
internal sealed class AxisSizes
{
    private readonly ReceptiveFields _fields;
    private readonly int _axis;
    private readonly List<Step> _steps = [];
    private readonly List<(int Size, int Other)> _equal = [];
    private readonly List<(int Size, int Value)> _fixed = [];
    private readonly Dictionary<Value, int> _sizeOf = [];
    private readonly Dictionary<(int From, string Rule), int> _known = [];
    private readonly Dictionary<string, int> _rules = [];
    private readonly Dictionary<(int Rule, int Size), (int Out, int Unread)?> _asked = [];

    private AxisSizes(Evidence evidence, int axis)
    {
        (_fields, _axis) = (evidence.Fields, axis);
        _sizeOf[evidence.Graph.Input] = 0;
        foreach (Node node in evidence.Graph.Nodes)
        {
            Add(node);
        }
    }

    /// <summary>The layer whose sizes follow no known rule; null where there is none.</summary>
    public string? Unknown { get; private set; }

    /// <summary>Whether a size tried so far was refused because a layer takes one size only, as a linear layer does
    /// behind a flattened map.</summary>
    public bool IsBound { get; private set; }

    /// <summary>The sizes of one axis.</summary>
    /// <param name="evidence">What is known of the network.</param>
    /// <param name="axis">0 is the outermost.</param>
    public static AxisSizes Of(Evidence evidence, int axis) => new(evidence, axis);

    /// <summary>The input positions after which all strides begin anew: the least common multiple of what the fields
    /// behind strided windows advance in a period, up to a node.</summary>
    /// <param name="evidence">What is known of the network.</param>
    /// <param name="axis">0 is the outermost.</param>
    /// <param name="last">Index of the last node.</param>
    public static int TotalStride(Evidence evidence, int axis, int last)
    {
        int total = 1;
        foreach (Node node in evidence.Graph.Nodes.Take(last + 1))
        {
            foreach ((int along, WindowAxisMap window) in evidence.WindowsOf(node))
            {
                total =
                    along == axis && window.Stride > 1
                        ? WithSteps(total, evidence.Fields[node.Output]?.Axes[axis])
                        : total;
            }
        }

        return total;
    }

    /// <summary>Tries an input size.</summary>
    /// <param name="size">Input positions along the axis.</param>
    /// <returns>Whether every strided window reads its padded input to the end; null where a layer does not take what
    /// it would get.</returns>
    public bool? IsEven(int size)
    {
        if (All(size) is not ({ } sizes, bool even))
        {
            return null;
        }

        bool refused = _fixed.Exists(f => sizes[f.Size] != f.Value);
        IsBound |= refused;
        return refused || _equal.Exists(e => sizes[e.Size] != sizes[e.Other]) ? null : even;
    }

    /// <summary>The size of a value for an input size; null where it does not follow, or a layer refuses a size.</summary>
    /// <param name="value">A value of the graph.</param>
    /// <param name="size">Input positions along the axis.</param>
    public int? At(Value value, int size) =>
        _sizeOf.TryGetValue(value, out int index) && All(size) is (int[] sizes, _) ? sizes[index] : null;

    /// <summary>All sizes for an input size, and whether every strided window reads its padded input to the
    /// end.</summary>
    private (int[] Sizes, bool IsEven)? All(int size)
    {
        int[] sizes = new int[_steps.Count + 1];
        sizes[0] = size;
        bool even = true;
        for (int i = 0; i < _steps.Count; i++)
        {
            if (Ask(_steps[i], sizes[_steps[i].From]) is not (int output, int unread))
            {
                return null;
            }

            sizes[i + 1] = output;
            even &= unread == 0;
        }

        return (sizes, even);
    }

    /// <summary>The least common multiple of a number and what the lines of a field advance in a period, the gates'
    /// left out.</summary>
    internal static int WithSteps(int total, AxisField? field)
    {
        foreach (FieldLine line in field?.Lines.Where(l => l.Advance > 0.0) ?? [])
        {
            double common = total / Divisor(total, line.Advance) * line.Advance;
            total = (int)Math.Min(common, int.MaxValue);
        }

        return total;
    }

    private static double Divisor(double a, double b) => b == 0.0 ? a : Divisor(b, a % b);

    private void Add(Node node)
    {
        int? result = null;
        foreach ((int input, Value value) in node.Activations)
        {
            if (!_sizeOf.TryGetValue(value, out int from))
            {
                continue;
            }

            if (_fields.MapOf(node, input, _axis) is not (int along, AxisMap map))
            {
                Unknown ??= node.Name;
            }
            else if (along < 0)
            {
                Leave(node, from, map);
            }
            else if (After(node, input, from, map) is int next)
            {
                _equal.AddRange(result is int other && other != next ? [(other, next)] : []);
                result ??= next;
            }
        }

        if (result is int size)
        {
            _sizeOf[node.Output] = size;
        }
    }

    /// <summary>An axis that is flattened away stands in the weights of what follows, and is bound to its size; one
    /// that is pooled away is not.</summary>
    private void Leave(Node node, int from, AxisMap map)
    {
        if ((node.Operator.Traits & OperatorTraits.Moves) != 0)
        {
            _fixed.Add((from, map.In));
        }
    }

    private int? After(Node node, int input, int from, AxisMap map)
    {
        if (map is IdentityAxis && (node.Operator.Traits & OperatorTraits.Pool) == 0) // an adaptive pool may keep this size and change others
        {
            return from;
        }

        if (node.Activations.Count() > 1)
        {
            Unknown = map is AllAxis ? Unknown : Unknown ?? node.Name; // a gate is broadcast, whatever the size; joining along the axis has no rule here
            return null;
        }

        if (map is AllAxis { Out: 1 })
        {
            return null; // pooled to one position, whatever the size
        }

        string rule = map is WindowAxisMap w
            ? $"{node.Operator.Name} {w.Kernel} {w.Stride} {w.Dilation} {w.Before} {w.After} {w.Mode} {w.CeilMode} {string.Join(' ', node.Operator.Options)}"
            : $"{node.Index}";
        if (!_known.TryGetValue((from, rule), out int next))
        {
            int number = _rules.TryGetValue(rule, out int seen) ? seen : _rules[rule] = _rules.Count;
            _steps.Add(new Step(from, number, node, input, _fields[node.Inputs[input]]!.Axes[_axis].Axis));
            _known[(from, rule)] = next = _steps.Count;
        }

        return next;
    }

    private (int Out, int Unread)? Ask(Step step, int size)
    {
        if (!_asked.TryGetValue((step.Rule, size), out (int, int)? answer))
        {
            _asked[(step.Rule, size)] = answer = Answer(step, size);
        }

        return answer;
    }

    private static (int Out, int Unread)? Answer(Step step, int size)
    {
        Shape[] inputs = [.. step.Node.Shapes.Inputs];
        int[] sizes = inputs[step.Input].Sizes.ToArray();
        sizes[step.Axis] = size;
        inputs[step.Input] = Shape.Create(sizes);
        try
        {
            OperatorShapes shapes = new(inputs, step.Node.Operator.OutputShape(inputs));
            return step.Node.Operator.ReadsOf(shapes, step.Input, step.Axis) is not (_, AxisMap map) ? null
                : map is WindowAxisMap { Stride: > 1 } window ? (map.Out, window.Unread)
                : (map.Out, 0);
        }
        catch (ShapeException)
        {
            return null;
        }
    }

    /// <summary>An operator that changes the size.</summary>
    private sealed record Step(int From, int Rule, Node Node, int Input, int Axis);
}
