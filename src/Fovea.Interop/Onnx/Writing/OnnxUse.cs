using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>One use of an operator in a graph that is being written: what it reads, and where its nodes go.</summary>
/// <param name="graph">The graph that is written.</param>
/// <param name="node">The node of Fovea.</param>
/// <param name="name">What the node of ONNX is called.</param>
internal sealed class OnnxUse(OnnxGraphWriter graph, Node node, string name)
{
    /// <summary>The node of Fovea.</summary>
    public Node Node { get; } = node;

    /// <summary>What the node of ONNX is called.</summary>
    public string Name { get; } = name;

    /// <summary>The version of the set of operators.</summary>
    public int Opset => graph.Opset;

    /// <summary>Name of an input.</summary>
    public string this[int input] => graph.NameOf(Node, input);

    /// <summary>Names of the inputs.</summary>
    public string[] Inputs => [.. Enumerable.Range(0, Count).Select(i => this[i])];

    /// <summary>Number of inputs.</summary>
    public int Count => graph.InputsOf(Node);

    /// <summary>Shape of the first input.</summary>
    public SymbolicShape From => Node.Inputs[0].Shape;

    /// <summary>Shape of the output.</summary>
    public SymbolicShape To => Node.Output.Shape;

    /// <summary>Element type of what is computed.</summary>
    public DType Type => Node.Output.DType;

    /// <summary>The operator's arguments.</summary>
    public T Attributes<T>()
        where T : OperatorAttributes => (T)Node.Operator.Attributes;

    /// <summary>The name of an input as a value of an element type: converted where it is of another.</summary>
    public string As(int input, ElementType type) => graph.NameOf(Node.Inputs[input], type, At($"input{input}"));

    /// <summary>Whether the operator is in the layer before it already.</summary>
    public bool IsFolded => graph.IsFolded(Node);

    /// <summary>Whether an input is held as truth values.</summary>
    public bool IsTruth(int input) => graph.IsTruth(Node.Inputs[input]);

    /// <summary>The same use for a further node, named <c>NAME.PART</c>.</summary>
    public OnnxUse At(string part) => new(graph, Node, graph.Unique($"{Name}.{part}"));

    /// <summary>Adds a node.</summary>
    /// <param name="type">The operator of ONNX.</param>
    /// <param name="inputs">Names of what it reads; empty for one that is absent.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The name of its output: the node's.</returns>
    public string Add(string type, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        graph.Add(Name, type, inputs, attributes)[0];

    /// <summary>Adds a node of several outputs.</summary>
    /// <returns>Their names.</returns>
    public string[] AddAll(
        int outputs,
        string type,
        IEnumerable<string> inputs,
        params IEnumerable<AttributeProto> attributes
    ) => graph.Add(Name, type, inputs, attributes, outputs);

    /// <summary>A list of whole numbers among the file's tensors, named <c>NAME.WHAT</c>.</summary>
    public string Ints(string what, IEnumerable<long> values) => Tensor(what, OnnxTensors.List([.. values]));

    /// <summary>One number of the type that is computed in, named <c>NAME.WHAT</c>.</summary>
    public string Number(string what, double value) => Number(what, value, Type);

    /// <summary>One number of a type, named <c>NAME.WHAT</c>.</summary>
    public string Number(string what, double value, DType type) => Tensor(what, Fovea.Tensor.Scalar(value, type));

    /// <summary>Equal numbers, one a channel, which nobody learns.</summary>
    public string Same(string what, double value, int count) => Tensor(what, Fovea.Tensor.Full([count], value, Type));

    /// <summary>A tensor of the file, named <c>NAME.WHAT</c>.</summary>
    public string Tensor(string what, Tensor tensor) => graph.AddTensor($"{Name}.{what}", tensor);

    /// <summary>A value of a file that was read, in its element type.</summary>
    public string Held(string what, OnnxValue value)
    {
        string name = Tensor(what, value.Tensor);
        ElementType carried = OnnxTensors.TypeOf(value.Tensor.DType);
        return carried == value.Type ? name : At(what).Add("Cast", [name], OnnxAttribute.Int("to", (long)value.Type));
    }

    /// <summary>An input that is known, under other sizes.</summary>
    /// <param name="input">Its position.</param>
    /// <param name="shape">The sizes.</param>
    public string Reshaped(int input, Shape shape) => graph.NameOf(Node.Inputs[input], shape);

    /// <summary>Says what stands for an output.</summary>
    public void Is(string value, int output = 0) => graph.Name(Node.Outputs[output], value);

    /// <summary>Says what stands for an output, as a value of an element type other than the usual one.</summary>
    public void Is(string value, ElementType type, int output = 0) => graph.Name(Node.Outputs[output], value, type);

    /// <summary>Says that the output is an input as it is, perhaps under another element type.</summary>
    public void IsInput(int input) => graph.Alias(Node.Output, Node.Inputs[input]);

    /// <summary>Cannot be written; the message names the node.</summary>
    /// <param name="reason">Why, and what to do, without a stop.</param>
    public ModelFormatException Cannot(string reason) =>
        new($"{Node.Operator.Name} '{Node.Name}' cannot be written in opset {Opset}: {reason}.")
        {
            IsUnsupported = true,
        };
}
