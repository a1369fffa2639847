namespace Fovea.Workbench;

/// <summary>A network of which channels can be silenced, to see what they are good for.</summary>
/// <remarks>A layer's channel is silenced where the layer speaks: behind the normalization and the activation function that
/// alone read it; at all its uses. As in pruning it then gives 0: Morcos and others 2018, On the importance of single
/// directions for generalization.</remarks>
internal sealed class FilterAblation
{
    private readonly Dictionary<Node, Tensor> _masks = [];

    private FilterAblation(Graph graph)
    {
        FilterLayer[][] layers = [.. FilterLayer.ByLayer(new Evidence(graph)).Where(u => u.All(CanSilence))];
        HashSet<Node> taken = [];
        foreach (FilterLayer[] uses in layers)
        {
            Tensor mask = Mask(uses[0]);
            foreach (Node node in uses.Select(u => Speaks(u.Node)))
            {
                _masks[node] = mask;
            }

            Layers.Add(new Silenced(uses[0].Name, uses[0].Filters.OutChannels, mask));
        }

        Graph masked = graph.Rewrite(
            replace: (node, inputs) =>
                _masks.TryGetValue(node, out Tensor? mask) ? node.Operator.Apply([.. inputs]) * mask : null
        );
        Module = new GraphModule(masked).Eval();
    }

    /// <summary>The network; with nothing silenced it gives what the graph gives, to the bit.</summary>
    public Module Module { get; }

    /// <summary>The layers whose filters can be silenced: all but those whose channels are the network's answer.</summary>
    public List<Silenced> Layers { get; } = [];

    /// <summary>Makes it.</summary>
    /// <param name="graph">A network traced in evaluation.</param>
    public static FilterAblation Of(Graph graph) => new(graph);

    /// <summary>Filters to try, of all layers together at most so many: as many of each, chosen at random.</summary>
    public IEnumerable<(Silenced Layer, int[] Filters)> Choose(int most, Rng rng)
    {
        Silenced[] layers = [.. FilterStatistics.Spread(Layers.Count, most).Select(i => Layers[i])];
        int left = most;
        for (int i = 0; i < layers.Length; i++)
        {
            // What small layers leave goes to those behind them.
            int share = Math.Max(1, left / (layers.Length - i));
            int[] chosen = [.. rng.Split((ulong)i).Permutation(layers[i].Filters).Take(share).Order()];
            left -= chosen.Length;
            yield return (layers[i], chosen);
        }
    }

    /// <summary>The last node that only passes on what a layer says: normalizations and activation functions.</summary>
    private static Node Speaks(Node layer)
    {
        Node node = layer;
        while (
            Wiring.OnlyReader(node.Output) is { } next
            && !next.HasFilters()
            && next.Activations.Count() == 1
            && next.Outputs.Count == 1
            && !next.Has(OperatorTraits.Moves | OperatorTraits.Pool | OperatorTraits.Sum)
            && next.Has(OperatorTraits.Activation | OperatorTraits.Normalizes | OperatorTraits.Linear)
            && next.Shapes.Output == node.Shapes.Output
        )
        {
            node = next;
        }

        return node;
    }

    private static bool CanSilence(FilterLayer layer)
    {
        Node speaks = Speaks(layer.Node);
        Shape shape = speaks.Shapes.Output;
        return shape.Rank > 1
            && shape[1] == layer.Filters.OutChannels
            && layer.Node.Outputs.Count == 1
            && ReachesFilters(speaks.Output);
    }

    /// <summary>Whether other filters read it: else its channels are the answer itself.</summary>
    private static bool ReachesFilters(Value value)
    {
        Stack<Value> open = new([value]);
        HashSet<Value> seen = [];
        while (open.TryPop(out Value? next))
        {
            foreach (Node reader in seen.Add(next) ? next.Consumers : [])
            {
                if (reader.HasFilters())
                {
                    return true;
                }

                open.Push(reader.Output);
            }
        }

        return false;
    }

    private static Tensor Mask(FilterLayer layer)
    {
        int[] sizes = Speaks(layer.Node).Shapes.Output.Sizes.ToArray();
        return Tensor.Ones(Shape.Create([.. sizes.Select((s, axis) => axis == 1 ? s : 1)]), layer.Node.Output.DType);
    }

    /// <summary>A layer whose filters can be silenced.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Filters">Filters.</param>
    /// <param name="Mask">By channel 1 or 0.</param>
    internal sealed record Silenced(string Name, int Filters, Tensor Mask)
    {
        /// <summary>Runs something while a filter is silent.</summary>
        /// <param name="filter">Its place, from 0.</param>
        /// <param name="run">What is run.</param>
        public T Without<T>(int filter, Func<T> run)
        {
            Set(0.0);
            try
            {
                return run();
            }
            finally
            {
                Set(1.0);
            }

            void Set(double value)
            {
                if (Mask.DType == DType.Float64)
                {
                    Mask.AsSpan<double>()[filter] = value;
                }
                else
                {
                    Mask.AsSpan<float>()[filter] = (float)value;
                }
            }
        }
    }
}
