namespace Fovea;

/// <summary>What a value of a graph is.</summary>
public enum ValueKind
{
    /// <summary>An input of the network.</summary>
    Input,

    /// <summary>The output of a node.</summary>
    Activation,

    /// <summary>Something learned.</summary>
    Parameter,

    /// <summary>State that is not learned, such as running statistics.</summary>
    State,

    /// <summary>A tensor that the network made for itself.</summary>
    Constant,
}

/// <summary>A tensor that flows through a graph, or stands beside it.</summary>
public sealed class Value
{
    private readonly List<Node> _consumers = [];

    internal Value(
        ValueKind kind,
        string name,
        SymbolicShape shape,
        DType dtype,
        Node? producer = null,
        Tensor? tensor = null
    ) =>
        (Kind, Name, Shape, DType, Producer, Tensor, IsActivation) = (
            kind,
            name,
            shape,
            dtype,
            producer,
            tensor,
            kind == ValueKind.Input || (producer?.Inputs.Any(i => i.IsActivation) ?? false)
        );

    /// <summary>What it is.</summary>
    public ValueKind Kind { get; }

    /// <summary>The producing node's name, a parameter's path, or <c>input</c>.</summary>
    public string Name { get; internal set; }

    /// <summary>Its shape; the batch is left open.</summary>
    public SymbolicShape Shape { get; }

    /// <summary>Its element type.</summary>
    public DType DType { get; }

    /// <summary>The node that computes it; null unless it is an activation.</summary>
    public Node? Producer { get; }

    /// <summary>The tensor itself, where it is known without running: a parameter, state or a constant.</summary>
    public Tensor? Tensor { get; }

    /// <summary>The parameter, where it is one.</summary>
    public Parameter? Parameter => Tensor as Parameter;

    /// <summary>The nodes that read it, in order; one that reads it twice comes twice.</summary>
    public IReadOnlyList<Node> Consumers => _consumers;

    /// <summary>Whether it is the network's input or computed from it; false also for values computed from parameters
    /// alone.</summary>
    public bool IsActivation { get; }

    internal void AddConsumer(Node node) => _consumers.Add(node);

    internal void KeepConsumers(Predicate<Node> kept) => _consumers.RemoveAll(node => !kept(node));

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}
