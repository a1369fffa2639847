using System.Text;

namespace Fovea.Workbench;

/// <summary>A graph as TensorBoard draws it: a GraphDef (tensorflow/core/framework/graph.proto).</summary>
/// <remarks>Layers become scopes: <c>layer1.0.conv1</c> is written <c>layer1/0/conv1</c>. What nodes read beside
/// activations (parameters, state, constants) is drawn as nodes of its own.</remarks>
internal sealed class EventGraph
{
    private const int NodeField = 1;
    private const int VersionsField = 4;
    private const int Producer = 1;
    private const int Name = 1;
    private const int Operation = 2;
    private const int Input = 3;
    private const int Attribute = 5;
    private const int ShapeInList = 7;

    private readonly Dictionary<object, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The bytes of the definition.</summary>
    public static ReadOnlySpan<byte> Definition(Graph graph)
    {
        EventGraph names = new();
        return FieldWriter.Message(g =>
        {
            foreach (Value input in graph.Inputs)
            {
                names.Beside(g, input);
            }

            foreach (Node node in graph.Nodes)
            {
                foreach (Value value in node.Inputs.Where(v => v.Producer is null))
                {
                    names.Beside(g, value);
                }

                g.Message(NodeField, n => names.Write(n, node));
            }

            g.Message(VersionsField, v => v.Integer(Producer, 1));
        });
    }

    /// <summary>A value that no node computes, once.</summary>
    private void Beside(FieldWriter graph, Value value)
    {
        if (_names.ContainsKey(value))
        {
            return;
        }

        string name = _names[value] = Unique(value.Name);
        graph.Message(
            NodeField,
            n =>
            {
                n.Text(Name, name);
                n.Text(Operation, value.Kind == ValueKind.Input ? "Placeholder" : value.Kind.ToString());
                Shapes(n, [value]);
            }
        );
    }

    private void Write(FieldWriter writer, Node node)
    {
        string name = _names[node] = Unique(node.Name);
        writer.Text(Name, name);
        writer.Text(Operation, node.Operator.Name);
        foreach (Value input in node.Inputs)
        {
            writer.Text(Input, Reference(input));
        }

        Shapes(writer, node.Outputs);
        foreach (OperatorOption option in node.Operator.Options)
        {
            Attributes(writer, option.Name, a => a.Text(2, option.Value));
        }
    }

    private string Reference(Value value) =>
        value.Producer is not { } producer ? _names[value]
        : value.OutputIndex == 0 ? _names[producer]
        : $"{_names[producer]}:{value.OutputIndex}";

    private static void Shapes(FieldWriter node, IEnumerable<Value> values) =>
        Attributes(
            node,
            "_output_shapes",
            a =>
                a.Message(
                    1,
                    list =>
                    {
                        foreach (Value value in values)
                        {
                            list.Message(ShapeInList, s => EventMessages.Shape(s, Sizes(value.Shape)));
                        }
                    }
                )
        );

    /// <summary>An entry of the map of attributes: key and value.</summary>
    private static void Attributes(FieldWriter node, string key, Action<FieldWriter> value) =>
        node.Message(
            Attribute,
            entry =>
            {
                entry.Text(1, key);
                entry.Message(2, value);
            }
        );

    private static IEnumerable<int> Sizes(SymbolicShape shape) =>
        Enumerable.Range(0, shape.Rank).Select(axis => shape.ScalesWithBatch(axis) ? -1 : shape.Single[axis]);

    /// <summary>A name of letters, digits and <c>_ . - /</c> that no other node has.</summary>
    private string Unique(string path)
    {
        StringBuilder text = new();
        foreach (char c in path.Replace('.', '/'))
        {
            text.Append(char.IsAsciiLetterOrDigit(c) || c is '/' or '-' ? c : '_');
        }

        string name = text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) ? $"{text}" : $"n{text}",
            unique = name;
        for (int i = 2; !_taken.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }
}
