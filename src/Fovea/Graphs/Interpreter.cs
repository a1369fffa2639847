namespace Fovea.Graphs;

/// <summary>Runs a graph node by node with the operators' own kernels: short, obvious, and the oracle of compiled execution.
/// Values are dropped after their last use; a probe sees each as it is computed.</summary>
/// <remarks>The results have the bits of eager execution. Runs may go side by side as long as the graph has no
/// updates.</remarks>
public sealed class Interpreter
{
    private readonly Graph _graph;
    private readonly bool[][] _wants;
    private readonly Dictionary<int, List<Value>> _lastUses = [];

    /// <summary>Makes a graph ready to be run.</summary>
    /// <param name="graph">The graph.</param>
    public Interpreter(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _graph = graph;
        HashSet<Value> held = [.. graph.Outputs, .. graph.Updates.Select(u => u.Next)];
        _wants = [.. graph.Nodes.Select(n => n.Outputs.Select(o => o.Uses.Count > 0 || held.Contains(o)).ToArray())];
        foreach (
            Value value in graph.Nodes.SelectMany(n => n.Outputs).Concat(graph.Inputs).Where(v => !held.Contains(v))
        )
        {
            int last = value.Uses.Count > 0 ? value.Uses[^1].Node.Index : value.Producer?.Index ?? -1;
            if (!_lastUses.TryGetValue(last, out List<Value>? values))
            {
                _lastUses[last] = values = [];
            }

            values.Add(value);
        }
    }

    /// <summary>Whether states take their next values when a run ends. Switched off to look at a network without changing
    /// it.</summary>
    public bool AppliesUpdates { get; init; } = true;

    /// <summary>Called with a value and its tensor, which must not be changed.</summary>
    /// <param name="value">The value of the graph.</param>
    /// <param name="tensor">What it is in this run.</param>
    public delegate void Probe(Value value, Tensor tensor);

    /// <summary>Runs the graph. Keys of randomness are drawn from their layers; states take their next values in the
    /// end.</summary>
    /// <param name="inputs">The inputs, in order; all have the same number of items.</param>
    /// <param name="probe">Sees every input, and every output of a node that something reads, once and in order.</param>
    /// <returns>The outputs, in order, without history.</returns>
    /// <exception cref="ShapeException">Another number of inputs, or one whose shape does not fit.</exception>
    /// <exception cref="ArgumentException">An input has another element type.</exception>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> inputs, Probe? probe = null)
    {
        int batch = _graph.BatchOf(inputs);
        using (NoGrad.Enter())
        {
            Dictionary<Value, Tensor> tensors = Start(inputs, probe);
            foreach (Node node in _graph.Nodes)
            {
                Run(node, batch, tensors, probe);
                _lastUses.GetValueOrDefault(node.Index)?.ForEach(v => tensors.Remove(v));
            }

            Tensor[] outputs = [.. _graph.Outputs.Select(o => TensorOf(tensors, o))];
            foreach (StateUpdate update in AppliesUpdates ? _graph.Updates : [])
            {
                ((StateBuffer)update.State.Tensor!).Update(tensors[update.Next]);
            }

            return outputs;
        }
    }

    /// <summary>The only output for the only input.</summary>
    /// <param name="x">The input.</param>
    /// <exception cref="ShapeException">The graph takes another number of inputs, or the shape does not fit.</exception>
    public Tensor Run(Tensor x) => Run([x])[0];

    private Dictionary<Value, Tensor> Start(IReadOnlyList<Tensor> inputs, Probe? probe)
    {
        Dictionary<Value, Tensor> tensors = [];
        for (int i = 0; i < inputs.Count; i++)
        {
            tensors[_graph.Inputs[i]] = inputs[i].Detach();
            probe?.Invoke(_graph.Inputs[i], inputs[i]);
        }

        foreach (Value key in _graph.Keys)
        {
            tensors[key] = Tensor.From<long>([unchecked((long)key.KeySource!.NextKey())], []);
        }

        return tensors;
    }

    private void Run(Node node, int batch, Dictionary<Value, Tensor> tensors, Probe? probe)
    {
        Tensor[] read = [.. node.Inputs.Select(v => TensorOf(tensors, v))];
        Tensor?[] results = node.Operator.At(batch).Execute(read, _wants[node.Index]);
        for (int j = 0; j < results.Length; j++)
        {
            if (results[j] is { } result)
            {
                tensors[node.Outputs[j]] = result;
                probe?.Invoke(node.Outputs[j], result);
            }
        }
    }

    private static Tensor TensorOf(Dictionary<Value, Tensor> tensors, Value value) => value.Tensor ?? tensors[value];
}
