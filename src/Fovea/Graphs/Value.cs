namespace Fovea.Graphs;

/// <summary>What a value of a graph is.</summary>
public enum ValueKind
{
    /// <summary>An input of the network.</summary>
    Input,

    /// <summary>An output of a node.</summary>
    Activation,

    /// <summary>Something learned.</summary>
    Parameter,

    /// <summary>State that is not learned, such as running statistics.</summary>
    State,

    /// <summary>A tensor that the network made for itself.</summary>
    Constant,

    /// <summary>A number that randomness is a function of: an input that each run draws anew.</summary>
    Key,
}

/// <summary>One reading of a value.</summary>
/// <param name="Node">The node that reads it.</param>
/// <param name="Position">Position among the node's inputs.</param>
public readonly record struct ValueUse(Node Node, int Position);

/// <summary>A tensor that flows through a graph, or stands beside it.</summary>
public sealed class Value
{
    private readonly List<ValueUse> _uses = [];
    private readonly List<Node> _consumers = [];

    internal Value(
        ValueKind kind,
        string name,
        SymbolicShape shape,
        DType dtype,
        Tensor? tensor = null,
        IKeySource? keySource = null
    ) =>
        (Kind, Name, Shape, DType, Tensor, KeySource, IsActivation) = (
            kind,
            name,
            shape,
            dtype,
            tensor,
            keySource,
            kind == ValueKind.Input
        );

    internal Value(Node producer, int index, SymbolicShape shape, OutputSpec spec)
        : this(ValueKind.Activation, "", shape, spec.DType) =>
        (Producer, OutputIndex, Role, OwnName, IsActivation) = (
            producer,
            index,
            spec.Role,
            spec.Name,
            spec.Role != OutputRole.NextState && producer.Inputs.Any(i => i.IsActivation)
        );

    /// <summary>What it is.</summary>
    public ValueKind Kind { get; }

    /// <summary>The producing node's name, for further outputs with a word behind (<c>bn1.mean</c>); a parameter's path; or
    /// <c>input</c>.</summary>
    public string Name { get; internal set; }

    /// <summary>Its shape; the batch is left open.</summary>
    public SymbolicShape Shape { get; }

    /// <summary>Its element type.</summary>
    public DType DType { get; }

    /// <summary>The node that computes it; null unless it is an activation.</summary>
    public Node? Producer { get; }

    /// <summary>Which output of its node it is; 0 where it has none.</summary>
    public int OutputIndex { get; }

    /// <summary>What it is for, where a node computes it.</summary>
    public OutputRole Role { get; }

    /// <summary>The state whose next value it is; null for any other.</summary>
    public Value? UpdatedState { get; internal set; }

    /// <summary>The tensor itself, where it is known without running: a parameter, state or a constant.</summary>
    public Tensor? Tensor { get; }

    /// <summary>The parameter, where it is one.</summary>
    public Parameter? Parameter => Tensor as Parameter;

    /// <summary>The nodes that read it, in order; one that reads it twice comes twice.</summary>
    public IReadOnlyList<Node> Consumers => _consumers;

    /// <summary>Every reading of it, in the order of the nodes.</summary>
    public IReadOnlyList<ValueUse> Uses => _uses;

    /// <summary>Whether it is an input of the network or computed from one; false for values computed from parameters alone,
    /// and for next states.</summary>
    public bool IsActivation { get; }

    /// <summary>Who draws a key.</summary>
    internal IKeySource? KeySource { get; }

    /// <summary>The word of an output behind its node's name; empty for the first.</summary>
    internal string OwnName { get; } = "";

    internal void AddUse(Node node, int position)
    {
        _uses.Add(new ValueUse(node, position));
        _consumers.Add(node);
    }

    internal void KeepUses(Predicate<Node> kept)
    {
        _uses.RemoveAll(use => !kept(use.Node));
        _consumers.RemoveAll(node => !kept(node));
    }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}

/// <summary>Draws the keys of a random operator.</summary>
internal interface IKeySource
{
    /// <summary>The path of the layer.</summary>
    string Path { get; }

    /// <summary>The next key.</summary>
    ulong NextKey();
}
