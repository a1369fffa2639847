namespace Fovea;

/// <summary>Runs a network on an item without the batch axis as its module does: which layers take such an input, and
/// what their axes then mean, is theirs to say. Layer by layer, not compiled.</summary>
internal sealed class SingleItem
{
    private readonly Graph _batches;
    private readonly (Tensor Tensor, WeightStamp Stamp)[] _weights;
    private readonly Lazy<Graph> _network;

    /// <summary>Notes the weights as they are now.</summary>
    /// <param name="batches">The network as traced for batches.</param>
    public SingleItem(Graph batches)
    {
        _batches = batches;
        _weights =
        [
            .. batches
                .Nodes.SelectMany(n => n.Inputs)
                .Select(i => i.Tensor)
                .OfType<Tensor>()
                .Distinct()
                .Select(t => (t, new WeightStamp(t.Storage))),
        ];
        _network = new Lazy<Graph>(batches.OfItem);
    }

    /// <summary>Runs it.</summary>
    /// <param name="x">An item.</param>
    /// <exception cref="ShapeException">The network takes batches only.</exception>
    /// <exception cref="InvalidOperationException">Weights were changed after the network was compiled, or given
    /// up.</exception>
    public Tensor Run(Tensor x)
    {
        Graph network = Network(x.Shape);
        RequireWeights();
        Tensor y = new Interpreter(network).Run(x);
        return y.Storage == x.Storage ? y.Clone() : y;
    }

    private Graph Network(Shape item)
    {
        try
        {
            return _network.Value;
        }
        catch (ShapeException e)
        {
            throw new ShapeException(
                $"{_batches.Name}: compiled for batches {_batches.Input.Shape}, got {item}, which has no batch axis, and the network takes no such item. Write x.Unsqueeze(0). ({e.Message})",
                e
            );
        }
    }

    private void RequireWeights()
    {
        foreach ((Tensor tensor, WeightStamp stamp) in _weights)
        {
            if (!tensor.HasStorage || !stamp.Fits(tensor.Storage))
            {
                throw new InvalidOperationException(
                    $"{_batches.Name}: an item without the batch axis is run with the module's own weights, and {(tensor as Parameter)?.Path ?? "a weight"} {tensor.Shape} was written, or given up, after the network was compiled. Write x.Unsqueeze(0), or compile the module again."
                );
            }
        }
    }
}
