namespace Fovea.Graphs;

/// <summary>One use of an operator in a graph.</summary>
public sealed class Node
{
    private OperatorShapes? _shapes;
    private readonly bool[] _differentiable;
    private string _name = "";

    internal Node(int index, Operator op, Value[] inputs, SymbolicShape[] shapes, IReadOnlyList<OutputSpec> outputs)
    {
        (Index, Operator, Inputs) = (index, op, inputs);
        _differentiable = [.. outputs.Select(o => o.IsDifferentiable && o.DType != DType.Int64)];
        Outputs = [.. outputs.Select((spec, j) => new Value(this, j, shapes[j], spec))];
    }

    /// <summary>Position in the graph's order, in which every node comes after those it reads from.</summary>
    public int Index { get; internal set; }

    /// <summary>
    /// The path of the layer, such as <c>layer2.0.conv1</c>. An operation that belongs to no layer (<c>a + b</c> in a
    /// Forward) is named by the module of the layer
    /// before it, <c>layer2.0.add</c>. A layer used again has <c>#2</c>, <c>#3</c> behind its name.
    /// </summary>
    public string Name
    {
        get => _name;
        internal set
        {
            _name = value;
            foreach (Value output in Outputs)
            {
                output.Name = output.OutputIndex == 0 ? value : $"{value}.{output.OwnName}";
            }
        }
    }

    /// <summary>The operator.</summary>
    public Operator Operator { get; }

    /// <summary>Which part of a training step it belongs to.</summary>
    public NodeOrigin Origin { get; internal init; }

    /// <summary>The name of the forward node it belongs to: its own, or of which it is the gradient.</summary>
    internal string Layer => Source.Length > 0 ? Source : Name;

    /// <summary>The name of the forward node of which it is the gradient, or which it is once more; empty for none.</summary>
    internal string Source { get; init; } = "";

    /// <summary>What it reads, in the operator's order: activations, parameters, state.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>All it computes, in the operator's order.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    /// <summary>What it computes: the first of <see cref="Outputs"/>.</summary>
    public Value Output => Outputs[0];

    /// <summary>The shapes for a batch of one item: what the operator's rules are asked with.</summary>
    public OperatorShapes Shapes =>
        _shapes ??= new OperatorShapes([.. Inputs.Select(i => i.Shape.Single)], Output.Shape.Single);

    /// <summary>The inputs that are computed from the network's input, with their positions.</summary>
    public IEnumerable<(int Index, Value Value)> Activations =>
        Inputs.Select((value, index) => (index, value)).Where(i => i.value.IsActivation);

    /// <summary>Whether a gradient may come for an output.</summary>
    internal bool IsDifferentiable(Value output) => _differentiable[output.OutputIndex];

    /// <summary>The parameters it reads.</summary>
    public IEnumerable<Parameter> Parameters => Inputs.Select(i => i.Parameter).OfType<Parameter>();

    /// <summary>Name, operator and output shapes.</summary>
    public override string ToString() =>
        $"{Name}: {Operator.Name} -> {string.Join(", ", Outputs.Where(o => o.Role == OutputRole.Result).Select(o => o.Shape))}";
}

/// <summary>The shapes an operator is used with, for a batch of one item.</summary>
/// <param name="Inputs">Of the inputs, in the operator's order.</param>
/// <param name="Output">Of the first output.</param>
public sealed record OperatorShapes(IReadOnlyList<Shape> Inputs, Shape Output);
