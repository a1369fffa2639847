using System.Runtime.InteropServices;
using Fovea.Graphs;

namespace Fovea.Peers.Onnx;

/// <summary>A traced network as an ONNX model, for the operators that the networks of this comparison use and no others.</summary>
/// <remarks>Only a means to give ONNX Runtime the same network: not the library's export, which has to know every operator.
/// Version 17 of the operators; field numbers from onnx.proto, format version 8.</remarks>
internal sealed class OnnxModel
{
    private const int Float = 1,
        FloatAttribute = 1,
        IntegerAttribute = 2,
        IntegersAttribute = 7;

    private readonly OnnxMessage _graph = new();
    private readonly Dictionary<Value, string> _names = [];
    private int _steps;

    private OnnxModel(Graph graph)
    {
        _names[graph.Input] = "x";
        foreach (Value value in graph.Parameters.Concat(graph.State).Where(v => !IsCount(v)))
        {
            AddTensor(_names[value] = value.Name, value.Tensor!.Shape.Sizes, value.Tensor.ToArray());
        }

        if (graph.Nodes.Any(n => n.Operator.Name == "ReLU6"))
        {
            AddTensor("zero", [], [0f]);
            AddTensor("six", [], [6f]);
        }

        foreach (Node node in graph.Nodes)
        {
            Add(node);
        }

        AddNode("Identity", [_names[graph.Output]], "y");
        _graph.Add(2, "fovea").Add(11, Described("x", graph.Input)).Add(12, Described("y", graph.Output));
    }

    /// <summary>The bytes of the model; input <c>x</c>, output <c>y</c>, any number of items.</summary>
    /// <param name="graph">The network, traced in evaluation.</param>
    /// <exception cref="NotSupportedException">It has an operator that is not among those known here.</exception>
    public static byte[] Of(Graph graph) =>
        new OnnxMessage()
            .Add(1, 8L)
            .Add(7, new OnnxModel(graph)._graph)
            .Add(8, new OnnxMessage().Add(2, 17L))
            .ToArray();

    /// <summary>Whether it is a normalization's number of batches, which inference does not read.</summary>
    private static bool IsCount(Value value) => value.Tensor is StateBuffer { IsDiscrete: true };

    private void Add(Node node)
    {
        switch (node.Operator.Attributes)
        {
            case ConvolutionAttributes conv:
                AddNode(
                    "Conv",
                    node,
                    [.. Windows(node, conv.Stride, conv.Padding, conv.Dilation), Integer("group", conv.Groups)]
                );
                break;
            case BatchNormAttributes norm:
                string[] inputs = [.. node.Inputs.Take(5).Select(v => _names[v])];
                AddNode("BatchNormalization", inputs, Named(node), [Number("epsilon", (float)norm.Epsilon)]);
                break;
            case SlidingPoolAttributes pool when node.Operator.Name == "MaxPool2d":
                AddNode(
                    "MaxPool",
                    node,
                    [
                        .. Windows(node, pool.Stride, pool.Padding, pool.Dilation),
                        Integers("kernel_shape", Axes(pool.Kernel)),
                        Integer("ceil_mode", pool.Ceil ? 1 : 0),
                    ]
                );
                break;
            case GlobalPoolAttributes pool when node.Operator.Name == "GlobalAvgPool":
                string pooled = Between();
                AddNode("GlobalAveragePool", [_names[node.Inputs[0]]], pool.Flatten ? pooled : Named(node));
                if (pool.Flatten)
                {
                    AddNode("Flatten", [pooled], Named(node));
                }

                break;
            default:
                AddPlain(node);
                break;
        }
    }

    private void AddPlain(Node node)
    {
        switch (node.Operator.Name)
        {
            case "Linear":
                AddNode("Gemm", node, [Integer("transB", 1)]);
                break;
            case "ReLU6":
                AddNode("Clip", [_names[node.Inputs[0]], "zero", "six"], Named(node));
                break;
            case "SiLU":
                string sigmoid = Between();
                AddNode("Sigmoid", [_names[node.Inputs[0]]], sigmoid);
                AddNode("Mul", [_names[node.Inputs[0]], sigmoid], Named(node));
                break;
            case "Add" or "Sigmoid":
                AddNode(node.Operator.Name, node);
                break;
            case "Multiply":
                AddNode("Mul", node);
                break;
            case "ReLU":
                AddNode("Relu", node);
                break;
            default:
                throw new NotSupportedException(
                    $"{node.Name}: bench/peers writes no {node.Operator.Name}. It knows the operators of the networks that it names in --help."
                );
        }
    }

    private string Named(Node node) => _names[node.Output] = $"{node.Name}:{_steps++}";

    private string Between() => $"between:{_steps++}";

    private void AddNode(string type, Node node, params IEnumerable<OnnxMessage> attributes)
    {
        string[] inputs = [.. node.Inputs.Select(v => _names[v])];
        AddNode(type, inputs, Named(node), attributes);
    }

    private void AddNode(string type, string[] inputs, string output, params IEnumerable<OnnxMessage> attributes)
    {
        OnnxMessage message = new();
        foreach (string input in inputs)
        {
            message.Add(1, input);
        }

        message.Add(2, output).Add(4, type);
        foreach (OnnxMessage attribute in attributes)
        {
            message.Add(5, attribute);
        }

        _graph.Add(1, message);
    }

    private void AddTensor(string name, ReadOnlySpan<int> sizes, float[] values)
    {
        OnnxMessage tensor = new();
        foreach (int size in sizes)
        {
            tensor.Add(1, (long)size);
        }

        _graph.Add(5, tensor.Add(2, (long)Float).Add(8, name).Add(9, MemoryMarshal.AsBytes(values.AsSpan())));
    }

    private static IEnumerable<OnnxMessage> Windows(Node node, PerAxis stride, Padding padding, PerAxis dilation)
    {
        (long Before, long After)[] pads = Pads.Of(padding, node);
        return
        [
            Integers("strides", Axes(stride)),
            Integers("dilations", Axes(dilation)),
            Integers("pads", [.. pads.Select(p => p.Before), .. pads.Select(p => p.After)]),
        ];
    }

    private static long[] Axes(PerAxis values) => [values.At(0, 2), values.At(1, 2)];

    private static OnnxMessage Integer(string name, long value) =>
        new OnnxMessage().Add(1, name).Add(3, value).Add(20, (long)IntegerAttribute);

    private static OnnxMessage Number(string name, float value) =>
        new OnnxMessage().Add(1, name).Add(2, value).Add(20, (long)FloatAttribute);

    private static OnnxMessage Integers(string name, long[] values)
    {
        OnnxMessage message = new OnnxMessage().Add(1, name);
        foreach (long value in values)
        {
            message.Add(8, value);
        }

        return message.Add(20, (long)IntegersAttribute);
    }

    private static OnnxMessage Described(string name, Value value)
    {
        OnnxMessage shape = new OnnxMessage().Add(1, new OnnxMessage().Add(2, "n"));
        foreach (int size in value.Shape.Item.Sizes)
        {
            shape.Add(1, new OnnxMessage().Add(1, (long)size));
        }

        OnnxMessage tensor = new OnnxMessage().Add(1, (long)Float).Add(2, shape);
        return new OnnxMessage().Add(1, name).Add(2, new OnnxMessage().Add(1, tensor));
    }
}
