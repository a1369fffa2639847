namespace Fovea.Tests;

/// <summary>A small network drawn by a generator: layers in a row, some of them with branches, all weights above
/// 0.</summary>
/// <param name="Module">The network, in double precision.</param>
/// <param name="Item">Shape of an item.</param>
/// <param name="Graph">Its trace.</param>
/// <param name="Kinds">What is in it, in words.</param>
internal sealed record RandomNetwork(Module Module, Shape Item, Graph Graph, IReadOnlySet<string> Kinds)
{
    private const int MostPositions = 400;

    /// <summary>Operators, options and shapes: enough to build it again.</summary>
    public string Text =>
        $"{Item} -> {string.Join(" -> ", Graph.Nodes.Select(n => $"{n.Operator.Name}({string.Join(",", n.Operator.Options.Select(o => $"{o.Name}={o.Value}"))}){Weight(n)}{n.Output.Shape}"))}";

    /// <summary>Whether anything in it has one of these names.</summary>
    public bool Has(params string[] kinds) => kinds.Any(Kinds.Contains);

    /// <summary>Draws a network.</summary>
    /// <param name="rng">The generator.</param>
    /// <param name="maxPools">Whether max pools and ReLUs may be in it.</param>
    /// <param name="enlarging">Whether it has up-sampling or a transposed convolution, and one or two axes.</param>
    public static RandomNetwork Draw(Rng rng, bool maxPools = false, bool enlarging = false)
    {
        while (true)
        {
            RandomNetwork network = Any(rng, maxPools, enlarging);
            if (!enlarging || network.Has("up-sampling", "transposed"))
            {
                return network;
            }
        }
    }

    private static RandomNetwork Any(Rng rng, bool maxPools, bool enlarging)
    {
        int rank = rng.Next(enlarging ? 9 : 10) switch
        {
            < 4 => 1,
            < 9 => 2,
            _ => 3,
        };
        int size = rank switch
        {
            1 => 20,
            2 => 9,
            _ => 5,
        };
        Shape item = Shape.Create([
            1 + rng.Next(3),
            .. Enumerable.Range(0, rank).Select(_ => (size / 2) + rng.Next(size / 2) + 1),
        ]);
        RandomLayers layers = new(rng, rank, maxPools, enlarging);
        HashSet<string> kinds = [$"{rank}-D"];
        List<Module> modules = [];
        Shape now = item;
        for (int wanted = 1 + rng.Next(4); modules.Count < wanted; )
        {
            (Module layer, string[] what) = Fitting(() => layers.Any(now), now, out now);
            modules.Add(layer);
            kinds.UnionWith(what);
        }

        if (rng.Next(8) == 0)
        {
            (Module head, string[] what) = Fitting(() => layers.Head(now), now, out now);
            modules.Add(head);
            kinds.UnionWith(what);
        }

        Sequential network = new([.. modules]);
        WithPositiveWeights(network, rng);
        return new RandomNetwork(network, item, Graph.Trace(network, item), kinds);
    }

    /// <summary>Draws layers until one fits its input.</summary>
    private static (Module Layer, string[] Kinds) Fitting(Func<(Module, string[])?> draw, Shape input, out Shape output)
    {
        while (true)
        {
            try
            {
                if (draw() is (Module layer, string[] kinds))
                {
                    output = Graph.Trace(layer, input).Output.Shape.Item;
                    if (output.Count > 0 && output.Count / output[0] <= MostPositions && output[0] <= 8)
                    {
                        return (layer, kinds);
                    }
                }
            }
            catch (ArgumentException) { }
            catch (ShapeException) { }
        }
    }

    /// <summary>Weights from 0.5 to 1.5 over fan in: nothing cancels, and activations stay near 1.</summary>
    private static void WithPositiveWeights(Module network, Rng rng)
    {
        foreach (Parameter parameter in network.Parameters())
        {
            double fan = parameter.Shape.Count / parameter.Shape[0];
            parameter.CopyFrom(Tensor.Uniform(parameter.Shape, 0.5 / fan, 1.5 / fan, rng));
        }

        network.To(DType.Float64).Eval();
    }

    private static string Weight(Node node) =>
        node.Operator.Filters(node.Shapes) is { } f
            ? $" {f.OutChannels}x{f.InChannels}x{string.Join("x", f.Kernel)} "
            : " ";
}
