using System.Collections.Concurrent;

namespace Fovea.Workbench;

/// <summary>What questions are answered from. Analyses are made when first asked for.</summary>
public sealed class Evidence
{
    private readonly Lazy<IReadOnlyList<Evidence>> _perInput;
    private readonly Lazy<Dictionary<string, Node>> _byName;
    private readonly Lazy<CostSummary> _cost;
    private readonly Lazy<ReceptiveFields> _fields;
    private readonly Lazy<SignalPrediction> _signals;
    private readonly Lazy<BorderProfile>[] _borders;
    private readonly Lazy<Value> _lastMap;
    private readonly ConcurrentDictionary<Node, IReadOnlyList<(int Axis, WindowAxisMap Window)>> _windows = [];

    /// <summary>Evidence from structure alone.</summary>
    /// <param name="graph">The network, traced as in training.</param>
    /// <param name="model">The network as its user wrote it, for commands in answers; left out, the graph's
    /// name.</param>
    /// <param name="name">The network for a person to read; left out, as <paramref name="model"/>.</param>
    public Evidence(Graph graph, string? model = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
        Model = model ?? graph.Name;
        Name = name ?? Model;
        _cost = new(() => CostSummary.Of(graph));
        _perInput = new(() => ViewsOf(graph));
        _byName = new(() => graph.Nodes.ToDictionary(n => n.Name));
        _fields = new(() =>
            graph.Inputs.Count == 1 || PerInput.Count == 0 ? ReceptiveFields.Of(graph) : PerInput[0].Fields
        );
        _signals = new(() => SignalPrediction.Of(graph));
        _lastMap = new(() =>
            graph.Nodes.LastOrDefault(n => FieldOf(n.Output) is { } f && f.Axes.Any(a => a.HasPositions))?.Output
            ?? graph.Input
        );
        _borders =
        [
            .. Enumerable
                .Range(0, graph.SpatialRank)
                .Select(axis => new Lazy<BorderProfile>(() =>
                    PerInput is [var first, ..] && first != this
                        ? first.Border(axis)
                        : BorderProfile.Of(graph, Fields, axis)
                )),
        ];
    }

    /// <summary>The network, traced as in training.</summary>
    public Graph Graph { get; }

    /// <summary>What was measured while it was trained; null where nothing was.</summary>
    public Measurements? Measured { get; init; }

    /// <summary>The network as its user wrote it, as on a command line: <c>resnet18</c>, a file,
    /// <c>'resnet20(width=2)'</c>.</summary>
    public string Model { get; }

    /// <summary>The network for a person to read: without a shell's quotes.</summary>
    public string Name { get; }

    /// <summary>Evidence of each input that an output depends on, as <see cref="InputView"/> sees the network from it; of a
    /// network of one input that is this. Receptive fields and borders are matters of one input.</summary>
    public IReadOnlyList<Evidence> PerInput => _perInput.Value;

    /// <summary>Shape of an item; of several inputs of the first.</summary>
    public Shape Input => Graph.Input.Shape.Item;

    /// <summary>Spatial sizes of the input, outermost first.</summary>
    public IReadOnlyList<int> InputSizes => Input.Sizes[1..].ToArray();

    /// <summary>The input as on the command line: <c>3x224x224</c>; several with commas, <c>1x28x28,1x28x28</c>.</summary>
    public string InputText =>
        string.Join(",", Graph.Inputs.Select(i => string.Join("x", i.Shape.Item.Sizes.ToArray())));

    /// <summary>A range of inputs around this one, as on the command line: <c>3x192..256</c> stands for 3x192x192 to
    /// 3x256x256.</summary>
    /// <param name="reach">How far the range goes in either direction.</param>
    public string SweepText(int reach = 32) =>
        $"{Input[0]}x{Math.Max(1, InputSizes[^1] - reach)}..{InputSizes[^1] + reach}";

    /// <summary>Parameters, multiply-adds, bytes.</summary>
    public CostSummary Cost => _cost.Value;

    /// <summary>The node that is the first to use a node's weights: itself, unless the layer was used before.</summary>
    /// <param name="node">A node of the graph.</param>
    public Node FirstUse(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Cost.Nodes[node.Index].SharedWith ?? node;
    }

    /// <summary>Receptive fields; of a network of several inputs those of its first, for values of
    /// <see cref="PerInput"/>.</summary>
    public ReceptiveFields Fields => _fields.Value;

    /// <summary>The receptive field of a value, on the first input that it sees; null where an operator on the way has no
    /// rule.</summary>
    /// <param name="value">A value of the graph.</param>
    public ReceptiveField? FieldOf(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return FieldsByInput(value).Select(f => f.Field).OfType<ReceptiveField>().FirstOrDefault();
    }

    /// <summary>The receptive fields of a value on each input that it sees.</summary>
    /// <param name="value">A value of the graph.</param>
    /// <returns>The input's name, and the field; null where an operator on the way has no rule.</returns>
    public IReadOnlyList<(string Input, ReceptiveField? Field)> FieldsByInput(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Graph.Inputs.Count == 1
            ? [(Graph.Input.Name, Fields[value])]
            :
            [
                .. PerInput
                    .Select(e => (Evidence: e, Seen: e.Seen(value)))
                    .Where(e => e.Seen is not null)
                    .Select(e => (e.Evidence.Graph.Input.Name, e.Evidence.Fields[e.Seen!])),
            ];
    }

    /// <summary>Activations and gradients at the first step.</summary>
    public SignalPrediction Signals => _signals.Value;

    /// <summary>Border against middle, along a spatial axis.</summary>
    /// <param name="axis">0 is the outermost.</param>
    public BorderProfile Border(int axis) => _borders[axis].Value;

    /// <summary>The last map that still has more than one position, or was not yet pooled away: what a classifier's
    /// pooling reads. The input where there is none.</summary>
    public Value LastMap => _lastMap.Value;

    /// <summary>The windows (convolutions, pools) of a node by spatial axis of the input; empty where it has
    /// none.</summary>
    /// <param name="node">A node of the graph.</param>
    public IReadOnlyList<(int Axis, WindowAxisMap Window)> WindowsOf(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _windows.GetOrAdd(node, FindWindows);
    }

    private IReadOnlyList<(int Axis, WindowAxisMap Window)> FindWindows(Node node) =>
        Graph.Inputs.Count > 1
            ? PerInput
                .Select(e => e.Seen(node.Output)?.Producer is { } seen ? e.WindowsOf(seen) : [])
                .FirstOrDefault(w => w.Count > 0, [])
        : node.Inputs.Count == 0 || !node.Inputs[0].IsActivation ? []
        :
        [
            .. Enumerable
                .Range(0, Graph.SpatialRank)
                .Select(axis =>
                    (axis, Fields[node.Inputs[0]] is null ? null : Fields.MapOf(node, 0, axis)?.Map as WindowAxisMap)
                )
                .Where(w => w.Item2 is not null)
                .Select(w => (w.axis, w.Item2!)),
        ];

    private IReadOnlyList<Evidence> ViewsOf(Graph graph) =>
        graph.Inputs.Count == 1
            ? [this]
            :
            [
                .. Enumerable
                    .Range(0, graph.Inputs.Count)
                    .Select(i => InputView.Of(graph, i))
                    .OfType<Graph>()
                    .Select(view => new Evidence(view, Model, Name)),
            ];

    /// <summary>The value of this graph that stands for one of the whole; null where it does not depend on the
    /// input.</summary>
    private Value? Seen(Value whole)
    {
        Value? seen = whole.Producer is null
            ? Graph.Input
            : _byName.Value.GetValueOrDefault(whole.Producer.Name)?.Outputs[whole.OutputIndex];
        return seen is { IsActivation: true } && seen.Name == whole.Name ? seen : null;
    }
}
