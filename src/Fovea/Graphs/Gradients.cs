namespace Fovea.Graphs;

/// <summary>Makes the gradient of a graph, graph to graph: walks the nodes backwards and asks each operator's rule, in a
/// trace.</summary>
/// <remarks>
/// The order is the eager engine's: readers from last to first, within a node in the order in which its rule gives. So sums
/// have the same bits. A gradient that nobody gave is no value, not zeros. A forward value is kept where a rule reads it, and
/// nowhere else; what a policy does not keep is computed once more, just before its first reader.
/// </remarks>
internal sealed class Gradients
{
    private readonly GraphTracer _tracer;
    private readonly IReadOnlyDictionary<Value, Tensor> _forward;
    private readonly Func<Node, bool> _keeps;
    private readonly HashSet<Value> _wanted;
    private readonly HashSet<Node> _leads = [];
    private readonly Dictionary<Value, Tensor> _sums = [];
    private readonly Dictionary<Value, Tensor> _again = [];

    /// <summary>Prepares the walk.</summary>
    /// <param name="tracer">The trace in which the forward nodes were applied.</param>
    /// <param name="forward">The tensors that stand for their values.</param>
    /// <param name="keeps">Whether the results of a node are kept for the gradient; else they are computed again.</param>
    /// <param name="wanted">The values whose gradients are wanted.</param>
    /// <param name="nodes">The forward nodes, in order.</param>
    public Gradients(
        GraphTracer tracer,
        IReadOnlyDictionary<Value, Tensor> forward,
        Func<Node, bool> keeps,
        IEnumerable<Value> wanted,
        IReadOnlyList<Node> nodes
    )
    {
        (_tracer, _forward, _keeps, _wanted) = (tracer, forward, keeps, [.. wanted]);
        _leads.UnionWith(nodes.Where(n => n.Outputs.Any(_wanted.Contains)));
        foreach (Node node in nodes.Where(n => n.Inputs.Any(Needs)))
        {
            _leads.Add(node);
        }
    }

    /// <summary>Starts a value's gradient with a tensor: the seed of the loss, or the gradient so far of a
    /// parameter.</summary>
    public void Start(Value value, Tensor gradient) => _sums[value] = gradient;

    /// <summary>Walks back from the last node.</summary>
    public void Walk(IReadOnlyList<Node> nodes)
    {
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (_leads.Contains(nodes[i]))
            {
                Visit(nodes[i]);
            }
        }

        _tracer.Names.Leave();
    }

    /// <summary>The gradient of a value; null where none came.</summary>
    public Tensor? Of(Value value) => _sums.GetValueOrDefault(value);

    private bool Needs(Value value) =>
        value.DType != DType.Int64
        && (
            _wanted.Contains(value)
            || (value.Producer is { } producer && _leads.Contains(producer) && producer.IsDifferentiable(value))
        );

    private void Visit(Node node)
    {
        Tensor?[] gradients = [.. node.Outputs.Select(o => _sums.GetValueOrDefault(o))];
        bool[] needs = [.. node.Inputs.Select(Needs)];
        if (gradients.All(g => g is null) || !needs.Contains(true))
        {
            return;
        }

        _tracer.Names.Enter(NodeOrigin.Gradient, node.Name);
        if (node.Operator.At(_tracer.Batch).Reads(needs) is { } reads)
        {
            Differentiate(node, reads, gradients, needs);
        }
        else
        {
            Opaque(node, gradients, needs);
        }
    }

    private void Differentiate(Node node, GradientReads reads, Tensor?[] gradients, bool[] needs)
    {
        GradientCall call = new(
            node.Operator,
            [.. node.Inputs.Select(v => new TensorSpec(v.Shape.At(_tracer.Batch), v.DType))],
            [.. node.Outputs.Select(v => new OutputSpec(v.Shape.At(_tracer.Batch), v.DType, v.Role))],
            [.. node.Inputs.Select((v, i) => reads.Input(i) ? Read(v) : null)],
            [.. node.Outputs.Select((v, j) => reads.Output(j) ? Read(v) : null)],
            gradients,
            needs
        );
        _tracer.Names.Enter(NodeOrigin.Gradient, node.Name);
        node.Operator.RunDifferentiate(call);
        call.RequireAnswers();
        foreach ((int input, Tensor gradient) in call.Given)
        {
            Add(node.Inputs[input], gradient);
        }
    }

    private void Opaque(Node node, Tensor?[] gradients, bool[] needs)
    {
        Tensor[] read = [.. node.Inputs.Select(Read)];
        _tracer.Names.Enter(NodeOrigin.Gradient, node.Name);
        OpaqueGradient op = new(node.Operator, read.Length) { Owner = node.Operator.Owner };
        Tensor?[] results = op.ApplyTo([.. read, gradients[0]!], needs);
        for (int i = 0; i < needs.Length; i++)
        {
            if (needs[i])
            {
                Add(node.Inputs[i], results[i]!);
            }
        }
    }

    private void Add(Value value, Tensor gradient) =>
        _sums[value] = _sums.TryGetValue(value, out Tensor? sum) ? sum + gradient : gradient;

    /// <summary>A forward value for a rule: as it was kept, or computed once more.</summary>
    private Tensor Read(Value value)
    {
        if (value.Producer is not { } node || _keeps(node))
        {
            return _forward.TryGetValue(value, out Tensor? kept) ? kept : value.Tensor!;
        }

        if (!_again.TryGetValue(value, out Tensor? again))
        {
            Tensor[] inputs = [.. node.Inputs.Select(Read)];
            _tracer.Names.Enter(NodeOrigin.Recomputed, node.Name);
            Tensor?[] results = node.Operator.ApplyTo(inputs, null);
            for (int j = 0; j < results.Length; j++)
            {
                _again[node.Outputs[j]] = results[j]!;
            }

            again = _again[value];
        }

        return again;
    }
}
