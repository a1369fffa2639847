using Fovea.Interop.Onnx.Messages;
using Google.Protobuf.Collections;

namespace Fovea.Interop.Onnx;

/// <summary>Writes the nodes of a graph, and keeps which names its values have in the file.</summary>
internal sealed class OnnxGraphWriter
{
    private readonly Graph _graph;
    private readonly NormalizationFolding? _folding;
    private readonly HashSet<string> _taken = [];
    private readonly HashSet<string> _tensorNames = [];
    private readonly Dictionary<Value, (string Name, ElementType Type)> _names = [];
    private readonly Dictionary<(Value, ElementType), string> _converted = [];
    private readonly Dictionary<(Value, Shape), string> _known = [];
    private readonly List<NodeProto> _nodes = [];
    private readonly List<OnnxTensor> _tensors = [];

    /// <summary>Creates a writer.</summary>
    /// <param name="graph">The graph, of evaluation.</param>
    /// <param name="opset">The version of the set of operators.</param>
    /// <param name="folding">Normalizations that go into the layers before them; null for none.</param>
    public OnnxGraphWriter(Graph graph, int opset, NormalizationFolding? folding)
    {
        (_graph, Opset, _folding) = (graph, opset, folding);
        _taken.UnionWith(graph.Nodes.Select(n => n.Name));
        foreach (Value value in graph.Parameters.Concat(graph.State))
        {
            Reserve(value.Name);
        }
    }

    /// <summary>The version of the set of operators.</summary>
    public int Opset { get; }

    /// <summary>The nodes so far.</summary>
    public IReadOnlyList<NodeProto> Nodes => _nodes;

    /// <summary>The tensors that nodes read, in the order of first use.</summary>
    public IReadOnlyList<OnnxTensor> Tensors => _tensors;

    /// <summary>Keeps a name for an input or output of the file.</summary>
    public void Reserve(string name)
    {
        _taken.Add(name);
        _tensorNames.Add(name);
    }

    /// <summary>A name that nothing has yet: with _2, _3 behind it where it is taken.</summary>
    public string Unique(string name)
    {
        string unique = name;
        for (int i = 2; !_taken.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }

    /// <summary>Writes all nodes.</summary>
    /// <exception cref="ModelFormatException">Some operators have no way back; the message lists them all.</exception>
    public void WriteAll()
    {
        string[] refused =
        [
            .. _graph
                .Nodes.Where(n => n.Operator is not EvaluatedOperator && OnnxCatalog.FindWriting(n.Operator) is null)
                .GroupBy(n => (n.Operator.Name, OnnxCatalog.WhyNotWritten(n.Operator)))
                .Select(g => $"{g.Key.Name} in {string.Join(", ", g.Select(n => $"'{n.Name}'"))} ({g.Key.Item2})"),
        ];
        if (refused.Length > 0)
        {
            throw new ModelFormatException(
                $"{_graph.Name}: operators that ONNX files cannot hold: {string.Join("; ", refused)}."
            )
            {
                IsUnsupported = true,
            };
        }

        foreach (Node node in _graph.Nodes)
        {
            OnnxUse use = new(this, node, node.Name);
            if (node.Operator is EvaluatedOperator evaluated)
            {
                evaluated.Write(use);
                continue;
            }

            OnnxCatalog.FindWriting(node.Operator)!.Write(use);
        }
    }

    /// <summary>Adds a node.</summary>
    /// <returns>The names of its outputs.</returns>
    public string[] Add(
        string name,
        string type,
        IEnumerable<string> inputs,
        IEnumerable<AttributeProto> attributes,
        int outputs = 1
    )
    {
        NodeProto node = new() { Name = name, OpType = type };
        node.Input.AddRange(inputs);
        node.Output.Add(_tensorNames.Contains(name) ? Unique($"{name}.out") : name);
        for (int i = 1; i < outputs; i++)
        {
            node.Output.Add(Unique($"{name}.out{i}"));
        }

        node.Attribute.AddRange(attributes.OrderBy(a => a.Name, StringComparer.Ordinal));
        _nodes.Add(node);
        return [.. node.Output];
    }

    /// <summary>Adds a tensor.</summary>
    /// <returns>Its name.</returns>
    public string AddTensor(string name, Tensor tensor, Shape? shape = null, bool isLearned = false)
    {
        OnnxTensor added = new(Unique(name), tensor, shape ?? tensor.Shape) { IsLearned = isLearned };
        _tensorNames.Add(added.Name);
        _tensors.Add(added);
        return added.Name;
    }

    /// <summary>Says what a value of the graph is called.</summary>
    public void Name(Value value, string name, ElementType? type = null) =>
        _names[value] = (name, type ?? OnnxTensors.TypeOf(value.DType));

    /// <summary>Says that a value is another one, perhaps converted.</summary>
    public void Alias(Value value, Value source)
    {
        _ = NameOfKnown(source);
        _names[value] = _names[source];
    }

    /// <summary>Whether a value is held as truth values.</summary>
    public bool IsTruth(Value value) => _names.TryGetValue(value, out var held) && held.Type == ElementType.Bool;

    /// <summary>Whether a normalization is in the layer before it already.</summary>
    public bool IsFolded(Node node) => _folding?.Contains(node) == true;

    /// <summary>Number of inputs that a node is written with.</summary>
    public int InputsOf(Node node) => _folding?.Of(node) is null ? node.Inputs.Count : 3;

    /// <summary>The name of an input of a node.</summary>
    public string NameOf(Node node, int input)
    {
        if (input == 0 || _folding?.Of(node) is not { } folded)
        {
            return NameOf(node.Inputs[input]);
        }

        string name = input == 1 ? node.Inputs[1].Name : $"{node.Name}.bias";
        Value key = input == 1 ? node.Inputs[1] : node.Output;
        if (!_known.TryGetValue((key, []), out string? known))
        {
            Tensor tensor = input == 1 ? folded.Weight : folded.Bias;
            _known[(key, [])] = known = Added(name, tensor, tensor.Shape, isLearned: true);
        }

        return known;
    }

    /// <summary>The name of a value as the element type that it has here.</summary>
    public string NameOf(Value value) => NameOf(value, OnnxTensors.TypeOf(value.DType), null);

    /// <summary>The name of a known value under other sizes.</summary>
    public string NameOf(Value value, Shape shape)
    {
        if (value.Tensor is null || shape == value.Shape.Single)
        {
            return NameOf(value);
        }

        if (!_known.TryGetValue((value, shape), out string? name))
        {
            _known[(value, shape)] = name = Added(value.Name, value.Tensor, shape);
        }

        return name;
    }

    /// <summary>The name of a value as an element type.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The type.</param>
    /// <param name="place">Where a conversion goes; null for beside the value.</param>
    public string NameOf(Value value, ElementType type, OnnxUse? place)
    {
        (string name, ElementType held) = NameOfKnown(value);
        if (held == type)
        {
            return name;
        }

        if (!_converted.TryGetValue((value, type), out string? converted))
        {
            converted =
                held.IsFloat() && type == ElementType.Bool
                    ? ArithmeticOperators.NotZero(place!, name, value.DType)
                    : Add(
                        place?.Name ?? (value.Producer?.Operator is Cast ? value.Name : Unique($"{value.Name}.cast")),
                        "Cast",
                        [name],
                        [OnnxAttribute.Int("to", (long)type)]
                    )[0];
            _converted[(value, type)] = converted;
        }

        return converted;
    }

    /// <summary>Gives a value that a node computes a name of the file's interface.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its element type there.</param>
    /// <param name="name">The name.</param>
    public void Expose(Value value, ElementType type, string name)
    {
        string current = NameOf(value, type, null);
        NodeProto? producer = _nodes.Find(n => n.Output.Contains(current));
        if (producer is null || (_tensorNames.Contains(current) && current != name))
        {
            NodeProto same = new() { Name = Unique($"{name}.same"), OpType = "Identity" };
            same.Input.Add(current);
            same.Output.Add(name);
            _nodes.Add(same);
            return;
        }

        foreach (NodeProto node in _nodes)
        {
            Rename(node.Input, current, name);
            Rename(node.Output, current, name);
        }

        foreach ((Value other, (string, ElementType Type) held) in _names.Where(n => n.Value.Name == current).ToArray())
        {
            _names[other] = (name, held.Type);
        }

        foreach ((Value, ElementType) key in _converted.Where(c => c.Value == current).Select(c => c.Key).ToArray())
        {
            _converted[key] = name;
        }
    }

    private static void Rename(RepeatedField<string> names, string from, string to)
    {
        for (int i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == from ? to : names[i];
        }
    }

    private (string Name, ElementType Type) NameOfKnown(Value value)
    {
        if (_names.TryGetValue(value, out (string, ElementType) known))
        {
            return known;
        }

        Tensor tensor =
            value.Tensor
            ?? throw new ModelFormatException(
                $"{value.Name}: the value is read, and its node '{value.Producer?.Name}' does not write it."
            );
        string name = Added(value.Name, tensor, tensor.Shape);
        Name(value, name);
        return _names[value];
    }

    /// <summary>A tensor of the graph: parameters and state keep their names.</summary>
    private string Added(string name, Tensor tensor, Shape shape, bool isLearned = false)
    {
        if (!_tensorNames.Contains(name) || _tensors.Exists(t => t.Name == name))
        {
            return AddTensor(name, tensor, shape, isLearned);
        }

        _tensors.Add(new OnnxTensor(name, tensor, shape) { IsLearned = isLearned }); // its name was kept
        return name;
    }
}
