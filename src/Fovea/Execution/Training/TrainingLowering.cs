using Fovea.Graphs;

namespace Fovea;

/// <summary>A node of a training step with the form by which it is computed; without a form it runs eagerly.</summary>
/// <param name="Node">The node, the last of those that are done together.</param>
/// <param name="Form">The form.</param>
internal sealed record TrainingNode(Node Node, TrainingForm? Form);

/// <summary>Which nodes of a training step are computed on maps, and which of them together.</summary>
internal sealed class TrainingLowering
{
    private readonly HashSet<Value> _held;
    private readonly Dictionary<Node, TrainingForm> _forms = [];
    private readonly HashSet<Node> _taken = [];

    private TrainingLowering(Graph graph, IEnumerable<Value> seen)
    {
        _held = [.. graph.Outputs, .. graph.Updates.Select(u => u.Next), .. seen];
        foreach (Node node in graph.Nodes)
        {
            if (node.Operator.FormInTraining(node) is { } form)
            {
                _forms[node] = form;
            }
        }

        while (graph.Nodes.FirstOrDefault(IsAskedForMore) is { } node)
        {
            _forms.Remove(node);
        }
    }

    /// <summary>Whether a node has a form, and somebody wants an output of it that the form does not give.</summary>
    private bool IsAskedForMore(Node node) =>
        _forms.TryGetValue(node, out TrainingForm? form)
        && node.Outputs.Except(form.Writes)
            .Except(form.Results)
            .Any(o =>
                _held.Contains(o)
                || o.Consumers.Any(c => !_forms.TryGetValue(c, out TrainingForm? reader) || reader.Tensors.Contains(o))
            );

    /// <summary>The nodes in order. What a normalization takes in is computed where the last node of it stood.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="seen">Values that are wanted besides its outputs.</param>
    public static List<TrainingNode> Of(Graph graph, IEnumerable<Value> seen)
    {
        TrainingLowering lowering = new(graph, seen);
        foreach (Node node in graph.Nodes)
        {
            switch (lowering._forms.GetValueOrDefault(node))
            {
                case TrainedNormalization { IsBare: true } forward:
                    lowering.TakeInFollowing(forward);
                    break;
                case TrainedNormalizationGradient { Mask: null } gradient:
                    lowering.TakeInMask(gradient);
                    break;
            }
        }

        return
        [
            .. graph
                .Nodes.Where(n => !lowering._taken.Contains(n))
                .Select(n => new TrainingNode(n, lowering._forms.GetValueOrDefault(n))),
        ];
    }

    /// <summary>A sum behind the normalization, and a clamp behind that.</summary>
    private void TakeInFollowing(TrainedNormalization bare)
    {
        TrainedNormalization form = bare;
        Node last = bare.Node;
        // A layer used twice hands its running statistics on: what reads them must not come before they are there.
        int needed = bare
            .Node.Outputs.Skip(1)
            .SelectMany(o => o.Uses)
            .Select(u => u.Node.Index)
            .DefaultIfEmpty(int.MaxValue)
            .Min();
        if (
            ReaderOf(form.Output) is { } sum
            && sum.Index < needed
            && !_taken.Contains(sum)
            && _forms.GetValueOrDefault(sum) is TrainedSum
        )
        {
            form = form with { Output = sum.Output, Add = sum.Inputs.Single(i => i != bare.Output) };
            _taken.Add(last);
            last = sum;
        }

        if (
            ReaderOf(form.Output) is { } reader
            && reader.Index < needed
            && _forms.GetValueOrDefault(reader) is TrainedFunction { Clamp: { } clamp }
        )
        {
            form = form with { Output = reader.Output, Low = clamp.Low, High = clamp.High };
            _taken.Add(last);
            last = reader;
        }

        _forms[last] = form;
    }

    /// <summary>The gradient of a clamp before that of the normalization.</summary>
    private void TakeInMask(TrainedNormalizationGradient form)
    {
        if (
            form.Dy.Producer is { } producer
            && _forms.GetValueOrDefault(producer) is TrainedFunctionGradient { High: { } high } clamp
            && ReaderOf(form.Dy) == form.Node
        )
        {
            _forms[form.Node] = form with { Dy = clamp.Dy, Mask = producer.Inputs[0], High = high };
            _taken.Add(producer);
        }
    }

    /// <summary>The only reader of a value; null where there are others, or it is an output.</summary>
    private Node? ReaderOf(Value value) => value.Uses.Count == 1 && !_held.Contains(value) ? value.Uses[0].Node : null;
}
